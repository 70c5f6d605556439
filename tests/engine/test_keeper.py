"""Keeping workspaces up to date in the background: which jobs run, in which order, and what is told of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from whence.app import LocalServices
from whence.domain import Query
from whence.engine import keeper as keeper_module
from whence.engine.jobs import CancelToken, OnProgress, Phase, Progress
from whence.engine.keeper import MANY_PATHS, Activity, Keeper, Standing
from whence.engine.tally import RefreshReport
from whence.engine.workspace import Workspace
from whence.errors import StoreBusy, StoreFull

LONG_S = 60.0
"""A test that waits so long has failed."""

Step = Callable[[OnProgress, CancelToken], RefreshReport]
Job = tuple[Workspace, "list[str] | None"]


class Bench:
    """A keeper whose jobs do what a test says, in order, and succeed at once after that; notes what was told."""

    def __init__(self) -> None:
        self.steps: deque[Step] = deque()
        self.jobs: list[Job] = []
        self._told: list[tuple[Workspace, Standing]] = []  # under _changed
        self._changed = threading.Condition()
        self.keeper = Keeper(self._refresh, self._take)

    def told(self, workspace: Workspace) -> list[Standing]:
        with self._changed:
            return [standing for about, standing in self._told if about is workspace]

    def activities(self, workspace: Workspace) -> list[Activity]:
        return [standing.activity for standing in self.told(workspace)]

    def wait_for(self, workspace: Workspace, activity: Activity) -> Standing:
        """Wait until this is what was told last."""

        def is_there() -> bool:
            told = self.told(workspace)
            return bool(told) and told[-1].activity is activity

        with self._changed:
            assert self._changed.wait_for(is_there, LONG_S), f"never {activity}: {self._told}"
        return self.told(workspace)[-1]

    def run_what_is_due(self, last: Workspace) -> None:
        """Wait until every job asked for so far was done: one more for a workspace of its own, which comes last."""
        n_before = len(self.told(last))
        self.keeper.request(last)
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.told(last)) > n_before, LONG_S), self._told
        self.jobs.remove((last, None))

    def _refresh(
        self, workspace: Workspace, paths: Sequence[str] | None, on_progress: OnProgress, token: CancelToken
    ) -> RefreshReport:
        self.jobs.append((workspace, None if paths is None else list(paths)))
        return self.steps.popleft()(on_progress, token) if self.steps else RefreshReport()

    def _take(self, workspace: Workspace, standing: Standing) -> None:
        with self._changed:
            self._told.append((workspace, standing))
            self._changed.notify_all()


class Held:
    """A job that works until it is let go, and is complete unless it was to stop by then."""

    def __init__(self) -> None:
        self._is_begun = threading.Event()
        self._may_end = threading.Event()
        self.was_to_stop = False

    def __call__(self, on_progress: OnProgress, token: CancelToken) -> RefreshReport:
        on_progress(Progress(Phase.READING))
        self._is_begun.set()
        assert self._may_end.wait(LONG_S)
        self.was_to_stop = token.is_cancelled()
        return RefreshReport(is_complete=not self.was_to_stop)

    def wait_until_begun(self) -> None:
        assert self._is_begun.wait(LONG_S)

    def let_go(self) -> None:
        self._may_end.set()


def fail_with(failure: Exception) -> Step:
    def step(_on_progress: OnProgress, _token: CancelToken) -> RefreshReport:
        raise failure

    return step


def finish_all_the_same(held: Held) -> Step:
    """A job that is told to stop when nothing is left to do."""

    def step(on_progress: OnProgress, token: CancelToken) -> RefreshReport:
        held(on_progress, token)
        return RefreshReport()

    return step


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(keeper_module, "RETRY_S", 0.01)
    bench = Bench()
    yield bench
    bench.keeper.close(LONG_S)


@pytest.fixture
def workspaces(tmp_path: Path) -> list[Workspace]:
    """Four, of which nothing is read."""
    folders = [tmp_path / name for name in "abcz"]
    for folder in folders:
        folder.mkdir()
    services = LocalServices()
    return [services.open(folder) for folder in folders]


@pytest.fixture
def one(workspaces: list[Workspace]) -> Workspace:
    return workspaces[0]


@pytest.fixture
def last(workspaces: list[Workspace]) -> Workspace:
    return workspaces[-1]


def begin(bench: Bench, workspace: Workspace, paths: Sequence[str] | None = None) -> Held:
    """Have a job running."""
    held = Held()
    bench.steps.append(held)
    bench.keeper.request(workspace, paths)
    held.wait_until_begun()
    return held


def test_all_that_comes_up_during_a_job_becomes_one_more_job(bench: Bench, one: Workspace, last: Workspace) -> None:
    running = begin(bench, one, ["first.py"])
    paths = [f"{number:02}.py" for number in range(40)]
    threads = [threading.Thread(target=bench.keeper.request, args=(one, [path, "same.py"])) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    running.let_go()
    bench.run_what_is_due(last)

    assert bench.jobs == [(one, ["first.py"]), (one, [*paths, "same.py"])]


def test_many_files_become_everything(bench: Bench, workspaces: list[Workspace]) -> None:
    few, many, twice, last = workspaces
    paths = [f"{number:03}.py" for number in range(MANY_PATHS)]
    bench.keeper.request(few, paths[1:])
    bench.keeper.request(many, paths[1:])
    bench.keeper.request(many, paths[:1])
    for _ in range(MANY_PATHS):
        bench.keeper.request(twice, ["a.py"])
    bench.run_what_is_due(last)

    assert bench.jobs == [(few, paths[1:]), (many, None), (twice, ["a.py"])]


def test_everything_takes_in_single_files(bench: Bench, workspaces: list[Workspace]) -> None:
    before, after, _, last = workspaces
    bench.keeper.pause(is_paused=True)
    bench.keeper.request(before)
    bench.keeper.request(before, ["a.py"])
    bench.keeper.request(after, ["a.py"])
    bench.keeper.request(after)
    bench.keeper.pause(is_paused=False)
    bench.run_what_is_due(last)

    assert bench.jobs == [(before, None), (after, None)]


def test_workspaces_take_their_turn_in_the_order_they_asked(bench: Bench, workspaces: list[Workspace]) -> None:
    first, second, third, last = workspaces
    running = begin(bench, first)
    for workspace in (third, second, first):
        bench.keeper.request(workspace)
    running.let_go()
    bench.run_what_is_due(last)

    assert bench.jobs == [(first, None), (third, None), (second, None), (first, None)]


def test_workspace_is_busy_from_its_cause_to_the_end_of_its_job(bench: Bench, workspaces: list[Workspace]) -> None:
    one, other, _, last = workspaces
    assert not bench.keeper.is_busy(one)

    running = begin(bench, other)
    bench.keeper.request(one)
    assert bench.keeper.is_busy(one)
    held = Held()
    bench.steps.append(held)
    running.let_go()
    held.wait_until_begun()
    assert bench.keeper.is_busy(one)
    held.let_go()
    bench.run_what_is_due(last)

    assert not bench.keeper.is_busy(one)


def test_a_job_tells_how_far_it_is_and_at_last_what_it_did(bench: Bench, one: Workspace) -> None:
    report = RefreshReport(n_files_read=3)
    steps = [Progress(Phase.LISTING), Progress(Phase.READING, n_files=3), Progress(Phase.SETTLING, n_files_done=3)]

    def work(on_progress: OnProgress, _token: CancelToken) -> RefreshReport:
        for progress in steps:
            on_progress(progress)
        return report

    bench.steps.append(work)
    bench.keeper.request(one)
    bench.wait_for(one, Activity.IDLE)

    working = [Standing(Activity.WORKING, progress) for progress in steps]
    assert bench.told(one) == [*working, Standing(Activity.IDLE, report=report)]
    assert bench.keeper.standing(one) == Standing(Activity.IDLE, report=report)


def test_pausing_stops_a_job_and_going_on_takes_it_up_again(bench: Bench, one: Workspace, last: Workspace) -> None:
    running = begin(bench, one, ["a.py"])
    bench.keeper.pause(is_paused=True)
    running.let_go()
    bench.wait_for(one, Activity.PAUSED)

    assert running.was_to_stop
    assert bench.keeper.is_paused
    assert bench.keeper.is_busy(one)

    again = Held()
    bench.steps.append(again)
    bench.keeper.pause(is_paused=False)
    again.wait_until_begun()
    again.let_go()
    bench.run_what_is_due(last)

    assert not again.was_to_stop
    assert bench.jobs == [(one, ["a.py"]), (one, None)]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_pausing_and_going_on_at_once_loses_no_job(bench: Bench, workspaces: list[Workspace], times: int) -> None:
    one, other, _, last = workspaces
    running = begin(bench, one)
    bench.keeper.request(other, ["b.py"])
    for _ in range(times):
        bench.keeper.pause(is_paused=True)
        bench.keeper.pause(is_paused=False)
    running.let_go()
    bench.run_what_is_due(last)

    assert sorted(bench.jobs, key=lambda job: bool(job[1])) == [(one, None), (one, None), (other, ["b.py"])]
    assert bench.activities(one)[-1] is bench.activities(other)[-1] is Activity.IDLE


def test_job_that_was_done_when_pausing_came_is_not_done_again(bench: Bench, one: Workspace, last: Workspace) -> None:
    held = Held()
    bench.steps.append(finish_all_the_same(held))
    bench.keeper.request(one)
    held.wait_until_begun()
    bench.keeper.pause(is_paused=True)
    held.let_go()
    bench.wait_for(one, Activity.IDLE)
    bench.keeper.pause(is_paused=False)
    bench.run_what_is_due(last)

    assert bench.jobs == [(one, None)]


def test_what_came_up_during_a_job_that_pausing_found_done_is_held(
    bench: Bench, one: Workspace, last: Workspace
) -> None:
    held = Held()
    bench.steps.append(finish_all_the_same(held))
    bench.keeper.request(one)
    held.wait_until_begun()
    bench.keeper.request(one, ["a.py"])
    bench.keeper.pause(is_paused=True)
    held.let_go()
    standing = bench.wait_for(one, Activity.PAUSED)

    assert standing.report == RefreshReport()

    bench.keeper.pause(is_paused=False)
    bench.run_what_is_due(last)

    assert bench.jobs == [(one, None), (one, ["a.py"])]


def test_what_comes_up_while_paused_waits(bench: Bench, workspaces: list[Workspace]) -> None:
    one, other, _, last = workspaces
    bench.keeper.pause(is_paused=True)
    bench.keeper.request(one, ["a.py"])
    bench.keeper.request(other)

    assert bench.keeper.standing(one) == bench.keeper.standing(other) == Standing(Activity.PAUSED)
    assert bench.keeper.is_busy(one)
    assert bench.jobs == []

    bench.keeper.pause(is_paused=False)
    bench.run_what_is_due(last)

    assert bench.jobs == [(one, ["a.py"]), (other, None)]


def test_stopped_job_is_not_taken_up_again_and_the_next_cause_is(bench: Bench, one: Workspace, last: Workspace) -> None:
    running = begin(bench, one)
    bench.keeper.request(one, ["forgotten.py"])
    bench.keeper.stop(one)
    bench.keeper.request(one, ["next.py"])
    running.let_go()
    bench.run_what_is_due(last)

    assert running.was_to_stop
    assert bench.jobs == [(one, None), (one, ["next.py"])]


def test_stopping_forgets_what_waits_for_its_turn(bench: Bench, workspaces: list[Workspace]) -> None:
    one, other, _, last = workspaces
    running = begin(bench, one)
    bench.keeper.request(other)
    bench.keeper.stop(other)

    assert bench.told(other) == [Standing()]
    assert not bench.keeper.is_busy(other)

    running.let_go()
    bench.run_what_is_due(last)

    assert not running.was_to_stop
    assert bench.jobs == [(one, None)]


@pytest.mark.parametrize("is_paused_first", [True, False])
def test_job_that_is_both_held_and_stopped_is_stopped(
    bench: Bench, one: Workspace, last: Workspace, *, is_paused_first: bool
) -> None:
    running = begin(bench, one)
    if is_paused_first:
        bench.keeper.pause(is_paused=True)
    bench.keeper.stop(one)
    bench.keeper.pause(is_paused=True)
    running.let_go()
    bench.wait_for(one, Activity.IDLE)
    bench.keeper.pause(is_paused=False)
    bench.run_what_is_due(last)

    assert bench.jobs == [(one, None)]


def test_stopping_what_has_nothing_to_do_tells_nothing(bench: Bench, one: Workspace) -> None:
    bench.keeper.stop(one)

    assert bench.told(one) == []


def test_forgetting_waits_for_the_running_job(bench: Bench, one: Workspace, last: Workspace) -> None:
    running = begin(bench, one)
    bench.keeper.request(one)
    is_forgotten = threading.Event()

    def forget() -> None:
        bench.keeper.forget(one, LONG_S)
        is_forgotten.set()

    thread = threading.Thread(target=forget)
    thread.start()
    assert not is_forgotten.is_set()  # it cannot be: the job still runs
    running.let_go()
    thread.join(LONG_S)

    assert is_forgotten.is_set()
    assert bench.keeper.standing(one) == Standing()
    assert not bench.keeper.is_busy(one)
    bench.run_what_is_due(last)
    assert bench.jobs == [(one, None)]


def test_forgetting_gives_up_on_a_job_that_does_not_stop(bench: Bench, one: Workspace) -> None:
    running = begin(bench, one)

    bench.keeper.forget(one, timeout=0.0)

    assert bench.keeper.is_busy(one)
    running.let_go()


def test_closing_stops_the_job_and_begins_no_other(bench: Bench, workspaces: list[Workspace]) -> None:
    one, other, *_ = workspaces
    running = begin(bench, one)
    bench.keeper.request(other)
    bench.keeper.close(timeout=0.0)
    running.let_go()
    bench.keeper.close(LONG_S)
    bench.keeper.request(other)

    assert running.was_to_stop
    assert bench.jobs == [(one, None)]
    assert "whence-keeper" not in {thread.name for thread in threading.enumerate()}


def test_keeper_that_is_closed_before_its_first_job_does_none(bench: Bench, one: Workspace) -> None:
    bench.keeper.close()
    bench.keeper.request(one)

    assert "whence-keeper" not in {thread.name for thread in threading.enumerate()}


def test_job_waits_while_another_process_writes_and_tries_again(bench: Bench, one: Workspace) -> None:
    bench.steps.extend([fail_with(StoreBusy("in use")), fail_with(StoreBusy("in use"))])
    bench.keeper.request(one, ["a.py"])
    bench.wait_for(one, Activity.IDLE)

    assert bench.activities(one) == [Activity.WAITING, Activity.WAITING, Activity.IDLE]
    assert bench.jobs == [(one, ["a.py"])] * 3


def test_what_comes_up_while_waiting_is_done_with_what_waits(
    bench: Bench, one: Workspace, last: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "RETRY_S", LONG_S)
    bench.steps.append(fail_with(StoreBusy("in use")))
    bench.keeper.request(one, ["a.py"])
    bench.wait_for(one, Activity.WAITING)
    bench.keeper.request(one, ["b.py"])
    bench.run_what_is_due(last)

    assert bench.jobs == [(one, ["a.py"]), (one, ["a.py", "b.py"])]


def test_job_that_waits_for_another_process_lets_other_workspaces_pass(
    bench: Bench, one: Workspace, last: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "RETRY_S", LONG_S)
    bench.steps.append(fail_with(StoreBusy("in use")))
    bench.keeper.request(one)
    bench.wait_for(one, Activity.WAITING)
    bench.run_what_is_due(last)

    assert bench.keeper.standing(one) == Standing(Activity.WAITING)

    bench.keeper.stop(one)

    assert bench.keeper.standing(one) == Standing()
    assert not bench.keeper.is_busy(one)


def test_job_that_finds_another_process_writing_while_it_is_held_is_paused(
    bench: Bench, one: Workspace, last: Workspace
) -> None:
    held = Held()

    def work(on_progress: OnProgress, token: CancelToken) -> RefreshReport:
        held(on_progress, token)
        raise StoreBusy("in use")

    bench.steps.append(work)
    bench.keeper.request(one)
    held.wait_until_begun()
    bench.keeper.pause(is_paused=True)
    held.let_go()
    bench.wait_for(one, Activity.PAUSED)
    bench.keeper.pause(is_paused=False)
    bench.run_what_is_due(last)

    assert bench.jobs == [(one, None), (one, None)]
    assert Activity.WAITING not in bench.activities(one)


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (StoreFull("No room left;\n  free some"), "No room left; free some"),
        (ZeroDivisionError("division\nby zero"), "ZeroDivisionError: division by zero"),
    ],
)
def test_failure_is_told_in_one_line_and_ends_nothing_else(
    bench: Bench, workspaces: list[Workspace], failure: Exception, line: str
) -> None:
    one, other, *_ = workspaces
    bench.steps.append(fail_with(failure))
    bench.keeper.request(one)
    bench.keeper.request(other)
    bench.wait_for(other, Activity.IDLE)

    assert bench.told(one) == [Standing(Activity.FAILED, error=line)]
    assert bench.jobs == [(one, None), (other, None)]
    assert not bench.keeper.is_busy(one)


def test_what_a_failed_job_left_undone_is_done_with_the_next_cause(bench: Bench, workspaces: list[Workspace]) -> None:
    everything, few, _, last = workspaces
    bench.steps.extend([fail_with(StoreFull("No room left")), fail_with(StoreFull("No room left"))])
    bench.keeper.request(everything)
    bench.keeper.request(few, ["a.py"])
    bench.run_what_is_due(last)
    for workspace in (everything, few, few):
        bench.keeper.request(workspace, ["b.py"])
    bench.run_what_is_due(last)
    bench.keeper.request(few, ["c.py"])
    bench.run_what_is_due(last)

    assert bench.jobs[2:] == [(everything, None), (few, ["a.py", "b.py"]), (few, ["c.py"])]


def test_what_a_failed_job_left_undone_is_done_with_what_came_up_meanwhile(
    bench: Bench, one: Workspace, last: Workspace
) -> None:
    held = Held()

    def work(on_progress: OnProgress, token: CancelToken) -> RefreshReport:
        held(on_progress, token)
        raise StoreFull("No room left")

    bench.steps.append(work)
    bench.keeper.request(one)
    held.wait_until_begun()
    bench.keeper.request(one, ["b.py"])
    held.let_go()
    bench.run_what_is_due(last)
    bench.keeper.request(one, ["c.py"])
    bench.run_what_is_due(last)

    assert bench.jobs == [(one, None), (one, None), (one, ["c.py"])]


def test_stopping_forgets_what_a_failed_job_left_undone(bench: Bench, one: Workspace, last: Workspace) -> None:
    bench.steps.append(fail_with(StoreFull("No room left")))
    bench.keeper.request(one)
    bench.wait_for(one, Activity.FAILED)
    bench.keeper.stop(one)
    bench.keeper.request(one, ["a.py"])
    bench.run_what_is_due(last)

    assert bench.jobs == [(one, None), (one, ["a.py"])]


def test_a_real_workspace_can_be_searched_after_its_job(shop: Path) -> None:
    services = LocalServices()
    workspace = services.open(shop)
    is_over = threading.Event()
    told: list[Standing] = []

    def refresh(
        workspace: Workspace, paths: Sequence[str] | None, on_progress: OnProgress, token: CancelToken
    ) -> RefreshReport:
        return workspace.refresh(on_progress, token, paths)

    def take(_workspace: Workspace, standing: Standing) -> None:
        told.append(standing)
        if standing.activity is not Activity.WORKING:
            is_over.set()

    keeper = Keeper(refresh, take)
    keeper.request(workspace)
    assert is_over.wait(LONG_S)
    keeper.close(LONG_S)

    report = told[-1].report
    assert report is not None
    assert report.n_files_changed == 4
    assert workspace.search(Query("basketTotal")).hits[0].symbol == "basketTotal"
    workspace.close()
