"""The few lines of a hit that show why it is one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import attrs

from whence.ranking.understanding import QueryForm

MAX_LINES = 5
MAX_LINE_CHARS = 160
"""About a screen line; a longer line is cut with '…'."""

MAX_LINES_READ = 400
"""Of a longer chunk only so many lines are looked at; chunks of code are far shorter."""

MIN_STEM = 3
"""Shorter stems are looked for as they are."""

GAP = "…"
"""Stands alone on a line where lines are left out."""


@attrs.frozen
class Snippet:
    """Lines of a chunk, dedented together; `first_line` is the place of the first one in the chunk, from 0."""

    text: str
    first_line: int


def snippet_of(form: QueryForm, text: str, signature: str = "", max_lines: int = MAX_LINES) -> Snippet:
    """Choose the definition's own line and the lines with most of the query's words, in their order in the text.

    Args:
        form: the query, understood.
        text: the chunk's text.
        signature: the definition's header on one line; empty where the chunk defines nothing.
        max_lines: at most so many lines of the text, gaps not counted; at least 1.
    """
    lines = text.splitlines()[:MAX_LINES_READ]
    filled = [idx for idx, line in enumerate(lines) if line.strip()]
    if not filled:
        return Snippet("", 0)
    head = _head_line(lines, filled, signature)
    found = _words_found(form, [line[: 4 * MAX_LINE_CHARS] for line in lines])
    best = sorted(filled, key=lambda idx: (idx != head, -found[idx], _distance(idx, head)))
    shown = sorted(best[:max_lines])
    return Snippet(_laid_out(lines, shown), shown[0])


def _head_line(lines: Sequence[str], filled: Sequence[int], signature: str) -> int:
    """The line the definition begins on, below its comments and decorators."""
    start = signature.split("\n", 1)[0]
    for idx in filled:
        line = " ".join(lines[idx].split())
        if start and (line.startswith(start) or (len(line) > 1 and start.startswith(line))):
            return idx
    return filled[0]


def _words_found(form: QueryForm, lines: Sequence[str]) -> list[int]:
    """How many of the query's stems stand in each line, at the beginning of a word or inside an identifier.

    Splitting and stemming the lines would be exact, cost a hundred times as much, and choose the same lines.
    """
    found: list[set[str]] = [set() for _line in lines]
    if form.words:
        stems = re.compile("|".join(map(_as_written, form.words)), re.IGNORECASE)
        starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        for match in stems.finditer("\n".join(lines)):
            found[bisect_right(starts, match.start()) - 1].add(match[0].lower())
    return list(map(len, found))


def _as_written(stem: str) -> str:
    """A pattern for the words of a stem: happy and happily have the stem happi."""
    return re.escape(stem[:-1] if stem.endswith("i") and len(stem) > MIN_STEM else stem)


def _distance(idx: int, head: int) -> int:
    """Lines away from the head; a line above it (its comment) counts as a little further than one below."""
    return 2 * (idx - head) if idx >= head else 2 * (head - idx) + 1


def _laid_out(lines: Sequence[str], shown: Sequence[int]) -> str:
    indent = min(len(lines[idx]) - len(lines[idx].lstrip()) for idx in shown)
    laid: list[str] = []
    for position, idx in enumerate(shown):
        if position and _is_gap(lines, shown[position - 1], idx):
            laid.append(GAP)
        laid.append(_cut(lines[idx][indent:].rstrip()))
    return "\n".join(laid)


def _is_gap(lines: Sequence[str], before: int, after: int) -> bool:
    """True when something other than blank lines is left out between two lines."""
    return any(line.strip() for line in lines[before + 1 : after])


def _cut(line: str) -> str:
    return line if len(line) <= MAX_LINE_CHARS else line[: MAX_LINE_CHARS - 1].rstrip() + GAP
