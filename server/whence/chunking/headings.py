"""What the line-based outliners share: marks from line numbers, nested sections from headings, comments above a line.

Knows no language. Everything is one pass over the lines, so outlining stays linear in the size of a source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from whence.chunking.outline import MAX_NAME_CHARS, Lines, Mark, one_line
from whence.domain import Kind

MAX_DECODED_BYTES = 1_200
"""Nothing of a row beyond this ends up in a name or a signature."""


@attrs.frozen
class Heading:
    """A heading of a document. Lines are 1-based."""

    start_line: int
    """First line that belongs to it: an overline, a label, the paragraph a setext underline closes."""
    title_line: int
    level: int
    """1 is the outermost; 0 is a title that stands outside the headings, in front matter."""
    title: str


def text_of(row: bytes) -> str:
    """A row as text, without its line end; long ones are cut."""
    return row[:MAX_DECODED_BYTES].decode("utf-8", "replace").rstrip()


def indent_of(row: bytes) -> int:
    """Columns of white space a row starts with; a tab goes to the next multiple of eight."""
    stripped = row.lstrip(b" \t")
    lead = row[: len(row) - len(stripped)]
    return len(lead.expandtabs(8)) if b"\t" in lead else len(lead)


def is_first_on_line(lines: Lines, offset: int) -> bool:
    """True when only white space stands before an offset on its line. Looks at a bounded number of bytes."""
    line_start = lines.start_of(lines.line_at(offset))
    return offset - line_start <= MAX_DECODED_BYTES and not lines.data[line_start:offset].strip()


def is_last_on_line(lines: Lines, offset: int) -> bool:
    """True when only white space stands from an offset to the end of its line. Looks at a bounded number of bytes."""
    line_end = lines.end_of(lines.line_at(max(0, offset - 1)))
    return line_end - offset <= MAX_DECODED_BYTES and not lines.data[offset:line_end].strip()


def stands_alone(lines: Lines, start: int, end: int) -> bool:
    """True when nothing else stands on the lines of start..end."""
    return is_first_on_line(lines, start) and is_last_on_line(lines, end)


def mark_lines(
    lines: Lines,
    kind: Kind,
    name: str,
    start_line: int,
    end_line: int,
    *,
    head_line: int = 0,
    scope: str = "",
    signature: str = "",
    doc: str = "",
    has_body: bool = True,
) -> Mark:
    """A mark over whole lines; `head_line` is the line of the definition proper, `start_line` if not given.

    Blank lines at the end are left out. The name stands where it is found on the head line, else at its first word.
    """
    while end_line > start_line and lines.is_blank(end_line):
        end_line -= 1
    head_line = head_line or start_line
    row = lines.rows[head_line - 1]
    head_start = lines.start_of(head_line) + len(row) - len(row.lstrip())
    wanted = name.encode()
    at = row.find(wanted, 0, MAX_DECODED_BYTES)
    name_start = lines.start_of(head_line) + at if wanted and at >= 0 else head_start
    name_end = name_start + len(wanted) if wanted and at >= 0 else head_start + len(row.strip()[:MAX_NAME_CHARS])
    return Mark(
        kind=kind,
        name=one_line(name, MAX_NAME_CHARS),
        start=lines.start_of(start_line),
        end=max(lines.end_of(end_line), lines.start_of(start_line)),
        name_start=name_start,
        name_end=name_end,
        head_start=head_start,
        scope=one_line(scope, MAX_NAME_CHARS),
        signature=one_line(signature or text_of(row)),
        doc=doc,
        has_body=has_body,
    )


def nest_sections(lines: Lines, headings: Sequence[Heading]) -> list[Mark]:
    """One mark a heading, down to the next heading of its level or an outer one; headings come in order of lines."""
    ends = [lines.n_lines] * len(headings)
    still_open: list[int] = []
    for idx, heading in enumerate(headings):
        while still_open and headings[still_open[-1]].level >= heading.level:
            ends[still_open.pop()] = heading.start_line - 1
        still_open.append(idx)
    return [
        mark_lines(lines, Kind.SECTION, item.title, item.start_line, end, head_line=item.title_line)
        for item, end in zip(headings, ends, strict=True)
    ]


def heading_cuts(headings: Sequence[Heading]) -> dict[int, int]:
    """Cuts at headings: before any other, so that tiny sections merge as wholes."""
    return {heading.start_line: 0 for heading in headings}


def comment_above(lines: Lines, line: int, floor: int, marks: bytes = b"#") -> int:
    """First line of the comment that ends right above `line`, not above `floor`; `line` itself where there is none."""
    first = line
    while first > floor and lines.rows[first - 2].lstrip()[:1] and lines.rows[first - 2].lstrip()[:1] in marks:
        first -= 1
    return first


def plain_comment(lines: Lines, start_line: int, end_line: int, marks: str = "#;!") -> str:
    """The text of comment lines start..end (exclusive) without their marks."""
    rows = [text_of(lines.rows[line - 1]).strip().lstrip(marks).strip() for line in range(start_line, end_line)]
    return "\n".join(rows).strip()


def comment_lines(lines: Lines, marks: bytes = b"#") -> frozenset[int]:
    """Numbers of the lines that are nothing but a comment starting with one of the bytes of `marks`."""
    return frozenset(number for number, row in enumerate(lines.rows, 1) if (text := row.lstrip()[:1]) and text in marks)


def paragraph_cuts(lines: Lines, numbers: Iterable[int], base_depth: int = 1) -> dict[int, int]:
    """Cuts at the lines of `numbers` that follow a blank one: the less indented, the shallower."""
    return {
        line: base_depth + min(indent_of(lines.rows[line - 1]), 40)
        for line in numbers
        if line > 1 and lines.is_blank(line - 1) and not lines.is_blank(line)
    }


def indent_cuts(lines: Lines) -> dict[int, int]:
    """Cuts at every line, the less indented the shallower, those after a blank line first; none after a comment."""
    cuts: dict[int, int] = {}
    is_after_comment = False
    for line, row in enumerate(lines.rows, 1):
        text = row.strip()
        if text and not is_after_comment and text[:1] not in (b")", b"]", b"}"):
            cuts[line] = 1 + min(indent_of(row), 100)
        is_after_comment = text[:1] == b"#"
    cuts.update(paragraph_cuts(lines, (line for line in cuts), 0))
    return cuts
