"""Answers for one path, whatever it is, what the listing would say about it, and by which rule."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from whence.domain import FileEntry, LeftOut, LeftOutReason
from whence.files.git import Git, GitFailed
from whence.files.layout import Layout
from whence.files.listing import classify, is_inside
from whence.files.repository import repository_at
from whence.files.rules import VCS_FOLDERS, FolderRules, RuleReader, Verdict
from whence.files.status import is_link, is_real_folder, kind_of


def explain_path(layout: Layout, path: str, max_bytes: int) -> FileEntry | LeftOut:
    """Say about `path` (relative to the root, or absolute) what a listing would, and which rule leaves it out."""
    relative = _inside(layout, path)
    if relative is None:
        return LeftOut(path, LeftOutReason.OUTSIDE, f"not below {layout.root}")
    if relative == ".":
        return LeftOut(relative, LeftOutReason.NOT_A_FILE, "the root itself")
    if layout.is_of_index(relative):
        return LeftOut(relative, LeftOutReason.IGNORED, "Whence keeps its indexes here")
    if reason := _explain_way(layout, relative):
        return reason
    try:
        status = os.lstat(layout.absolute(relative))
    except (FileNotFoundError, NotADirectoryError):
        return LeftOut(relative, LeftOutReason.MISSING, "there is no such file")
    except (OSError, ValueError) as exc:
        return LeftOut(relative, LeftOutReason.UNREADABLE, getattr(exc, "strerror", None) or str(exc))
    is_folder = is_real_folder(status)
    if rule := _leaving_rule(layout, relative, is_folder):
        return LeftOut(relative, LeftOutReason.IGNORED, rule)
    if is_folder or stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode):
        return LeftOut(relative, LeftOutReason.NOT_A_FILE, kind_of(status.st_mode))
    return classify(layout, relative, status, max_bytes)


def _inside(layout: Layout, path: str) -> str | None:
    """`path` in normal form relative to the root, '.' for the root itself; None when it leads out."""
    if os.sep != "/":
        path = path.replace(os.sep, "/")
    absolute = os.path.normpath(Path(layout.root, path))
    if not is_inside(absolute, layout.root):
        # The same root by another name: a link above it, as /tmp is on macOS.
        absolute = str(Path(os.path.realpath(Path(absolute).parent), Path(absolute).name))
    if not is_inside(absolute, layout.root):
        return None
    return os.path.relpath(absolute, layout.root).replace(os.sep, "/")


def _explain_way(layout: Layout, path: str) -> LeftOut | None:
    """What stops a listing on its way down to `path`, other than rules."""
    parts = path.split("/")
    for name in parts:
        if name.lower() in VCS_FOLDERS:
            return LeftOut(path, LeftOutReason.IGNORED, f"{name} belongs to version control")
    for end in range(1, len(parts)):
        folder = "/".join(parts[:end])
        if not is_link(layout.absolute(folder)):
            continue
        real = os.path.realpath(layout.absolute(folder))
        if not is_inside(real, layout.root):
            return LeftOut(
                path, LeftOutReason.OUTSIDE, f"{folder} is a symbolic link to {real}, outside of {layout.root}"
            )
        return LeftOut(path, LeftOutReason.NOT_A_FILE, f"{folder} is a symbolic link, which is not followed")
    return None


def _leaving_rule(layout: Layout, path: str, is_folder: bool) -> str:
    """The rule that leaves `path` out; empty when none does."""
    own = _judge(layout.own_rules, path, is_folder)
    if own.is_ignored:
        full = _judge(layout.rules, path, is_folder)
        return "" if full.is_brought_back and not full.is_ignored else own.rule
    listed_by_git = _listed_by_git(layout, path, is_folder)
    if listed_by_git == "":
        return ""
    full = _judge(layout.rules, path, is_folder)
    if listed_by_git is None:
        return full.rule if full.is_ignored else ""
    return "" if full.is_brought_back and not full.is_ignored else listed_by_git


def _judge(reader: RuleReader, path: str, is_folder: bool) -> Verdict:
    """What the rules say about `path`, each folder above it judged first."""
    *folders, name = path.split("/")
    rules: FolderRules = reader.at("/".join(folders))
    return reader.judge(rules, name, is_dir=is_folder)


def _listed_by_git(layout: Layout, path: str, is_folder: bool) -> str | None:
    """Empty when git lists `path`, else why it does not; None when git has no say or cannot answer.

    Nested repositories are asked from the outermost inwards: one that is not listed hides everything in it.
    """
    if layout.git is None:
        return None
    parts = path.split("/")
    steps = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    repository = "" if layout.is_in_repository else None
    try:
        for step in steps:
            is_top = repository_at(layout.absolute(step)) is not None if step != path or is_folder else False
            if repository is not None and (is_top or step == path):
                is_plain_folder = is_folder and not is_top
                if why := _why_unlisted(layout.git, layout, repository, step, is_plain_folder):
                    return why
            repository = step if is_top else repository
    except GitFailed:
        return None
    return None if repository is None else ""


def _why_unlisted(git: Git, layout: Layout, repository: str, path: str, is_plain_folder: bool) -> str:
    """Why the git of `repository` does not list `path`, both relative to the root; empty when it does."""
    folder = layout.absolute(repository)
    inner = path[len(repository) + 1 :] if repository else path
    if not is_plain_folder and git.lists(folder, inner):
        return ""
    rule = git.ignoring_rule(folder, inner)
    if not rule:
        return "" if is_plain_folder else "git does not list it"
    return rule if Path(rule).is_absolute() or not repository else f"{repository}/{rule}"
