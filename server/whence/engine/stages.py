"""What each stage of a request took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

_Result = TypeVar("_Result")


class StageClock:
    """Milliseconds by stage, in the order the stages ended; stages of different threads may overlap."""

    def __init__(self) -> None:
        self.stage_ms: dict[str, float] = {}
        self._start = time.perf_counter()

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Add the time spent inside to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.stage_ms[stage] = self.stage_ms.get(stage, 0.0) + (time.perf_counter() - start) * 1000

    def timed(self, stage: str, work: Callable[[], _Result]) -> _Result:
        """Run `work`, add its time to a stage, and give its result."""
        with self.time(stage):
            return work()

    def stop(self) -> None:
        """Note the whole time since the clock was made, as "total"."""
        self.stage_ms["total"] = (time.perf_counter() - self._start) * 1000
