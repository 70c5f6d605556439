"""Files read lately, so that what an editor asks again and again is not read, decoded and masked each time.

A remembered text counts only while the file's stamp (size, times, identity) is the one it was read under, so it is
never older than the disk. Files written just before they were read are not remembered: their times could stay the same
when they are written again.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence

import attrs

from whence.domain import FileEntry, FileHash, FileStamp, LeftOut, Listing, Source
from whence.engine.plan import RACY_NS
from whence.engine.ports import Files

MAX_BYTES = 16 * 1024 * 1024
"""Text remembered, in sum: some thousand source files."""


@attrs.frozen
class _Remembered:
    """A text and the stamp it was read under."""

    source: Source
    stamp: FileStamp


class RecentFiles:
    """`Files` that remembers what was read lately. Methods may be called from any thread."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()  # under _lock, the latest used last
        self._n_bytes = 0  # under _lock
        self._lock = threading.Lock()

    def read(self, entry: FileEntry, without_secrets: FileHash | None = None) -> Source | LeftOut:
        """As on disk."""
        path = entry.path
        stamp = self._files.stamp(path)
        known = self._take(path, stamp)
        if known is not None:
            return known
        read_at_ns = time.time_ns()
        read = self._files.read(entry, without_secrets)
        if isinstance(read, Source) and stamp is not None and stamp.changed_at_ns + RACY_NS < read_at_ns:
            self._remember(path, _Remembered(read, stamp))
        return read

    def listing(self) -> Listing:
        """As on disk."""
        return self._files.listing()

    def stamp(self, path: str) -> FileStamp | None:
        """As on disk."""
        return self._files.stamp(path)

    def parse(self, path: str, data: bytes) -> Source | LeftOut:
        """As on disk."""
        return self._files.parse(path, data)

    def passes(self, path: str, globs: Sequence[str]) -> bool:
        """As on disk."""
        return self._files.passes(path, globs)

    def explain(self, path: str) -> FileEntry | LeftOut:
        """As on disk."""
        return self._files.explain(path)

    def _take(self, path: str, stamp: FileStamp | None) -> Source | None:
        with self._lock:
            known = self._remembered.get(path)
            if known is None:
                return None
            if known.stamp != stamp:
                self._forget(path)
                return None
            self._remembered.move_to_end(path)
            return known.source

    def _remember(self, path: str, read: _Remembered) -> None:
        with self._lock:
            self._forget(path)
            self._remembered[path] = read
            self._n_bytes += len(read.source.data)
            while self._n_bytes > MAX_BYTES:
                self._forget(next(iter(self._remembered)))

    def _forget(self, path: str) -> None:
        """Under _lock."""
        known = self._remembered.pop(path, None)
        if known is not None:
            self._n_bytes -= len(known.source.data)
