"""Lists a root: git's own list where there is a work tree, the rules elsewhere, `.whenceignore` on top of both.

Only stats; reads no contents but ignore files.
"""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

import attrs

from whence.domain import FileEntry, LeftOut, LeftOutReason, Listing
from whence.files.git import GitFailed
from whence.files.layout import Layout
from whence.files.names import reason_by_name
from whence.files.repository import repository_at
from whence.files.rules import VCS_FOLDERS, FolderRules
from whence.files.status import is_file, is_folder, is_real_folder, kind_of
from whence.files.walk import Found, FoundRepository, FoundUnreadable, walk

logger = logging.getLogger(__name__)


def list_files(layout: Layout, max_bytes: int) -> Listing:
    """List a root. `max_bytes` is the size limit of a file."""
    collector = _Collector(layout)
    collector.add_root()
    entries: list[FileEntry] = []
    left_out = list(collector.unreadable)
    for path in sorted(collector.found):
        if layout.is_of_index(path):
            continue
        sorted_out = classify(layout, path, collector.found[path], max_bytes)
        if isinstance(sorted_out, FileEntry):
            entries.append(sorted_out)
        else:
            left_out.append(sorted_out)
    left_out.sort(key=lambda item: item.path)
    return Listing(entries, left_out, "git" if collector.is_from_git else "rules")


def classify(layout: Layout, path: str, status: os.stat_result, max_bytes: int) -> FileEntry | LeftOut:
    """Say what a path that no rule leaves out is good for, judged by its name and its lstat result."""
    if not path.isascii() and not _is_utf8(path):
        escaped = os.fsencode(path).decode("utf-8", "backslashreplace")
        return LeftOut(escaped, LeftOutReason.UNDECODABLE, "the name is not valid UTF-8")
    if stat.S_ISLNK(status.st_mode):
        return _explain_link(layout, path)
    if not stat.S_ISREG(status.st_mode):
        return LeftOut(path, LeftOutReason.NOT_A_FILE, kind_of(status.st_mode))
    return reason_by_name(path, status.st_size, max_bytes) or FileEntry(path, status.st_size, status.st_mtime_ns)


@attrs.define
class _Collector:
    """Gathers what belongs to a root, nested repositories included."""

    layout: Layout
    found: dict[str, os.stat_result] = attrs.field(factory=dict)
    unreadable: list[LeftOut] = attrs.field(factory=list)
    is_from_git: bool = False
    """True when the root itself was listed by git."""
    _own: dict[str, FolderRules | None] = attrs.field(factory=dict)
    """`.whenceignore` rules by folder; None for a folder that is gone or a link."""

    def add_root(self) -> None:
        """Gather everything below the root."""
        self._own[""] = self.layout.own_rules.at("")
        if self.layout.is_in_repository:
            self.is_from_git = self._add_by_git("")
        if not self.is_from_git:
            self._add_by_rules("", self.layout.rules.at(""))

    def _add_repository(self, folder: str) -> None:
        if not self._add_by_git(folder):
            self._add_by_rules(folder, self.layout.rules.at(folder))

    def _add_by_git(self, folder: str) -> bool:
        """Add what git lists in `folder`; false when git cannot answer."""
        if self.layout.git is None:
            return False
        try:
            listed = self.layout.git.files(self.layout.absolute(folder))
        except GitFailed as exc:
            logger.warning("git does not list %s, our own rules do: %s", self.layout.absolute(folder), exc)
            return False
        prefix = f"{folder}/" if folder else ""
        nested: list[str] = []
        folders = {folder}
        for name in listed:
            path = prefix + name.rstrip("/")
            parent = path[: max(path.rfind("/"), 0)]
            folders.add(parent)
            if self._add(path, self._own_rules(parent)):
                nested.append(path)
        for path in nested:
            self._add_repository(path)
        if any(rules is not None and rules.brings_back for rules in map(self._own.get, folders)):
            self._add_brought_back(folder)
        return True

    def _add(self, path: str, own: FolderRules | None) -> bool:
        """Add one path that git lists, unless it is gone or `.whenceignore` is against it; true for a repository."""
        if own is None:
            return False
        try:
            status = os.lstat(f"{self.layout.root}/{path}")
        except (OSError, ValueError):
            return False
        is_dir = stat.S_ISDIR(status.st_mode)
        if (own.own or own.verdict.is_ignored) and own.judge(path[path.rfind("/") + 1 :], is_dir).is_ignored:
            return False
        if is_dir:
            return repository_at(self.layout.absolute(path)) is not None
        self.found[path] = status
        return False

    def _own_rules(self, folder: str) -> FolderRules | None:
        if folder in self._own:
            return self._own[folder]
        parent_path, _, name = folder.rpartition("/")
        parent = self._own_rules(parent_path)
        rules = None
        if parent is not None and name not in VCS_FOLDERS and self._is_real_folder(folder):
            verdict = self.layout.own_rules.judge(parent, name, is_dir=True)
            rules = self.layout.own_rules.below(parent, name, verdict)
        self._own[folder] = rules
        return rules

    def _is_real_folder(self, folder: str) -> bool:
        """A tracked file may lie behind what is now a link to somewhere else; that is not followed."""
        try:
            return is_real_folder(os.lstat(f"{self.layout.root}/{folder}"))
        except (OSError, ValueError):
            return False

    def _add_brought_back(self, folder: str) -> None:
        for step in walk(self.layout.root, folder, self.layout.rules.at(folder), self.layout.rules):
            if isinstance(step, FoundUnreadable) or not step.is_brought_back:
                continue
            if isinstance(step, FoundRepository):
                self._add_repository(step.path)
            else:
                self.found.setdefault(step.path, step.status)

    def _add_by_rules(self, folder: str, rules: FolderRules) -> None:
        for step in walk(self.layout.root, folder, rules, self.layout.rules):
            if isinstance(step, Found):
                self.found[step.path] = step.status
            elif isinstance(step, FoundRepository):
                self._own[step.path] = attrs.evolve(step.rules, git=())
                if not self._add_by_git(step.path):
                    self._add_by_rules(step.path, step.rules)
            else:
                why = f"the folder cannot be listed: {step.error.strerror}"
                self.unreadable.append(LeftOut(step.path or ".", LeftOutReason.UNREADABLE, why))


def _explain_link(layout: Layout, path: str) -> LeftOut:
    link = Path(layout.absolute(path))
    try:
        target, real = link.readlink(), os.path.realpath(link)
    except (OSError, ValueError):
        return LeftOut(path, LeftOutReason.MISSING, "it is gone")
    if not is_inside(real, layout.root):
        return LeftOut(path, LeftOutReason.OUTSIDE, f"symbolic link to {target}, outside of {layout.root}")
    if is_folder(real):
        return LeftOut(path, LeftOutReason.NOT_A_FILE, f"symbolic link to the folder {target}, which is listed itself")
    if is_file(real):
        return LeftOut(path, LeftOutReason.NOT_A_FILE, f"symbolic link to {target}, which is listed itself")
    return LeftOut(path, LeftOutReason.NOT_A_FILE, f"symbolic link to {target}, which is no file")


def is_inside(path: str, folder: str) -> bool:
    """True when absolute `path` is `folder` or below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _is_utf8(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
