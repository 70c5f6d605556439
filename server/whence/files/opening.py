"""Opens a listed file without being led elsewhere: no link on the way is followed, nothing but files is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from whence.files.status import is_real_folder

_HAS_DIR_FD = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOINHERIT", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe that takes a file's place must not hang us
)
_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_DIRECTORY", 0)


class NotRegular(Exception):
    """What stands there is no regular file; `mode` tells what it is. Never leaves this package."""

    def __init__(self, mode: int) -> None:
        super().__init__(mode)
        self.mode = mode


@contextmanager
def open_inside(root: str, path: str) -> Iterator[int]:
    """A descriptor of the regular file `path` (relative, '/' separators) below `root` (absolute), closed afterwards.

    Raises:
        NotRegular: a link, folder, pipe, socket or device stands there, or a link on the way to it.
        OSError: it is gone or must not be read.
    """
    with ExitStack() as stack:
        descriptor = _open_stepwise(root, path, stack) if _HAS_DIR_FD else _open_checked(root, path)
        stack.callback(os.close, descriptor)
        # Looked at again through the descriptor: what was checked by name may have been replaced since.
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise NotRegular(mode)
        yield descriptor


def _open_stepwise(root: str, path: str, stack: ExitStack) -> int:
    """Open each folder from the one above it, so that a link swapped in anywhere on the way is refused."""
    *folders, name = path.split("/")
    folder = os.open(root, _FOLDER_FLAGS & ~getattr(os, "O_NOFOLLOW", 0))
    stack.callback(os.close, folder)
    for part in folders:
        _refuse_unless(os.stat(part, dir_fd=folder, follow_symlinks=False), is_folder=True)
        folder = os.open(part, _FOLDER_FLAGS, dir_fd=folder)
        stack.callback(os.close, folder)
    _refuse_unless(os.stat(name, dir_fd=folder, follow_symlinks=False), is_folder=False)
    return os.open(name, _FLAGS, dir_fd=folder)


def _open_checked(root: str, path: str) -> int:
    """The same where folders cannot be opened, as on Windows: check each part by name, then open."""
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        _refuse_unless(os.lstat(Path(root, *parts[:end])), is_folder=end < len(parts))
    return os.open(Path(root, *parts), _FLAGS)


def _refuse_unless(status: os.stat_result, is_folder: bool) -> None:
    is_expected = is_real_folder(status) if is_folder else stat.S_ISREG(status.st_mode)
    if not is_expected:
        raise NotRegular(status.st_mode)
