"""What git remembers of one root: commits with the contents that they changed. The adapter behind `History`."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence

from whence.domain import Commit, FileChange
from whence.files.git import GitFailed, find_git
from whence.files.repository import find_repository

logger = logging.getLogger(__name__)

_HEADER = "\x01"
"""Begins a commit in git's answer; nothing else there begins with it."""

_FIELD = "\x02"
_NOTHING = "0" * 40
"""Begins the id of what is not there, be ids 40 or 64 digits long."""


class GitHistory:
    """Reads history. Holds no state and changes nothing; commands fetch nothing and run no program of a repository."""

    def __init__(self, root: str) -> None:
        """Take the root by its real path; need not be in a git work tree."""
        self._root = os.path.realpath(root)
        self._git = find_git(os.environ) if find_repository(self._root) is not None else None

    def commits(self, limit: int) -> Sequence[Commit]:
        """The latest commits that changed something below the root, newest first; no merges, no first commits.

        Empty where there is no history that can be read.
        """
        if self._git is None:
            return []
        try:
            return list(_parse_log(self._git.log(self._root, limit, f"{_HEADER}%H{_FIELD}%P{_FIELD}%s")))
        except GitFailed as exc:
            logger.info("no history of %s: %s", self._root, exc)
            return []

    def contents(self, ids: Sequence[str]) -> Mapping[str, bytes]:
        """Contents of files as commits left them, by id; without those that are not on this machine."""
        if self._git is None or not ids:
            return {}
        try:
            return dict(_parse_blobs(self._git.blobs(self._root, ids)))
        except GitFailed as exc:
            logger.info("no contents from the history of %s: %s", self._root, exc)
            return {}


def _parse_log(output: bytes) -> Iterator[Commit]:
    """Commits from headers and raw changes, all ended by NUL: `:100644 100644 <before> <after> M`, then the path."""
    tokens = iter(os.fsdecode(output).split("\0"))
    header: list[str] = []
    changes: list[FileChange] = []
    for token in tokens:
        text = token.lstrip("\n")
        if text.startswith(_HEADER):
            yield from _commit(header, changes)
            header, changes = text[1:].split(_FIELD), []
        elif text.startswith(":"):
            _old_mode, mode, before, after, _status = text.split(" ")
            path = next(tokens, "")
            if mode != "160000":  # a submodule
                changes.append(FileChange(path, _id(before), _id(after)))
    yield from _commit(header, changes)


def _commit(header: Sequence[str], changes: Sequence[FileChange]) -> Iterator[Commit]:
    if len(header) == 3 and header[1]:  # it has a parent: a first commit, or the last of a shallow clone, adds all
        subject = os.fsencode(header[2]).decode("utf-8", "replace")
        yield Commit(header[0], subject, tuple(changes))


def _id(name: str) -> str | None:
    return None if name.startswith(_NOTHING) else name


def _parse_blobs(output: bytes) -> Iterator[tuple[str, bytes]]:
    """`<id> blob <size>`, the content and a line end each; `<id> missing` for what is not there."""
    position = 0
    while (line_end := output.find(b"\n", position)) >= 0:
        fields = output[position:line_end].decode("ascii", "replace").split(" ")
        position = line_end + 1
        if len(fields) == 3:
            size = int(fields[2])
            if fields[1] == "blob":
                yield fields[0], output[position : position + size]
            position += size + 1
