"""What surrounds a root: its repository, git, and the readers of its rules. Looked at afresh for each listing."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from whence.files.git import Git, find_git
from whence.files.repository import find_repository, read_ignore_settings
from whence.files.rules import RuleReader


@attrs.frozen
class Layout:
    """The surroundings of a root."""

    root: str
    """Absolute, without symbolic links."""
    git: Git | None
    is_in_repository: bool
    rules: RuleReader
    """Every rule: git's and our own."""
    own_rules: RuleReader
    """`.whenceignore` files only: what is put on top of git's own answer."""

    def absolute(self, path: str) -> str:
        """The absolute form of a path relative to the root; empty is the root."""
        return f"{self.root}/{path}" if path else self.root


def look_around(root: str, environ: Mapping[str, str]) -> Layout:
    """Find what surrounds `root` (absolute). Starts no process."""
    repository = find_repository(root)
    rules = RuleReader(
        root=root,
        top=str(repository.work_tree) if repository else root,
        repository=repository,
        settings=read_ignore_settings(repository, environ),
        environ=environ,
    )
    return Layout(root, find_git(environ), repository is not None, rules, attrs.evolve(rules, reads_git=False))
