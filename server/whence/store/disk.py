"""Sizes of folders, and removing them whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def pieces_of(folder: Path) -> dict[str, int]:
    """Every file under a folder, by relative path with '/', with its size in bytes."""
    return {entry.path[len(str(folder)) + 1 :].replace(os.sep, "/"): _size(entry) for entry in _files(str(folder))}


def n_bytes_of(path: Path) -> int:
    """Bytes of a file or of everything under a folder; 0 when it is not there."""
    if path.is_file():
        return path.stat().st_size
    return sum(map(_size, _files(str(path))))


def remove(path: Path) -> None:
    """Remove a file or a folder; what is gone already is no failure.

    Raises:
        OSError: something is left.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        if path.exists():
            shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _files(folder: str) -> Iterator[os.DirEntry[str]]:
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            else:
                yield entry


def _size(entry: os.DirEntry[str]) -> int:
    """Zero for a file that vanished meanwhile."""
    with suppress(FileNotFoundError):
        return entry.stat(follow_symlinks=False).st_size
    return 0
