"""The outline of a source: what every outliner produces and every later step reads. Knows no parser and no chunk.

An outliner only says where definitions stand, in bytes (`Mark`). Nesting, qualified symbols, enclosing headers and
lines follow from that here, once for all languages.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

import attrs

from whence.domain import Kind, Span

MAX_NESTING = 24
"""Definitions deeper than this are left to the chunk around them; no person nests so far, hostile input does."""

MAX_SIGNATURE_CHARS = 300
"""Room for a long parameter list; an embedding sees some 256 tokens in all."""

MAX_NAME_CHARS = 120
"""Test titles and headings are sentences; anything longer is not a name."""

_TYPE_KINDS = frozenset({Kind.CLASS, Kind.STRUCT, Kind.INTERFACE, Kind.TRAIT, Kind.ENUM})

# No white space, and no UTF-8 continuation bytes: the length of what remains counts visible characters.
_UNCOUNTED = b" \t\r\x0b\x0c\x00" + bytes(range(0x80, 0xC0))

_BYTES_PER_WEIGHT = 8
"""Every 8 bytes of a line weigh at least 1, so lines of white space cannot make a chunk grow without bound."""


@attrs.frozen
class Mark:
    """A definition as an outliner found it. Offsets are half-open byte offsets into the source."""

    kind: Kind
    name: str
    start: int
    """Start of the doc comment, decorators or attributes that belong to it; else of the definition itself."""
    end: int
    name_start: int
    name_end: int
    head_start: int = -1
    """Start of the definition proper; -1 when that is `start`."""
    signature: str = ""
    """Header on one line."""
    doc: str = ""
    scope: str = ""
    """Qualifier the definition itself states: a Go receiver's type, `Foo` of `Foo::bar`."""
    has_body: bool = True
    """False for what only declares: prototypes, constants, imports. Small ones merge with their neighbours."""
    language: str = ""
    """Set for definitions in an embedded language."""
    doc_ranges: tuple[tuple[int, int], ...] = ()
    """Where `doc` stands, piece by piece, marks and quotes included; empty where the outliner does not say."""


@attrs.frozen
class Zone:
    """Lines written in an embedded language, or bulk; 1-based and inclusive."""

    start_line: int
    end_line: int
    language: str
    is_bulk: bool = False
    """True for what a machine wrote between what people wrote, outputs and images: one chunk, its text cut short."""


@attrs.frozen
class Outline:
    """Where the definitions of a source stand, and where it may be cut."""

    marks: Sequence[Mark] = ()
    """In any order; they may nest, and marks that cross each other are cut to nest."""
    cuts: Mapping[int, int] = attrs.field(factory=dict)
    """Line → depth of a statement that starts there: long definitions are cut at the least depth. May be empty."""
    lead_lines: frozenset[int] = frozenset()
    """Lines of comments and attributes that stand alone: no cut comes right after one."""
    zones: Sequence[Zone] = ()


Outliner = Callable[[bytes], Outline]
"""A structural chunker for what tree-sitter does not outline: prose, notebooks, configuration. Must not raise."""


@attrs.frozen
class Definition:
    """A definition of a source with everything that follows from where it stands."""

    symbol: str
    """Qualified name, parts joined by '.'."""
    name: str
    kind: Kind
    language: str
    span: Span
    """Includes doc comment, decorators and attributes."""
    name_span: Span
    head_line: int
    """Line on which the definition proper starts, after doc comment and decorators."""
    signature: str
    doc: str
    headers: tuple[str, ...]
    """Signatures of the enclosing definitions, outermost first."""
    has_body: bool
    parent_idx: int
    """Index of the enclosing definition in the same list; -1 at top level."""
    doc_ranges: tuple[tuple[int, int], ...] = ()
    """Byte offsets of the pieces of `doc`, marks and quotes included; empty where they are not known."""

    @property
    def is_named_by_file(self) -> bool:
        """True for a component that is a whole file: its name stands nowhere in it, so it has no header line."""
        return bool(self.name) and self.name_span.start_byte == self.name_span.end_byte


class Lines:
    """The lines of a source by number (1-based), with their weight in visible characters."""

    def __init__(self, data: bytes) -> None:
        rows = data.split(b"\n")
        lengths = list(map(len, rows))
        visible = map(len, data.translate(None, _UNCOUNTED).split(b"\n"))
        weights = (max(count, length // _BYTES_PER_WEIGHT) for count, length in zip(visible, lengths, strict=True))
        self.data = data
        self.rows = rows
        self.n_lines = len(rows)
        self._starts = list(accumulate((length + 1 for length in lengths), initial=0))
        self._weight_before = list(accumulate(weights, initial=0))

    def line_at(self, offset: int) -> int:
        """Line that holds a byte offset."""
        return bisect_right(self._starts, offset, 0, self.n_lines)

    def start_of(self, line: int) -> int:
        """Byte offset of a line's first byte."""
        return self._starts[line - 1]

    def end_of(self, line: int) -> int:
        """Byte offset after a line's last byte, its line end not counted."""
        return self._starts[line] - 1

    def weight(self, start_line: int, end_line: int) -> int:
        """Visible characters of the lines from start to end, inclusive."""
        return self._weight_before[end_line] - self._weight_before[start_line - 1]

    def line_at_weight(self, start_line: int, weight: int) -> int:
        """Last line up to which start_line.. weighs at most `weight`; `start_line` - 1 if it alone is heavier."""
        return bisect_right(self._weight_before, self._weight_before[start_line - 1] + weight) - 1

    def is_blank(self, line: int) -> bool:
        """True when nothing but white space stands on a line."""
        return not self.rows[line - 1].strip()

    def span(self, start: int, end: int) -> Span:
        """The span of a byte range."""
        last = max(start, end - 1)
        return Span(self.line_at(start), self.line_at(last), start, end)


def define(outline: Outline, lines: Lines, language: str) -> list[Definition]:
    """Nest the marks of an outline and qualify them, ordered by start, a parent before its children."""
    definitions: list[Definition] = []
    stack: list[tuple[int, int]] = []
    for mark in sorted(outline.marks, key=lambda m: (m.start, -m.end, m.name_start)):
        while stack and stack[-1][1] <= mark.start:
            stack.pop()
        if mark.end <= mark.start or len(stack) >= MAX_NESTING:
            continue
        end = min(mark.end, stack[-1][1]) if stack else mark.end
        parent_idx = stack[-1][0] if stack else -1
        parent = definitions[parent_idx] if stack else None
        stack.append((len(definitions), end))
        definitions.append(_qualify(mark, end, parent, parent_idx, lines, language))
    return definitions


def one_line(text: str, limit: int = MAX_SIGNATURE_CHARS) -> str:
    """Fold white space to single spaces and cut at `limit` characters."""
    return " ".join(text[: limit * 4].split())[:limit].rstrip()


def plain_name(text: str) -> str:
    """A name as symbols carry it: on one line, `::`, `->` and a backslash between names written as '.'."""
    return re.sub(r"\s*(?:::|->)\s*|(?<=\w)\\(?=\w)", ".", one_line(text, MAX_NAME_CHARS)).strip(". ")


def shift(outline: Outline, offset: int, line_offset: int, language: str) -> Outline:
    """The outline of an embedded source in terms of the source around it."""
    marks = [
        attrs.evolve(
            mark,
            start=mark.start + offset,
            end=mark.end + offset,
            name_start=mark.name_start + offset,
            name_end=mark.name_end + offset,
            head_start=mark.head_start + offset if mark.head_start >= 0 else -1,
            language=mark.language or language,
            doc_ranges=tuple((start + offset, end + offset) for start, end in mark.doc_ranges),
        )
        for mark in outline.marks
    ]
    return Outline(
        marks=marks,
        cuts={line + line_offset: depth for line, depth in outline.cuts.items()},
        lead_lines=frozenset(line + line_offset for line in outline.lead_lines),
        zones=[
            attrs.evolve(zone, start_line=zone.start_line + line_offset, end_line=zone.end_line + line_offset)
            for zone in outline.zones
        ],
    )


def join(outer: Outline, inner: Sequence[Outline]) -> Outline:
    """One outline of a source and of the sources embedded in it."""
    if not inner:
        return outer
    cuts = dict(outer.cuts)
    for part in inner:
        cuts.update(part.cuts)
    return Outline(
        marks=[*outer.marks, *(mark for part in inner for mark in part.marks)],
        cuts=cuts,
        lead_lines=outer.lead_lines.union(*(part.lead_lines for part in inner)),
        zones=[*outer.zones, *(zone for part in inner for zone in part.zones)],
    )


def _qualify(
    mark: Mark, end: int, parent: Definition | None, parent_idx: int, lines: Lines, language: str
) -> Definition:
    parts = [parent.symbol if parent else "", mark.scope, mark.name]
    is_member = mark.kind is Kind.FUNCTION and parent is not None and parent.kind in _TYPE_KINDS
    head_start = mark.head_start if mark.head_start >= 0 else mark.start
    return Definition(
        symbol=".".join(part for part in parts if part),
        name=mark.name,
        kind=Kind.METHOD if is_member else mark.kind,
        language=mark.language or language,
        span=lines.span(mark.start, end),
        name_span=lines.span(mark.name_start, mark.name_end),
        head_line=lines.line_at(head_start),
        signature=mark.signature,
        doc=mark.doc,
        headers=(*parent.headers, parent.signature) if parent else (),
        has_body=mark.has_body,
        parent_idx=parent_idx,
        doc_ranges=mark.doc_ranges,
    )
