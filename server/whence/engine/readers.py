"""The index as others write it: opened by the first use, shared by all threads, let go when the last is done with it.

Whoever wants it opened anew, after a failure or because another process began it from scratch, takes it from those
that come; those that are at it keep theirs to the end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import attrs

from whence.engine.ports import Store
from whence.engine.search import Searcher
from whence.errors import StoreError


@attrs.define(eq=False)
class Reader:
    """One opening of an index for reading, and what searches it."""

    store: Store
    searcher: Searcher
    n_users: int = attrs.field(default=0, init=False)
    """Threads that are at it."""
    is_current: bool = attrs.field(default=True, init=False)
    """False once the next use opens another one."""

    def close(self) -> None:
        """Let go of the index; for `Readers`, once nobody is at it."""
        self.searcher.close()
        self.store.close()


class Readers:
    """The reader in use, if any. Methods may be called from any thread."""

    def __init__(self, open_reader: Callable[[], Reader]) -> None:
        self._open = open_reader
        self._current: Reader | None = None  # under _lock, as the counts of every reader are
        self._lock = threading.Lock()

    @contextmanager
    def use(self) -> Iterator[Reader]:
        """The reader, opened if need be. After a StoreError inside, the next use opens it anew.

        Raises:
            StoreError: it cannot be opened.
        """
        reader = self._enter()
        try:
            yield reader
        except StoreError:
            self._retire(reader)
            raise
        finally:
            self._leave(reader)

    def look_again(self) -> None:
        """Have the next use open the index anew."""
        with self._lock:
            reader = self._current
        if reader is not None:
            self._retire(reader)

    def _enter(self) -> Reader:
        with self._lock:
            if self._current is None:
                self._current = self._open()
            self._current.n_users += 1
            return self._current

    def _retire(self, reader: Reader) -> None:
        with self._lock:
            if self._current is reader:
                self._current = None
            is_last = reader.is_current and not reader.n_users
            reader.is_current = False
        if is_last:
            reader.close()

    def _leave(self, reader: Reader) -> None:
        with self._lock:
            reader.n_users -= 1
            is_last = not reader.is_current and not reader.n_users
        if is_last:
            reader.close()
