"""Decide what a refresh has to do, from what is on disk and what the index remembers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

import attrs

from whence.domain import FileEntry, Listing, StoredFile

RACY_NS = 2_000_000_000
"""A file written less than this before it was read may be written again without its time changing (FAT counts in two
seconds), so its time is not trusted: git calls such an entry racily clean."""

UNTRUSTED_MTIME_NS = -1
"""Stored instead of the time of a racily clean file: equals no file's time, so the file is read again next time."""

RULE_FILES = frozenset({".gitignore", ".whenceignore", ".gitattributes", ".gitmodules"})
"""Files that decide about others: when one changes, everything is looked at."""

_LATE_FOLDERS = frozenset(
    {"test", "tests", "testing", "testdata", "spec", "specs", "fixtures", "vendor", "third_party", "node_modules"}
    | {"examples", "example", "samples", "docs", "doc", "migrations", "locale", "locales", "i18n", "snapshots"}
)
_LATE_SUFFIXES = frozenset(
    {".md", ".rst", ".txt", ".json", ".yaml", ".yml", ".toml", ".xml", ".svg", ".html", ".css", ".csv", ".po", ".ipynb"}
)


@attrs.frozen
class Plan:
    """What a refresh has to do; every tuple is in the order in which to do it."""

    read: tuple[FileEntry, ...]
    """New files and files whose size or time differ; reading tells which really changed."""
    drop: tuple[str, ...]
    """Files the index knows that are gone or no longer to be indexed."""
    embed: tuple[StoredFile, ...]
    """Unchanged files some of whose chunks still lack vectors: an earlier run was stopped there."""
    n_unchanged: int

    @property
    def is_empty(self) -> bool:
        """True when the index is up to date and complete."""
        return not (self.read or self.drop or self.embed)

    @property
    def is_settled_but_for_vectors(self) -> bool:
        """True when words and symbols are up to date."""
        return not (self.read or self.drop)


def plan_refresh(listing: Listing, stored: Mapping[str, StoredFile]) -> Plan:
    """Compare a listing with the catalogue.

    A file is taken as unchanged when its size and time are those remembered; see RACY_NS for why that can be relied on.
    """
    listed = {entry.path for entry in listing.entries}
    read = [entry for entry in listing.entries if not _is_unchanged(entry, stored.get(entry.path))]
    reread = {entry.path for entry in read}
    embed = [
        file
        for path, file in stored.items()
        if path in listed and path not in reread and file.reason is None and not file.is_embedded
    ]
    return Plan(
        read=tuple(sorted(read, key=_interest)),
        drop=tuple(sorted(path for path in stored if path not in listed)),
        embed=tuple(sorted(embed, key=_interest)),
        n_unchanged=len(listed) - len(read),
    )


def plan_paths(found: Mapping[str, FileEntry | None], stored: Mapping[str, StoredFile]) -> Plan:
    """Plan for some files alone.

    Args:
        found: these files as they are on disk; None for one that is gone or must not be indexed.
        stored: what the catalogue has of them.
    """
    entries = [entry for entry in found.values() if entry is not None]
    known = {path: stored[path] for path in found if path in stored}
    return plan_refresh(Listing(sorted(entries, key=lambda entry: entry.path), (), "paths"), known)


def trusted_mtime_ns(mtime_ns: int, read_at_ns: int) -> int:
    """The time to remember for a file that was read at `read_at_ns` (nanoseconds since the epoch)."""
    return UNTRUSTED_MTIME_NS if read_at_ns - mtime_ns < RACY_NS else mtime_ns


def batches_by_size(entries: Iterable[FileEntry], max_files: int, max_bytes: int) -> Iterable[list[FileEntry]]:
    """Cut a sequence into runs of at most `max_files` files and, but for single larger files, `max_bytes` bytes."""
    batch: list[FileEntry] = []
    n_bytes = 0
    for entry in entries:
        if batch and (len(batch) >= max_files or n_bytes + entry.size > max_bytes):
            yield batch
            batch, n_bytes = [], 0
        batch.append(entry)
        n_bytes += entry.size
    if batch:
        yield batch


def _is_unchanged(entry: FileEntry, stored: StoredFile | None) -> bool:
    return stored is not None and stored.size == entry.size and stored.mtime_ns == entry.mtime_ns


def _interest(file: FileEntry | StoredFile) -> tuple[bool, bool, int, str]:
    """Sort key: source before tests, examples and documents; what was edited lately first within each."""
    path = PurePosixPath(file.path)
    is_late_folder = any(part.lower() in _LATE_FOLDERS for part in path.parts[:-1])
    return (is_late_folder, path.suffix.lower() in _LATE_SUFFIXES, -file.mtime_ns, file.path)
