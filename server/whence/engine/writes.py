"""One lane for writes: the store sees one at a time, in order, while the job's thread goes on reading or encoding."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import ParamSpec

P = ParamSpec("P")


class WriteLane:
    """Runs one write at a time on its own thread; a second one blocks its caller, so memory stays bounded.

    A failed write is raised in the job's thread by the next `submit` or by `wait`. Leaving the block waits for it.
    """

    def __init__(self) -> None:
        self.busy_s = 0.0
        """Seconds spent writing; touched by the lane's thread, read when it is idle."""
        self._executor = ThreadPoolExecutor(1, "whence-write")
        self._pending: Future[None] | None = None  # touched by the job's thread only

    def __enter__(self) -> WriteLane:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._executor.shutdown(wait=True)

    def submit(self, write: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Queue one write; blocks while the previous one still runs."""
        self.wait()
        self._pending = self._executor.submit(self._timed, lambda: write(*args, **kwargs))

    def wait(self) -> None:
        """Block until every write is done; raise what a write raised."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()

    def _timed(self, write: Callable[[], None]) -> None:
        start = time.perf_counter()
        try:
            write()
        finally:
            self.busy_s += time.perf_counter() - start
