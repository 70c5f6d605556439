"""Turn what SQLite, LanceDB and the file system raise into the errors a user can act on."""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from whence.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull
from whence.store.format import DAMAGED_NAME

_NO_SPACE = re.compile(
    r"no space left|disk quota|disk is full|os error 28\b|os error 122\b|os error 112\b", re.IGNORECASE
)
_NO_SPACE_CODES = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}  # Windows has no quotas
_NOT_FOUND = re.compile(r"not ?found|no such file", re.IGNORECASE)
_CONFLICT = re.compile(r"commit conflict|too many concurrent writers", re.IGNORECASE)
_PASSING = re.compile(
    r"too many open files|permission denied|cannot allocate|out of memory|timed out"
    r"|access is denied|os error (?:5|32|33|1455)\b",  # Windows, where a virus scanner may hold a file for a moment
    re.IGNORECASE,
)
"""What says nothing about the files: the next try may do."""

_OUR_MISTAKE = re.compile(r"invalid user input|sql parser|error during planning|no field named", re.IGNORECASE)
"""LanceDB's words for a wrong request: a defect of ours, not damage on disk."""

_TOO_MUCH = re.compile(r"recursion limit|compiledtoobig|regular expression did not compile", re.IGNORECASE)
"""LanceDB's words for filters that are too many or too long."""

TABLE_FAILURES = (RuntimeError, ValueError, OSError)
"""What lancedb raises, without a class of its own, for a table that cannot be read."""


def is_not_found(failure: BaseException) -> bool:
    """True when a table's file is gone: the version that was read has been cleaned up, or the index is damaged."""
    return bool(_NOT_FOUND.search(str(failure)))


def is_conflict(failure: BaseException) -> bool:
    """True when another commit came first and the write may be tried again."""
    return bool(_CONFLICT.search(str(failure)))


def is_no_space(failure: BaseException) -> bool:
    """True when the disk, or the user's share of it, is full."""
    if isinstance(failure, OSError) and failure.errno in _NO_SPACE_CODES:
        return True
    return bool(_NO_SPACE.search(str(failure)))


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Raise a StoreError for what goes wrong inside; damage is noted in the folder for the next writer.

    Raises:
        StoreCorrupt, StoreFull, StoreBusy: by what was raised inside.
    """
    try:
        yield
    except StoreError:
        raise
    except sqlite3.Error as failure:
        raise _of_sqlite(folder, failure) from failure
    except UnicodeEncodeError as failure:
        # The request's text, not the folder's: reading damage raises UnicodeDecodeError.
        raise StoreError(f"{failure.object[:80]!r} is not Unicode text, so no index holds it") from failure
    except TABLE_FAILURES as failure:
        if _TOO_MUCH.search(str(failure)):
            raise StoreError("The path patterns are too many or too long; give fewer or shorter ones") from failure
        if _is_ours(failure):
            raise
        raise _of_tables(folder, failure) from failure
    except BaseException as failure:
        # Rust panics arrive outside Exception; only a damaged file makes the table library panic.
        if type(failure).__name__ != "PanicException":
            raise
        raise _corrupt(folder, f"the table library gave up: {failure}") from failure


def full(folder: Path) -> StoreFull:
    """The error for a disk without room."""
    return StoreFull(f"No room left on the disk for the index in {folder}; free some space and run it again")


def note_damage(folder: Path, detail: str) -> None:
    """Leave a note that makes the next writer begin anew; without effect where nothing can be written."""
    with suppress(OSError):
        (folder / DAMAGED_NAME).write_text(detail + "\n", encoding="utf-8")


def _of_sqlite(folder: Path, failure: sqlite3.Error) -> StoreError:
    message = str(failure)
    if "full" in message:
        return full(folder)
    if "locked" in message or "busy" in message:
        return StoreBusy(f"The index in {folder} is in use by another process; try again in a moment")
    if "unable to open" in message or "readonly" in message:
        return StoreError(f"The catalogue in {folder} cannot be opened ({message}); look at its permissions")
    if isinstance(failure, sqlite3.ProgrammingError | sqlite3.IntegrityError):
        return StoreError(f"The catalogue in {folder} refused a request: {message}")
    return _corrupt(folder, message)


def _is_ours(failure: Exception) -> bool:
    return bool(_OUR_MISTAKE.search(str(failure)))


def _of_tables(folder: Path, failure: Exception) -> StoreError:
    message = str(failure)
    if is_no_space(failure):
        return full(folder)
    if is_conflict(failure):
        return StoreBusy(f"The tables in {folder} are being changed by another process; try again in a moment")
    if _PASSING.search(message):
        return StoreError(f"The tables in {folder} cannot be read just now ({_on_one_line(message)}); try again")
    return _corrupt(folder, message)


def _corrupt(folder: Path, message: str) -> StoreCorrupt:
    detail = _on_one_line(message)
    note_damage(folder, detail)
    return StoreCorrupt(f'The index in {folder} is damaged ({detail}); run "whence index" to build it anew')


def _on_one_line(message: str) -> str:
    return " ".join(message.split())[:200]
