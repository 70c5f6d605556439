"""What surrounds a root: its repository, git, and the readers of its rules. Looked at afresh for each listing."""

from __future__ import annotations

import os
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

    index_folder: str = ""
    """Where indexes are kept, relative to the root; empty when that is elsewhere. Listing it would change it."""

    def is_of_index(self, path: str) -> bool:
        """True for the folder where indexes are kept and what lies in it; `path` is relative to the root."""
        return bool(self.index_folder) and f"{path}/".startswith(f"{self.index_folder}/")

    def absolute(self, path: str) -> str:
        """The absolute form of a path relative to the root; empty is the root."""
        return f"{self.root}/{path}" if path else self.root


def look_around(root: str, environ: Mapping[str, str], index_folder: str = "") -> Layout:
    """Find what surrounds `root` (absolute, as is `index_folder`). Starts no process."""
    repository = find_repository(root)
    rules = RuleReader(
        root=root,
        top=str(repository.work_tree) if repository else root,
        repository=repository,
        settings=read_ignore_settings(repository, environ),
        environ=environ,
    )
    own_rules = attrs.evolve(rules, reads_git=False)
    return Layout(root, find_git(environ), repository is not None, rules, own_rules, _below(root, index_folder))


def _below(root: str, folder: str) -> str:
    """`folder` relative to `root`; empty when it is not below it."""
    real = os.path.realpath(folder) if folder else ""
    start = root.rstrip(os.sep) + os.sep
    return real[len(start) :].replace(os.sep, "/") if real.startswith(start) else ""
