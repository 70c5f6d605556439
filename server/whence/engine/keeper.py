"""Keeps workspaces up to date in the background: one thread, one job at a time, whatever the causes.

A cause (opened, saved, a watcher, asked for) adds to what its workspace has to look at; however many come, one job
does it. Pausing stops it, and going on takes up what was left: what is done is kept. Where another process writes the
index, the job waits and looks again. What a failed job left undone is done with the next cause.
"""

from __future__ import annotations

import enum
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence

import attrs

from whence.engine.jobs import CancelToken, OnProgress, Progress
from whence.engine.tally import RefreshReport
from whence.engine.workspace import Workspace
from whence.errors import StoreBusy, WhenceError

logger = logging.getLogger(__name__)

GATHER_S = 0.05
"""Waited after a cause, so that the hundred events of one branch switch become one job."""

RETRY_S = 1.0
"""Until the lock of another process is tried again."""

MANY_PATHS = 200
"""From so many files on, everything is looked at: a listing costs as much as asking for each of them."""


class Activity(str, enum.Enum):
    """What is being done for one workspace."""

    IDLE = "idle"
    WAITING = "waiting"
    """Another process writes the index."""
    WORKING = "working"
    PAUSED = "paused"
    FAILED = "failed"


@attrs.frozen
class Standing:
    """How one workspace stands: what is done, how far it is, what went wrong, what the last job did."""

    activity: Activity = Activity.IDLE
    progress: Progress | None = None
    error: str = ""
    report: RefreshReport | None = None


Refresh = Callable[[Workspace, "Sequence[str] | None", OnProgress, CancelToken], RefreshReport]
"""Brings a workspace up to date, wherever that is done: these files, or everything."""

OnStanding = Callable[[Workspace, Standing], None]
"""Called from the keeper's thread after every change; must not block."""


@attrs.define
class _Pending:
    """What one workspace still has to look at: some files, or everything."""

    paths: set[str] = attrs.field(factory=set)
    is_whole: bool = False
    not_before: float = 0.0

    def add(self, paths: Iterable[str] | None) -> None:
        if paths is not None:
            self.paths.update(paths)
        if paths is None or len(self.paths) >= MANY_PATHS:
            self.is_whole = True

    def merge(self, other: _Pending) -> None:
        self.add(other.paths)
        self.is_whole = self.is_whole or other.is_whole


@attrs.define(eq=False)
class _Job:
    """What is being done now. A job that pausing stopped is taken up again; one that was stopped itself is not."""

    workspace: Workspace
    pending: _Pending
    token: CancelToken = attrs.field(factory=CancelToken)
    is_held: bool = False
    is_stopped: bool = False

    def hold(self) -> None:
        self.is_held = True
        self.token.cancel()

    def stop(self) -> None:
        self.is_stopped = True
        self.token.cancel()


class Keeper:
    """Runs the jobs. Methods may be called from any thread."""

    def __init__(self, refresh: Refresh, on_standing: OnStanding) -> None:
        self._refresh = refresh
        self._on_standing = on_standing
        self._changed = threading.Condition()
        self._pending: dict[Workspace, _Pending] = {}  # under _changed, in the order of their first cause
        self._standings: dict[Workspace, Standing] = {}  # under _changed
        self._undone: dict[Workspace, _Pending] = {}  # under _changed; left by a job that failed, for the next cause
        self._current: _Job | None = None  # under _changed
        self._is_paused = False  # under _changed
        self._is_closed = False  # under _changed
        self._thread: threading.Thread | None = None  # under _changed

    def request(self, workspace: Workspace, paths: Iterable[str] | None = None) -> None:
        """Have a workspace looked at: these files (relative paths), or everything."""
        with self._changed:
            pending = self._pending.setdefault(workspace, self._undone.pop(workspace, _Pending()))
            pending.add(paths)
            pending.not_before = time.monotonic() + GATHER_S
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._run, name="whence-keeper", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            is_held = self._is_paused
        if is_held:
            self._tell(workspace, Standing(Activity.PAUSED))

    def stop(self, workspace: Workspace) -> None:
        """Stop a workspace's job and forget what it had to look at; the next cause begins again."""
        with self._changed:
            is_running = self._is_current(workspace)
            was_waiting = self._pending.pop(workspace, None) is not None
            self._undone.pop(workspace, None)
            if self._current is not None and is_running:
                self._current.stop()
        if was_waiting and not is_running:
            self._tell(workspace, Standing())

    def forget(self, workspace: Workspace, timeout: float = 10.0) -> None:
        """Stop, wait until nothing runs for the workspace any more, and forget it."""
        self.stop(workspace)
        with self._changed:
            self._changed.wait_for(lambda: not self._is_current(workspace), timeout)
            self._pending.pop(workspace, None)
            self._standings.pop(workspace, None)

    def pause(self, *, is_paused: bool) -> None:
        """Hold every job, or go on where it was held."""
        with self._changed:
            self._is_paused = is_paused
            if is_paused and self._current is not None:
                self._current.hold()
            waiting = [one for one in self._pending if not self._is_current(one)]
            self._changed.notify_all()
        for workspace in waiting:
            self._tell(workspace, Standing(Activity.PAUSED if is_paused else Activity.IDLE))

    @property
    def is_paused(self) -> bool:
        """True while jobs are held."""
        with self._changed:
            return self._is_paused

    def standing(self, workspace: Workspace) -> Standing:
        """How a workspace stands."""
        with self._changed:
            return self._standings.get(workspace, Standing())

    def is_busy(self, workspace: Workspace) -> bool:
        """True while something is being done for a workspace, or is still to do."""
        with self._changed:
            return workspace in self._pending or self._is_current(workspace)

    def close(self, timeout: float = 5.0) -> None:
        """Stop everything; what is done is kept."""
        with self._changed:
            self._is_closed = True
            self._pending.clear()
            if self._current is not None:
                self._current.stop()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _run(self) -> None:
        while (job := self._take()) is not None:
            try:
                self._work(job)
            finally:
                with self._changed:
                    self._current = None
                    self._changed.notify_all()

    def _take(self) -> _Job | None:
        """Wait for the next job; None when the keeper closes."""
        with self._changed:
            while not self._is_closed:
                now = time.monotonic()
                due = [] if self._is_paused else [item for item in self._pending.items() if item[1].not_before <= now]
                if due:
                    workspace, pending = due[0]
                    del self._pending[workspace]
                    self._current = _Job(workspace, pending)
                    return self._current
                later = [] if self._is_paused else [item.not_before - now for item in self._pending.values()]
                self._changed.wait(min(later, default=None))
            return None

    def _work(self, job: _Job) -> None:
        workspace = job.workspace

        def tell(progress: Progress) -> None:
            self._tell(workspace, Standing(Activity.WORKING, progress))

        try:
            paths = None if job.pending.is_whole else sorted(job.pending.paths)
            report = self._refresh(workspace, paths, tell, job.token)
        except StoreBusy:
            is_waiting = self._put_back(job, RETRY_S)
            otherwise = Activity.WAITING if is_waiting else Activity.IDLE
            self._tell(workspace, Standing(Activity.PAUSED if self._is_held(workspace) else otherwise))
        except WhenceError as failure:
            self._fail(job, str(failure))
        except Exception as defect:
            logger.debug("indexing %s failed", workspace.root, exc_info=True)
            self._fail(job, f"{type(defect).__name__}: {defect}")
        else:
            self._finish(job, report)

    def _finish(self, job: _Job, report: RefreshReport) -> None:
        if job.is_held and not report.is_complete:
            # Files already read are found unchanged, those with vectors to come are found in the catalogue.
            job.pending.is_whole = True
            self._put_back(job, 0.0)
        is_held = self._is_held(job.workspace)
        self._tell(job.workspace, Standing(Activity.PAUSED if is_held else Activity.IDLE, report=report))

    def _fail(self, job: _Job, message: str) -> None:
        with self._changed:
            waiting = self._pending.get(job.workspace)
            if waiting is not None and not job.is_stopped:
                waiting.merge(job.pending)
            elif not job.is_stopped:
                self._undone[job.workspace] = job.pending
        self._tell(job.workspace, Standing(Activity.FAILED, error=" ".join(message.split())))

    def _is_held(self, workspace: Workspace) -> bool:
        """True where pausing keeps something from being done."""
        with self._changed:
            return self._is_paused and workspace in self._pending

    def _put_back(self, job: _Job, delay_s: float) -> bool:
        """Have a job done later; False where it was stopped meanwhile."""
        with self._changed:
            if job.is_stopped:
                return False
            waiting = self._pending.setdefault(job.workspace, _Pending())
            waiting.merge(job.pending)
            waiting.not_before = time.monotonic() + delay_s
            return True

    def _is_current(self, workspace: Workspace) -> bool:
        """Under _changed."""
        return self._current is not None and self._current.workspace is workspace

    def _tell(self, workspace: Workspace, standing: Standing) -> None:
        with self._changed:
            self._standings[workspace] = standing
        self._on_standing(workspace, standing)
