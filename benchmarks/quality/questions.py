"""What a suite asks: questions over one folder, each with the places that answer it."""

from __future__ import annotations

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
    group: str
    """Category or level, for the table."""
    targets: tuple[Place, ...]
    hard_negative: Place | None = None
    """A place that looks right and is wrong."""


@attrs.frozen
class Task:
    """The questions of a suite that are asked of one folder."""

    suite: str
    name: str
    root: Path
    questions: tuple[Question, ...]
    split: str = "test"
    """`tune` where weights may be chosen by it."""


def _is_same_path(one: str, other: str) -> bool:
    return one == other or one.endswith(f"/{other}") or other.endswith(f"/{one}")
