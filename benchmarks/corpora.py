"""Pinned public repositories to measure on: taken from local bare git directories where they are, else cloned."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import attrs


@attrs.frozen
class Corpus:
    """One repository at one commit."""

    owner: str
    name: str
    commit: str

    @property
    def folder(self) -> str:
        """Name of the folder its local git directory lies in."""
        return f"{self.owner}+{self.name}"

    @property
    def url(self) -> str:
        """Where it is cloned from when it is not at hand."""
        return f"https://github.com/{self.owner}/{self.name}.git"


SMALL = Corpus("gin-gonic", "gin", "dcaa4296d111981ffb31ac3eba90bb63e1eb5ab9")
"""130 files: throughput, several times over."""

LARGE = Corpus("apache", "kafka", "1eb7644349cb07139d6a3c1ad1986979647cac99")
"""6,519 files, some 70 MB: refreshing and starting."""

LARGE_PART = ("clients", "connect", "streams")
"""Folders of it that make some 50,000 chunks: scale."""


def check_out(corpus: Corpus, corpora: Path | None, target: Path, folders: Sequence[str] = (".",)) -> Path:
    """Make a work tree of `corpus` at its commit in `target`; give `target`.

    Args:
        corpora: folder with `<owner>+<name>/repo` git directories, bare or not; looked at first.
        folders: only these folders of it; any pathspecs of git's.
    """
    local = corpora / corpus.folder / "repo" if corpora else None
    source = str(local) if local and local.exists() else corpus.url
    print(f"checking out {corpus.folder} at {corpus.commit[:12]}", file=sys.stderr)
    _git("clone", "-q", "--no-checkout", source, str(target))
    _git("-C", str(target), "reset", "-q", corpus.commit)
    _git("-C", str(target), "checkout", "-q", "--", *folders)
    return target


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True)
