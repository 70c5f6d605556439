"""Outline Jupyter notebooks by cell: the sources people wrote, with what they define; outputs and images as bulk.

Works on the lines of the JSON, so a chunk is a stretch of the file like any other; `plain_cell` gives its source
without the JSON around it. Never raises: of a damaged notebook, the cells that can be read are there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import attrs

from whence.chunking.outline import MAX_NAME_CHARS, Lines, Mark, Outline, Zone, one_line
from whence.chunking.outliners.json_keys import Member, scan_members
from whence.chunking.outliners.prose import outline_markdown
from whence.domain import Kind

SMALL_CELL_CHARS = 120
"""Visible characters up to which a cell waits for the next one: `df.head()` says nothing alone."""

MAX_KEPT_BYTES = 600
"""Outputs and attachments up to this size stay with their cell; larger ones are bulk."""

MAX_SOURCE_BYTES = 200_000
"""A cell beyond this is data that somebody pasted; its definitions are not looked for."""

MAX_LISTED_NAMES = 5
"""Names of a cell's definitions that go into its symbol."""

_PREAMBLE_LINES = 4
"""A cell that starts so early has nothing but `{ "cells": [` above it, and takes that."""

MAX_DOC_CHARS = 1_000
"""Text cells joined with a code cell are its documentation up to here."""

_CELLS_DEPTH = 4
"""Members read: notebook, cells, cell, the cell's own (`source`), and the same depth of the metadata."""

_ROW = re.compile(r"^[ \t]*(?:\"source\":[ \t]*\[?[ \t]*)?\"((?:[^\"\\]|\\.)*)\"(?:,|\]|[ \t])*$")
_SOURCE_START = re.compile(r"^[ \t]*\"source\"[ \t]*:")
_STRING_ROW = re.compile(rb"[ \t]*\"([ \t]*)(?=[^\s\"\\)\]}])")
_VERSION = re.compile(r"[\d.]+$")


@attrs.frozen
class _Cell:
    """One cell: where it lies in the file, what it says, and which of its bytes are worth no chunk of their own."""

    start: int
    end: int
    source_start: int
    source_end: int
    bulk_start: int
    bulk_end: int
    is_code: bool
    source: str

    @property
    def n_visible(self) -> int:
        """Visible characters of the source."""
        return len("".join(self.source.split()))

    @property
    def title(self) -> str:
        """The first heading of a text cell; empty without one."""
        if self.is_code:
            return ""
        marks = outline_markdown(self.source.encode("utf-8", "replace")).marks
        return min(marks, key=lambda mark: mark.start).name if marks else ""


def outline_notebook(data: bytes) -> Outline:
    """One mark a cell, tiny ones joined with the next: named by definitions or heading, in the kernel's language."""
    lines = Lines(data)
    members = scan_members(data, _CELLS_DEPTH)
    language = _kernel_language(data, members)
    cells = _read_cells(data, members)
    marks: list[Mark] = []
    section = ""
    for group in _group(cells):
        titles = [cell.title for cell in group if cell.title]
        section = titles[0] if titles else section
        marks.append(_mark(group, section, language, lines))
    zones = _bulk_zones(cells, marks, lines)
    return Outline(marks=marks, cuts=_source_cuts(marks, lines), zones=zones)


def plain_cell(text: str) -> str:
    """The source lines in a stretch of a notebook's JSON, as a person sees them; empty where there are none."""
    rows: list[str] = []
    is_source = '"source"' not in text
    for row in text.split("\n"):
        is_source = is_source or _SOURCE_START.match(row) is not None
        match = _ROW.match(row) if is_source else None
        if match:
            rows.append(_decode(f'"{match[1]}"').rstrip("\n"))
        elif is_source and row.strip() in ("]", "],"):
            is_source = False
    return "\n".join(rows)


def _kernel_language(data: bytes, members: Sequence[Member]) -> str:
    """The language of the kernel as the registry calls it; Python where the notebook does not say."""
    for member in members:
        parent = members[member.parent_idx].name if member.parent_idx >= 0 else ""
        if (parent, member.name) in (("kernelspec", "language"), ("language_info", "name")):
            name = _VERSION.sub("", _decode(data[member.value_start : member.end].decode("utf-8", "replace")).lower())
            return {"c++": "cpp", "c#": "csharp", "ipython": "python"}.get(name, name) or "python"
    return "python"


def _read_cells(data: bytes, members: Sequence[Member]) -> list[_Cell]:
    cells: list[_Cell] = []
    fields: dict[int, dict[str, Member]] = {}
    for member in members:
        if member.parent_idx >= 0:
            fields.setdefault(member.parent_idx, {}).setdefault(member.name, member)
    for idx, member in enumerate(members):
        is_item = member.parent_idx >= 0 and members[member.parent_idx].name == "cells" and member.depth == 2
        own = fields.get(idx, {})
        if is_item and "source" in own:
            cells.append(_read_cell(data, member, own))
    return cells


def _read_cell(data: bytes, cell: Member, own: dict[str, Member]) -> _Cell:
    source, kind = own["source"], own.get("cell_type")
    extras = [own[name] for name in ("outputs", "attachments") if name in own]
    large = [extra for extra in extras if extra.end - extra.start > MAX_KEPT_BYTES]
    is_code = kind is None or b"code" in data[kind.value_start : kind.end]
    before = [extra for extra in large if extra.end <= source.start]
    return _Cell(
        start=source.start if before else cell.start,
        end=source.end if large and not before else cell.end,
        source_start=source.start,
        source_end=source.end,
        bulk_start=cell.start if before else min((extra.start for extra in large), default=-1),
        bulk_end=source.start if before else cell.end,
        is_code=is_code,
        source=_decode(data[source.value_start : source.end].decode("utf-8", "replace")),
    )


def _decode(text: str) -> str:
    """A JSON string, or a list of them joined; empty where it is damaged."""
    try:
        value: object = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return ""
    parts = value if isinstance(value, list) else [value]
    return "".join(part for part in parts if isinstance(part, str)).encode("utf-8", "replace").decode("utf-8")


def _group(cells: Sequence[_Cell]) -> list[list[_Cell]]:
    """Cells that make one chunk: each alone, but tiny ones with the next unless a heading or bulk comes between."""
    groups: list[list[_Cell]] = []
    room = 0
    for cell in cells:
        is_apart = cell.bulk_start >= 0 and cell.bulk_start < cell.source_start
        if groups and room > 0 and not is_apart and not cell.title:
            groups[-1].append(cell)
            room -= cell.n_visible
        else:
            groups.append([cell])
            room = SMALL_CELL_CHARS - cell.n_visible
        if cell.bulk_start > cell.source_start:
            room = 0
    return groups


def _mark(group: Sequence[_Cell], section: str, language: str, lines: Lines) -> Mark:
    first = group[0]
    code = [cell for cell in group if cell.is_code and cell.source.strip()]
    names = list(dict.fromkeys(name for cell in code for name in _defined_names(cell, language)))
    text = "\n\n".join(cell.source.strip() for cell in group if not cell.is_code)
    shown = (code or group)[0].source.strip().split("\n", 1)[0]
    is_first_of_file = lines.line_at(first.start) <= _PREAMBLE_LINES
    return Mark(
        kind=Kind.CELL,
        name=one_line(", ".join(names[:MAX_LISTED_NAMES]), MAX_NAME_CHARS),
        start=0 if is_first_of_file else first.start,
        end=group[-1].end,
        name_start=first.source_start,
        name_end=first.source_end,
        head_start=first.source_start,
        signature=one_line(shown),
        doc=text[:MAX_DOC_CHARS] if code else "",
        scope=one_line(section, MAX_NAME_CHARS),
        language=language if code else "markdown",
    )


def _defined_names(cell: _Cell, language: str) -> list[str]:
    """Names of the functions, classes and the like that a code cell defines at its top level, in order."""
    from whence.chunking.chunker import outline_bytes  # chunker loads outliners, so it cannot be imported above
    from whence.chunking.outline import define

    source = cell.source.encode("utf-8", "replace")
    if len(source) > MAX_SOURCE_BYTES:
        return []
    outlined = outline_bytes(_without_magics(source), language)
    definitions = define(outlined, Lines(source), language) if outlined is not None else []
    return [item.symbol for item in definitions if item.has_body and item.parent_idx < 0]


def _without_magics(source: bytes) -> bytes:
    """`%matplotlib inline` and `!pip install x` blanked out, so that they break no parse."""
    rows = source.split(b"\n")
    return b"\n".join(b" " * len(row) if row.lstrip()[:1] in (b"%", b"!") else row for row in rows)


def _bulk_zones(cells: Sequence[_Cell], marks: Sequence[Mark], lines: Lines) -> list[Zone]:
    """Lines of large outputs and of everything after the last cell, each stretch one zone."""
    zones = [
        Zone(
            lines.line_at(cell.bulk_start), lines.line_at(max(cell.bulk_start, cell.bulk_end - 1)), "json", is_bulk=True
        )
        for cell in cells
        if cell.bulk_start >= 0
    ]
    last_line = max((lines.line_at(max(0, mark.end - 1)) for mark in marks), default=0)
    if cells and last_line < lines.n_lines:
        zones.append(Zone(last_line + 1, lines.n_lines, "json", is_bulk=True))
    return zones


def _source_cuts(marks: Sequence[Mark], lines: Lines) -> dict[int, int]:
    """Cuts at the strings of long sources, by the indentation of the code in them."""
    cuts: dict[int, int] = {}
    for mark in marks:
        for line in range(lines.line_at(mark.head_start) + 1, lines.line_at(max(mark.head_start, mark.end - 1)) + 1):
            match = _STRING_ROW.match(lines.rows[line - 1])
            if match:
                cuts[line] = 1 + min(len(match[1]), 100)
    return cuts
