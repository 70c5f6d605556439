"""What stands at a path, as questions that never raise: what cannot be looked at is not there.

pathlib's own `is_file` and its like raise where a folder on the way must not be entered.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

IO_REPARSE_TAG_MOUNT_POINT = 0xA0000003
"""Windows: a junction, which is a link to a folder that does not call itself a symbolic link."""


def is_file(path: str | Path) -> bool:
    """True for a file, links followed."""
    status = _status(path, follows=True)
    return status is not None and stat.S_ISREG(status.st_mode)


def is_folder(path: str | Path) -> bool:
    """True for a folder, links followed."""
    status = _status(path, follows=True)
    return status is not None and stat.S_ISDIR(status.st_mode)


def is_link(path: str | Path) -> bool:
    """True for a symbolic link, wherever it leads."""
    status = _status(path, follows=False)
    return status is not None and stat.S_ISLNK(status.st_mode)


def is_real_folder(status: os.stat_result) -> bool:
    """True for a folder that is neither a link nor a junction; `status` comes from lstat."""
    return stat.S_ISDIR(status.st_mode) and getattr(status, "st_reparse_tag", 0) != IO_REPARSE_TAG_MOUNT_POINT


def kind_of(mode: int) -> str:
    """What stands where a file was expected, in words."""
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISLNK, "a symbolic link"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
    )
    return next((words for is_kind, words in kinds if is_kind(mode)), "a device")


def _status(path: str | Path, follows: bool) -> os.stat_result | None:
    try:
        return os.stat(path, follow_symlinks=follows)  # noqa: PTH116 - the platform tests of pathlib raise, see above
    except (OSError, ValueError):
        return None
