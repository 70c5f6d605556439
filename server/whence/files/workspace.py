"""The files of one root: the adapter behind the engine's `Files`."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from whence.domain import FileEntry, FileHash, FileStamp, LeftOut, Listing, Source
from whence.files.explain import explain_path
from whence.files.filters import passes
from whence.files.layout import Layout, look_around
from whence.files.listing import list_files
from whence.files.names import too_large
from whence.files.options import FileOptions
from whence.files.reading import Mask, parse, read_file


class WorkspaceFiles:
    """Lists, reads and explains the files below a root. Holds no state: each call looks at the disk as it is then."""

    def __init__(self, root: Path, options: FileOptions, mask: Mask) -> None:
        """Take the root by its real path.

        Args:
            root: a folder; need not be a git work tree.
            options: limits.
            mask: replaces secrets in UTF-8 text; called from whichever thread reads.
        """
        self._root = os.path.realpath(root)
        self._options = options
        self._mask = mask

    def listing(self) -> Listing:
        """List candidates and files left out by name, sorted by path. Only stats; reads no contents."""
        return list_files(self._look_around(), self._options.max_bytes)

    def read(self, entry: FileEntry, without_secrets: FileHash | None = None) -> Source | LeftOut:
        """Read, decode and hash one listed file and mask its secrets, or say why it is left out. Never raises.

        Only the entry's path counts: size and time of the answer are those found when reading. A file that still has
        the hash `without_secrets` was searched for secrets before, in vain; it is not searched again.
        """
        return read_file(self._root, entry.path, self._options.max_bytes, self._mask, without_secrets)

    def stamp(self, path: str) -> FileStamp | None:
        """What tells one state of a file from another without reading it; None when it is gone or no file."""
        try:
            status = os.lstat(os.path.join(self._root, path))  # noqa: PTH118 - as quick as can be: once a hit
        except (OSError, ValueError):
            return None
        changed_at_ns = max(status.st_mtime_ns, status.st_ctime_ns)
        return FileStamp(status.st_size, changed_at_ns, status.st_ino) if stat.S_ISREG(status.st_mode) else None

    def parse(self, path: str, data: bytes) -> Source | LeftOut:
        """Make a source of text that stands in an editor, as `read` would if it were saved. Never raises."""
        if len(data) > self._options.max_bytes:
            return too_large(path, len(data), self._options.max_bytes)
        return parse(path, data, 0, self._mask)

    def passes(self, path: str, globs: Sequence[str]) -> bool:
        """True when gitignore patterns that limit a search let `path` in."""
        return passes(path, globs)

    def explain(self, path: str) -> FileEntry | LeftOut:
        """Say whether the listing contains `path` (relative or absolute), and if not, by which rule.

        Reasons that only the content tells come from `read`.
        """
        return explain_path(self._look_around(), path, self._options.max_bytes)

    def _look_around(self) -> Layout:
        return look_around(self._root, os.environ, self._options.index_folder)
