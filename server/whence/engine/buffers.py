"""Open documents as they stand on screen: their text counts in the place of the file's.

Knows nothing of editors; whoever does puts texts in. Methods may be called from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from whence.domain import FileEntry, FileHash, FileStamp, LeftOut, LeftOutReason, Listing, Source
from whence.engine.ports import Files


class Buffers:
    """The open documents of one root that would be indexed if they were saved."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._sources: dict[str, Source] = {}  # under _lock
        self._lock = threading.Lock()

    def put(self, path: str, text: str) -> LeftOut | None:
        """Take a document's text; the reason when its file is one that is left out of the index."""
        source = self._files.parse(path, text.encode("utf-8", errors="replace"))
        listed = self._files.explain(path)
        reason = source if isinstance(source, LeftOut) else listed if _is_left_out(listed) else None
        with self._lock:
            if isinstance(source, Source) and reason is None:
                self._sources[path] = source
            else:
                self._sources.pop(path, None)
        return reason if isinstance(reason, LeftOut) else None

    def drop(self, path: str) -> None:
        """Forget a document; its file counts again."""
        with self._lock:
            self._sources.pop(path, None)

    def source(self, path: str) -> Source | None:
        """A document's text with secrets masked, None where it is not open."""
        with self._lock:
            return self._sources.get(path)

    def paths(self) -> list[str]:
        """The documents that count."""
        with self._lock:
            return list(self._sources)


class FilesOnScreen:
    """`Files` in which open documents stand in the place of the files they come from."""

    def __init__(self, files: Files, buffers: Buffers) -> None:
        self._files = files
        self._buffers = buffers

    def listing(self) -> Listing:
        """As on disk."""
        return self._files.listing()

    def read(self, entry: FileEntry, without_secrets: FileHash | None = None) -> Source | LeftOut:
        """The document's text if it is open, else the file's."""
        return self._buffers.source(entry.path) or self._files.read(entry, without_secrets)

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


def _is_left_out(listed: FileEntry | LeftOut) -> bool:
    """A document that was never saved has no file yet; it will have one."""
    return isinstance(listed, LeftOut) and listed.reason is not LeftOutReason.MISSING
