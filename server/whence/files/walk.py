"""Walks a folder by the rules alone, for roots without git and for what `.whenceignore` brings back.

Reads no contents but ignore files, follows no link.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import attrs

from whence.files.repository import repository_at
from whence.files.rules import VCS_FOLDERS, FolderRules, RuleReader, Verdict
from whence.files.status import is_real_folder


@attrs.frozen
class Found:
    """Something that the rules do not leave out, relative to the root."""

    path: str
    status: os.stat_result
    """From lstat."""
    is_brought_back: bool


@attrs.frozen
class FoundRepository:
    """A folder with a repository of its own; the walk does not enter it."""

    path: str
    rules: FolderRules
    is_brought_back: bool


@attrs.frozen
class FoundUnreadable:
    """A folder that could not be listed."""

    path: str
    error: OSError


def walk(
    root: str, folder: str, rules: FolderRules, reader: RuleReader
) -> Iterator[Found | FoundRepository | FoundUnreadable]:
    """Walk `folder` (relative to `root`, empty for the root itself), in which `rules` hold. In no particular order."""
    pending = [_Pending(folder, rules, None)]
    while pending:
        task = pending.pop()
        try:
            with os.scandir(f"{root}/{task.path}") as scan:
                entries = list(scan)
        except OSError as exc:
            yield FoundUnreadable(task.path, exc)
            continue
        rules = task.rules
        if task.verdict is not None:
            name = task.path[task.path.rfind("/") + 1 :]
            names = {entry.name for entry in entries}
            rules = reader.below(rules, name, task.verdict, names)
            if ".git" in names and not task.verdict.is_ignored and repository_at(f"{root}/{task.path}"):
                yield FoundRepository(task.path, rules, task.verdict.is_brought_back)
                continue
        prefix = f"{task.path}/" if task.path else ""
        for entry in entries:
            if entry.name.lower() in VCS_FOLDERS:
                continue
            if _is_real_folder(entry):
                verdict = reader.judge(rules, entry.name, is_dir=True)
                if not verdict.is_ignored or rules.reaches_into(entry.name):
                    pending.append(_Pending(prefix + entry.name, rules, verdict))
                continue
            verdict = rules.judge(entry.name, is_dir=False)
            if not verdict.is_ignored and (status := _status(entry)):
                yield Found(prefix + entry.name, status, verdict.is_brought_back)


@attrs.frozen
class _Pending:
    """A folder to walk: with the rules of its parent and the verdict about it, or, at the start, with its own rules."""

    path: str
    rules: FolderRules
    verdict: Verdict | None


def _is_real_folder(entry: os.DirEntry[str]) -> bool:
    try:
        if not entry.is_dir(follow_symlinks=False):
            return False
        return sys.platform != "win32" or is_real_folder(entry.stat(follow_symlinks=False))
    except OSError:
        return False


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    """The lstat of a file or a link. Like git, the walk passes over pipes, sockets, devices and what has just gone."""
    try:
        if entry.is_symlink() or entry.is_file(follow_symlinks=False):
            return entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return None
