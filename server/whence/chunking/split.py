"""Cut a stretch of lines into pieces of bounded weight, where a reader would. Knows lines and weights only.

Candidates are ranked: a statement boundary of the syntax tree (the shallower the better), else a blank line, else the
least indented line that does not merely close or continue something.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from whence.chunking.outline import Lines

_MIN_FILL = 0.4
"""A piece is not cut before this share of the limit unless it must: shorter ones say too little alone."""

_MAX_CANDIDATES = 400
"""Lines looked at for one cut; files of empty or one-letter lines would offer thousands."""

_CLOSER = re.compile(
    rb"\s*(?:[)}\]>]|end\b|fi\b|done\b|esac\b|else\b|elif\b|elsif\b|except\b|catch\b|finally\b|rescue\b|when\b)"
)
_NO_TREE_DEPTH = 1_000


def split_lines(
    lines: Lines, start_line: int, end_line: int, max_weight: int, cuts: Mapping[int, int]
) -> list[tuple[int, int]]:
    """Cut start_line..end_line into consecutive (start, end) pieces of at most `max_weight`.

    A line that is heavier stands alone. Blank lines at the edges of a piece are left out, so a stretch of blank lines
    gives no piece.
    """
    pieces: list[tuple[int, int]] = []
    position = start_line
    while (trimmed := _trim(lines, position, end_line)) is not None:
        position, last = trimmed
        weight = lines.weight(position, last)
        if weight > max_weight:
            last = _find_cut(lines, position, last, max_weight, weight, cuts) - 1
        piece = _trim(lines, position, last)
        if piece is not None:
            pieces.append(piece)
        position = last + 1
    return pieces


def trim_blank(lines: Lines, start_line: int, end_line: int) -> tuple[int, int] | None:
    """The stretch without blank lines at its edges; None when all are blank."""
    return _trim(lines, start_line, end_line)


def _trim(lines: Lines, start_line: int, end_line: int) -> tuple[int, int] | None:
    while start_line <= end_line and lines.is_blank(start_line):
        start_line += 1
    while end_line >= start_line and lines.is_blank(end_line):
        end_line -= 1
    return (start_line, end_line) if start_line <= end_line else None


def _find_cut(
    lines: Lines, start_line: int, end_line: int, max_weight: int, weight: int, cuts: Mapping[int, int]
) -> int:
    """The first line of the next piece: after `start_line`, at most one past `end_line`."""
    last = lines.line_at_weight(start_line, max_weight)
    if last < start_line:
        return start_line + 1
    first = max(start_line + 1, lines.line_at_weight(start_line, int(max_weight * _MIN_FILL)) + 1)
    n_pieces = -(-weight // max_weight)
    target = lines.line_at_weight(start_line, weight // n_pieces) + 1
    candidates = range(max(first, last + 1 - _MAX_CANDIDATES), min(last, end_line) + 2)
    return min(candidates, key=lambda line: _rank(lines, line, target, cuts), default=last + 1)


def _rank(lines: Lines, line: int, target: int, cuts: Mapping[int, int]) -> tuple[int, bool, bool, int, int]:
    if line > lines.n_lines:
        return (_NO_TREE_DEPTH, True, True, 0, 0)
    row = lines.rows[line - 1]
    indent = len(row) - len(row.lstrip())
    is_after_blank = lines.is_blank(line - 1)
    depth = cuts.get(line, _NO_TREE_DEPTH)
    return (depth, _CLOSER.match(row) is not None, not is_after_blank, min(indent, 200), abs(line - target))
