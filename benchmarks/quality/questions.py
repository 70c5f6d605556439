"""What a suite asks: questions over one folder, each with the places that answer it."""

from __future__ import annotations

import re
from pathlib import Path

import attrs


@attrs.frozen
class Place:
    """A place in a folder. Without lines any place in the file counts, with a name only a chunk that bears it."""

    path: str
    start_line: int | None = None
    """1-based and inclusive, as `end_line`."""
    end_line: int | None = None
    name: str | None = None

    def holds(self, path: str, start_line: int, end_line: int, symbol: str) -> bool:
        """Whether a hit is this place: paths equal, or one the end of the other; lines overlap; the name is the last.

        The rule of MinishLab/semble's benchmark, and of jamie8johnson/cqs where there is a name.
        """
        if not _is_same_path(self.path, path):
            return False
        if self.name is not None:
            return symbol.replace("::", ".").rpartition(".")[2] == self.name
        if self.start_line is None or self.end_line is None:
            return True
        return start_line <= self.end_line and end_line >= self.start_line


@attrs.frozen
class Question:
    """One question. A hit on any of the targets is right."""

    text: str
    """Where code is asked about, that code."""
    group: str
    """Category or level, for the table."""
    targets: tuple[Place, ...]
    hard_negative: Place | None = None
    """A place that looks right and is wrong."""
    origin: Place | None = None
    """The definition whose like is looked for; None where the words of `text` are asked."""
    among: str = ""
    """Regular expression: hits whose path does not begin so take no rank. Leaves out what is asked about."""

    def counts(self, path: str) -> bool:
        """Whether a hit in this file takes a rank."""
        return re.match(self.among, path) is not None


@attrs.frozen
class Task:
    """The questions of a suite that are asked of one folder."""

    suite: str
    name: str
    root: Path
    questions: tuple[Question, ...]
    split: str = "test"
    """`tune` where weights may be chosen by it."""

    @property
    def is_about_code(self) -> bool:
        """Whether the questions ask for the like of a definition."""
        return any(question.origin is not None for question in self.questions)


def _is_same_path(one: str, other: str) -> bool:
    return one == other or one.endswith(f"/{other}") or other.endswith(f"/{one}")
