"""Event loops to run LanceDB's coroutines on, in the thread that asks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Loops:
    """Runs coroutines to their end for threads that have no running loop of their own.

    LanceDB's synchronous interface hands every call to one background thread and waits; on the caller's thread a query
    takes 2 ms less. Loops are kept for the next call: there are as many as were ever in use at once.
    """

    def __init__(self) -> None:
        self._idle: list[asyncio.AbstractEventLoop] = []  # under _lock
        self._is_closed = False  # under _lock
        self._lock = threading.Lock()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run one coroutine; whatever it raises is raised."""
        with self._lock:
            loop = self._idle.pop() if self._idle else None
        loop = loop or asyncio.new_event_loop()
        try:
            return loop.run_until_complete(coroutine)
        finally:
            with self._lock:
                is_kept = not self._is_closed
                if is_kept:
                    self._idle.append(loop)
            if not is_kept:
                loop.close()

    def close(self) -> None:
        """Close every loop; one that is in use closes when it is done."""
        with self._lock:
            idle, self._idle, self._is_closed = self._idle, [], True
        for loop in idle:
            loop.close()
