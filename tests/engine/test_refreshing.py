"""Where a refresh runs, and what becomes of the process that a large one runs in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from tests.conftest import TINY_MODEL
from tests.support import SHOP, write_tree
from whence import errors, refreshing
from whence.app import LocalServices
from whence.domain import IndexState, Query
from whence.engine.jobs import CancelToken, Phase, Progress
from whence.engine.tally import RefreshReport
from whence.engine.workspace import Workspace
from whence.errors import ModelDamaged, StoreBusy, StoreError, UsageError, WhenceError
from whence.refreshing import START_WORKER, refresh

LONG_S = 60.0
"""A test that waits so long has failed."""

N_FILES = 60
"""Enough for a process to be at work for a while."""

LONG_AGO_NS = 1_600_000_000 * 10**9

FEW = 2
"""Stands in for FEW_FILES."""


class Watch:
    """Follows a refresh: what it told, and the processes that ran meanwhile."""

    def __init__(self) -> None:
        self.told: list[Progress] = []
        self.token = CancelToken()
        self._before = set(psutil.Process().children())
        self.is_worker_seen = False
        self._on_worker: Callable[[Progress], None] = lambda _progress: None

    def on_worker(self, react: Callable[[Progress], None]) -> None:
        """What to do with progress while a worker is there."""
        self._on_worker = react

    def workers(self) -> set[psutil.Process]:
        return set(psutil.Process().children()) - self._before

    def kill_workers(self, _progress: Progress) -> None:
        for worker in self.workers():
            worker.kill()

    def refresh(self, workspace: Workspace, paths: Sequence[str] | None = None) -> RefreshReport:
        try:
            return refresh(workspace, paths, self._take, self.token, n_threads=1)
        finally:
            assert self.workers() == set()  # whatever happened, no process is left behind, nor a dead one

    def ran_in_worker(self, workspace: Workspace, paths: Sequence[str] | None = None) -> bool:
        self.is_worker_seen = False
        assert self.refresh(workspace, paths).is_complete
        return self.is_worker_seen

    def _take(self, progress: Progress) -> None:
        self.told.append(progress)
        if self.workers():
            self.is_worker_seen = True
            self._on_worker(progress)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def workspace(shop: Path) -> Iterator[Workspace]:
    """Without an index."""
    workspace = LocalServices().open(shop)
    yield workspace
    workspace.close()


@pytest.fixture
def indexed(workspace: Workspace) -> Workspace:
    """With an index; its files were written long ago, so that their times are trusted."""
    for path in SHOP:
        os.utime(workspace.root / path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    workspace.refresh()
    return workspace


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace without an index, with many files."""
    code = "def number_{0}(value):\n    return value + {0}\n"
    files = {f"folder/file_{number}.py": code.format(number) for number in range(N_FILES)}
    workspace = LocalServices().open(write_tree(tmp_path / "large", files))
    yield workspace
    workspace.close()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer files are few, and the process for more of them only says that it was there."""
    monkeypatch.setattr(refreshing, "FEW_FILES", FEW)
    worker_that(monkeypatch, say({"progress": {"phase": "reading"}}), say({"report": {}}))


def worker_that(monkeypatch: pytest.MonkeyPatch, *statements: str) -> None:
    """Have a process of our making stand in for the worker."""
    monkeypatch.setattr(refreshing, "START_WORKER", "\n".join(("import json, sys, time", *statements)))


def say(value: object) -> str:
    return f"print({json.dumps(value)!r}, flush=True)"


def new_files(root: Path, n_files: int) -> list[str]:
    files = {f"new_{number}.py": f"new = {number}\n" for number in range(n_files)}
    write_tree(root, files)
    return list(files)


def test_first_index_is_made_in_a_process_of_its_own(workspace: Workspace, watch: Watch) -> None:
    with pytest.raises(StoreError):
        workspace.search(Query("basketTotal"))

    report = watch.refresh(workspace)

    assert watch.is_worker_seen
    assert watch.told[0] == Progress(Phase.LISTING)
    assert {Phase.READING, Phase.EMBEDDING, Phase.SETTLING} <= {progress.phase for progress in watch.told}
    assert (report.n_files_changed, report.n_files_unchanged, report.is_complete) == (len(SHOP), 0, True)
    assert report.n_encoded > 0
    assert report.stage_s["total"] > 0
    assert workspace.search(Query("basketTotal")).hits[0].path == "shop/prices.js"
    assert workspace.status().counts.is_complete


def test_files_of_a_workspace_without_an_index_are_not_indexed(workspace: Workspace, watch: Watch) -> None:
    assert watch.refresh(workspace, ["shop/prices.js"]) == RefreshReport()

    assert workspace.state() is IndexState.MISSING
    assert watch.told == []


@pytest.mark.usefixtures("few")
def test_few_files_are_indexed_here_and_one_more_is_not(indexed: Workspace, watch: Watch) -> None:
    assert not watch.ran_in_worker(indexed, new_files(indexed.root, FEW))
    assert indexed.status().counts.n_files == len(SHOP) + FEW

    assert watch.ran_in_worker(indexed, new_files(indexed.root, FEW + 1))


@pytest.mark.usefixtures("few")
def test_of_many_files_only_those_count_that_changed(indexed: Workspace, watch: Watch) -> None:
    new_files(indexed.root, FEW)

    assert not watch.ran_in_worker(indexed, [*SHOP, "new_0.py", "new_1.py"])
    assert indexed.status().counts.n_files == len(SHOP) + FEW


@pytest.mark.usefixtures("few")
def test_of_everything_only_what_changed_counts(indexed: Workspace, watch: Watch) -> None:
    new_files(indexed.root, FEW - 1)
    (indexed.root / "README.md").unlink()
    assert not watch.ran_in_worker(indexed)
    assert indexed.status().counts.n_files == len(SHOP)

    new_files(indexed.root, FEW)
    (indexed.root / "shop/prices.js").unlink()
    assert watch.ran_in_worker(indexed)


def test_where_nothing_changed_nothing_is_done(indexed: Workspace, watch: Watch) -> None:
    assert watch.refresh(indexed) == RefreshReport()

    assert watch.told == [Progress(Phase.LISTING)]


def test_no_process_is_started_while_another_writes(
    indexed: Workspace, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    worker_that(monkeypatch, f"open({str(trace)!r}, 'w').close()")
    monkeypatch.setattr(refreshing, "FEW_FILES", 0)
    new_files(indexed.root, 1)
    busy: list[StoreBusy] = []

    def refresh_beside(_progress: Progress) -> None:
        if not busy:
            with pytest.raises(StoreBusy) as failure:
                watch.refresh(indexed)
            busy.append(failure.value)

    LocalServices().open(indexed.root).refresh(refresh_beside)

    assert len(busy) == 1
    assert not trace.exists()


def test_failure_of_the_worker_is_the_same_here(workspace: Workspace, watch: Watch) -> None:
    root = workspace.root.rename(workspace.root.with_name("gone"))

    with pytest.raises(UsageError, match="is not a folder") as failure:
        watch.refresh(workspace)

    assert type(failure.value) is UsageError
    assert root.is_dir()


def test_damaged_model_is_called_so(shop: Path, tmp_path: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Path(shutil.copytree(TINY_MODEL, tmp_path / "model"))
    (model / "model.onnx").write_bytes(b"damaged")
    monkeypatch.setenv("WHENCE_MODEL", str(model))

    with pytest.raises(ModelDamaged):
        watch.refresh(LocalServices().open(shop))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("StoreFull", errors.StoreFull),
        ("StoreBusy", errors.StoreBusy),
        ("PermissionError", StoreError),
        ("Bug", StoreError),
    ],
)
def test_failures_keep_their_class_where_it_is_ours(
    workspace: Workspace, watch: Watch, monkeypatch: pytest.MonkeyPatch, kind: str, expected: type[WhenceError]
) -> None:
    worker_that(monkeypatch, say({"failure": {"kind": kind, "text": "what went wrong"}}))

    with pytest.raises(WhenceError, match=r"^what went wrong$") as failure:
        watch.refresh(workspace)

    assert type(failure.value) is expected


def test_words_of_libraries_on_its_stdout_are_passed_over(
    workspace: Workspace, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker_that(monkeypatch, "print('warning: {')", say([1]), "print()", say({"report": {"n_files_read": 3}}))

    assert watch.refresh(workspace) == RefreshReport(n_files_read=3)


def test_worker_that_dies_in_the_middle_of_a_line_is_named_with_its_code(
    workspace: Workspace, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker_that(monkeypatch, "print('{\"report\": {', end='', flush=True)", "sys.exit(3)")

    with pytest.raises(StoreError, match="ended with code 3; reindex"):
        watch.refresh(workspace)


@pytest.mark.slow
def test_killed_worker_is_named_with_its_code_and_the_next_goes_on(large: Workspace, watch: Watch) -> None:
    watch.on_worker(watch.kill_workers)
    with pytest.raises(StoreError, match=r"ended with code (-9|15); reindex"):  # the latter on Windows
        watch.refresh(large)

    assert large.refresh().is_complete
    assert large.status().counts.n_files == N_FILES
    assert large.status().counts.is_complete


def test_failure_of_who_watches_ends_the_worker(large: Workspace, watch: Watch) -> None:
    def fail(_progress: Progress) -> None:
        raise ZeroDivisionError

    watch.on_worker(fail)

    with pytest.raises(ZeroDivisionError):
        watch.refresh(large)


@pytest.mark.slow
@pytest.mark.parametrize("is_stopped_before", [True, False])
def test_stopping_ends_the_worker(large: Workspace, watch: Watch, *, is_stopped_before: bool) -> None:
    if is_stopped_before:
        watch.token.cancel()
    watch.on_worker(lambda _progress: watch.token.cancel())

    assert not watch.refresh(large).is_complete

    assert large.refresh().is_complete
    assert large.status().counts.is_complete


@pytest.mark.slow
def test_what_was_done_before_stopping_is_kept(large: Workspace, watch: Watch) -> None:
    def stop(progress: Progress) -> None:
        if progress.phase is Phase.EMBEDDING:
            watch.token.cancel()

    watch.on_worker(stop)
    watch.refresh(large)

    assert large.status().counts.n_files == N_FILES
    assert large.search(Query("number_7")).hits[0].symbol == "number_7"
    report = large.refresh()
    assert (report.n_files_changed, report.is_complete) == (0, True)
    assert large.status().counts.is_complete


def test_worker_that_does_not_stop_is_killed(
    workspace: Workspace, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "STOP_S", 0.1)
    worker_that(monkeypatch, say({"progress": {"phase": "reading"}}), "time.sleep(600)")
    watch.on_worker(lambda _progress: watch.token.cancel())

    assert watch.refresh(workspace) == RefreshReport(is_complete=False)


def test_worker_that_told_its_report_and_does_not_end_is_killed(
    workspace: Workspace, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "STOP_S", 0.1)
    worker_that(monkeypatch, say({"report": {"n_files_read": 3}}), "time.sleep(600)")

    assert watch.refresh(workspace) == RefreshReport(n_files_read=3)


def test_worker_ends_when_whoever_started_it_is_gone(large: Workspace) -> None:
    worker = subprocess.run(
        [sys.executable, "-c", START_WORKER, str(large.root), "1"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LONG_S,
        check=True,
    )

    *_, last = worker.stdout.splitlines()
    assert json.loads(last)["report"]["is_complete"] is False
    assert worker.stderr == b""


def test_modules_in_the_users_folder_are_not_imported(
    workspace: Workspace, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("json", "queue", "threading", "attrs", "psutil", "whence")
    write_tree(workspace.root, {f"{name}.py": "raise SystemExit('the user\\'s own')\n" for name in names})
    monkeypatch.chdir(workspace.root)

    assert watch.ran_in_worker(workspace)
