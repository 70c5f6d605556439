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
        self._seen: dict[str, Source | LeftOut] = {}  # under _lock; left out for what is typed: emptied, minified
        self._lock = threading.Lock()

    def put(self, path: str, text: str) -> LeftOut | None:
        """Take a document's text; the reason when its file is one that is left out of the index."""
        seen = self._files.parse(path, text.encode("utf-8", errors="replace"))
        listed = self._files.explain(path)
        # A document that was never saved has no file yet; it will have one.
        of_file = listed if isinstance(listed, LeftOut) and listed.reason is not LeftOutReason.MISSING else None
        with self._lock:
            if of_file is None:
                self._seen[path] = seen
            else:
                self._seen.pop(path, None)
        return seen if isinstance(seen, LeftOut) else of_file

    def drop(self, path: str) -> None:
        """Forget a document; its file counts again."""
        with self._lock:
            self._seen.pop(path, None)

    def seen(self, path: str) -> Source | LeftOut | None:
        """A document as its file would be read if it were saved; None where it is not open, or its file is left out."""
        with self._lock:
            return self._seen.get(path)

    def source(self, path: str) -> Source | None:
        """A document's text with secrets masked, None where there is none to index."""
        seen = self.seen(path)
        return seen if isinstance(seen, Source) else None


class FilesOnScreen:
    """`Files` in which open documents stand in the place of the files they come from."""

    def __init__(self, files: Files, buffers: Buffers) -> None:
        self._files = files
        self._buffers = buffers

    def listing(self) -> Listing:
        """As on disk."""
        return self._files.listing()

    def read(self, entry: FileEntry, without_secrets: FileHash | None = None) -> Source | LeftOut:
        """The document if it is open, else the file."""
        return self._buffers.seen(entry.path) or self._files.read(entry, without_secrets)

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
