"""Turn definitions and lines into chunks: what stands alone, what splits, what merges. Knows no language and no parser.

Every step works on whole lines and hands each line to exactly one chunk, so coverage holds by construction:

    whole file ─┬─ definition with a body that fits            → one chunk
                ├─ definition too long: its own definitions     → chunks of their own
                │                       the lines between them  → parts 0, 1, … that keep its symbol
                └─ lines between definitions, tiny declarations → merged into BLOCK chunks

Tiny sections, keys and the like that merge give their chunk all their names: `Install.macOS, Windows`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import attrs

from whence.chunking.outline import Definition, Lines, Outline, Zone
from whence.chunking.split import split_lines, trim_blank
from whence.domain import Chunk, Kind, Span

MAX_CHUNK_CHARS = 1_600
"""Visible characters a definition may have and stay whole: some 450 tokens; an embedding sees the first 256."""

MAX_CONTAINER_CHARS = 800
"""The same for what holds functions: a class that an embedding sees whole stays whole, a larger one is taken apart."""

MAX_BLOCK_CHARS = 800
"""Visible characters that lines between definitions and tiny declarations merge up to."""

MAX_TINY_CHARS = 160
"""A declaration without a body up to this size merges with its neighbours: two lines of code."""

MIN_NESTED_CHARS = 200
"""Functions inside a long function stand alone from this size on; smaller ones stay in the function's parts."""

MAX_LEAD_COMMENT_CHARS = 80
"""A comment between definitions up to this size (`# ---- helpers ----`) goes with the definition after it."""

MAX_FIRST_COMMENT_CHARS = 32
"""The same at the start of a file: `# frozen_string_literal: true`, a `#!` line; a longer one is about the file."""

MAX_TEXT_BYTES = 12_800
"""The text of one enormous line is cut here. Other chunks stay below: 8 bytes of a line weigh at least 1."""

MAX_BULK_BYTES = 400
"""The text of a stretch of bulk is cut here: enough to see what it is, too little to answer many questions."""

MAX_MERGED_NAME_CHARS = 160
"""Names of merged declarations are listed up to here; a section that merges has some 20 characters of heading."""

MAX_CHUNKS = 4_000
"""A file with more definitions than this is generated data; it is chunked by lines."""


@attrs.frozen
class ChunkOptions:
    """How large chunks may be, in visible characters. Part of what an index is made with: changes need a new index."""

    max_chars: int = MAX_CHUNK_CHARS
    max_container_chars: int = MAX_CONTAINER_CHARS
    max_block_chars: int = MAX_BLOCK_CHARS
    max_tiny_chars: int = MAX_TINY_CHARS


_FUNCTIONS = frozenset({Kind.FUNCTION, Kind.METHOD, Kind.CONSTRUCTOR, Kind.TEST})
_VALUES = frozenset(
    {Kind.CONSTANT, Kind.VARIABLE, Kind.FIELD, Kind.MACRO, Kind.KEY, Kind.RULE, Kind.SECTION, Kind.ELEMENT}
)
_PASSAGES = frozenset({Kind.SECTION, Kind.KEY, Kind.RULE, Kind.ELEMENT, Kind.TARGET})
"""What documents and configuration are made of: looked for by name even where it is too small to stand alone."""
_FILE_LIKE = frozenset({Kind.NAMESPACE, Kind.MODULE})
_CLOSER_ROW = re.compile(
    rb"\s*(?:[)}\]>]+[;,.)]*|</[\w:.-]{1,80}>|end\w*[;.]?|fi|done|esac|\#endif\b)\s*(?:(?://|/\*|\#|--).{0,80})?\s*"
)
_MAX_CLOSER_ROWS = 40


def assemble(
    outline: Outline, definitions: Sequence[Definition], lines: Lines, language: str, options: ChunkOptions
) -> list[Chunk]:
    """Chunks of a source by its definitions, ordered by start."""
    builder = _Builder(outline, definitions, lines, language, options)
    chunks = builder.build()
    return chunks if len(chunks) <= MAX_CHUNKS else assemble_lines(lines, language, options)


def assemble_lines(lines: Lines, language: str, options: ChunkOptions) -> list[Chunk]:
    """Chunks of a source without structure, ordered by start."""
    pieces = split_lines(lines, 1, lines.n_lines, options.max_chars, {})
    return [_chunk(lines, start, end, language, Kind.TEXT) for start, end in pieces]


class _Builder:
    """One run over one source. The list of chunks is its only state."""

    def __init__(
        self, outline: Outline, definitions: Sequence[Definition], lines: Lines, language: str, options: ChunkOptions
    ) -> None:
        self._outline = outline
        self._definitions = definitions
        self._lines = lines
        self._language = language
        self._options = options
        self._chunks: list[Chunk] = []
        self._zones = _disjoint(outline.zones)
        self._zone_ends = [zone.end_line for zone in self._zones]
        self._start_lines: dict[int, list[int]] = {}
        self._children: dict[int, list[int]] = {}
        for idx, definition in enumerate(definitions):
            self._children.setdefault(definition.parent_idx, []).append(idx)

    def build(self) -> list[Chunk]:
        pending = [(-1, 1, self._lines.n_lines)]
        while pending and len(self._chunks) <= MAX_CHUNKS:
            owner_idx, start, end = pending.pop()
            if owner_idx >= 0 and self._stays_whole(owner_idx, start, end):
                self._add_definition(owner_idx, start, end)
            else:
                pending.extend(self._take_apart(owner_idx, start, end))
        return sorted(self._chunks, key=lambda chunk: chunk.span.start_line)

    def _stays_whole(self, idx: int, start: int, end: int) -> bool:
        weight = self._lines.weight(start, end)
        if weight > self._options.max_chars:
            return False
        holds = any(self._weighs_alone(child) for child in self._children.get(idx, ()))
        kind = self._definitions[idx].kind
        if kind is Kind.NAMESPACE and idx in self._children:
            return False
        return not holds or kind in _FUNCTIONS or weight <= self._options.max_container_chars

    def _weighs_alone(self, idx: int) -> bool:
        """True for what a container of some size is taken apart for: a function, a section, a key with keys."""
        definition = self._definitions[idx]
        return definition.kind in _PASSAGES or (definition.has_body and definition.kind not in _VALUES)

    def _take_apart(self, owner_idx: int, start: int, end: int) -> list[tuple[int, int, int]]:
        """Chunk the lines between the definitions in start..end; give back those definitions with their lines."""
        taken = self._extend(owner_idx, list(self._inner(owner_idx, start, end)), start, end)
        gaps: list[tuple[int, int]] = []
        position = start
        for _, child_start, child_end in taken:
            gaps.append((position, child_start - 1))
            position = child_end + 1
        gaps.append((position, end))
        if owner_idx < 0:
            for gap in gaps:
                self._add_blocks(*gap)
        else:
            self._add_parts(owner_idx, gaps)
        return taken

    def _inner(self, owner_idx: int, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Definitions directly in the owner that get lines of their own, in order.

        One that starts on the owner's own header line cannot have that line; the definitions in it take its place. One
        that starts on the last line of its predecessor starts a line later.
        """
        has_header = owner_idx >= 0 and not self._definitions[owner_idx].is_named_by_file
        header_line = self._definitions[owner_idx].head_line if has_header else start - 1
        position = start
        pending = self._children.get(owner_idx, [])[::-1]
        while pending:
            idx = pending.pop()
            span = self._definitions[idx].span
            if span.start_line <= header_line:
                pending.extend(self._children.get(idx, [])[::-1])
                continue
            child_start, child_end = max(span.start_line, position), min(span.end_line, end)
            if child_start > child_end or not self._stands_alone(idx, owner_idx):
                continue
            yield idx, child_start, child_end
            position = child_end + 1

    def _stands_alone(self, idx: int, owner_idx: int) -> bool:
        definition = self._definitions[idx]
        weight = self._lines.weight(definition.span.start_line, definition.span.end_line)
        if definition.kind in _VALUES or not definition.has_body:
            return weight > self._options.max_tiny_chars
        is_in_function = owner_idx >= 0 and self._definitions[owner_idx].kind in _FUNCTIONS
        return not is_in_function or weight >= MIN_NESTED_CHARS or definition.kind is Kind.TEST

    def _extend(
        self, owner_idx: int, taken: list[tuple[int, int, int]], start: int, end: int
    ) -> list[tuple[int, int, int]]:
        """Let a definition have the short comment or bare header before it and the closing lines after it."""
        extended: list[tuple[int, int, int]] = []
        gives_header = owner_idx >= 0 and self._definitions[owner_idx].kind in _FILE_LIKE | _PASSAGES
        position = start
        for (idx, child_start, child_end), (_, next_start, _) in pairwise([*taken, (-1, end + 1, end)]):
            is_header = position == start and gives_header and self._is_bare(owner_idx, start, child_start - 1)
            if is_header or self._is_short_comment(position, child_start - 1):
                child_start = position
            if self._only_closes(child_end + 1, next_start - 1):
                child_end = next_start - 1
            extended.append((idx, child_start, child_end))
            position = child_end + 1
        return extended

    def _is_bare(self, owner_idx: int, start: int, end: int) -> bool:
        """True for a header line that would say nothing as a chunk of its own."""
        is_short = start <= end and self._lines.weight(start, end) <= MAX_LEAD_COMMENT_CHARS
        return is_short and not self._declared(owner_idx, start, end)

    def _is_short_comment(self, start: int, end: int) -> bool:
        trimmed = trim_blank(self._lines, start, end)
        limit = MAX_LEAD_COMMENT_CHARS if start > 1 else MAX_FIRST_COMMENT_CHARS
        if trimmed is None or self._lines.weight(*trimmed) > limit:
            return False
        rows = range(trimmed[0], trimmed[1] + 1)
        return all(line in self._outline.lead_lines or self._lines.is_blank(line) for line in rows)

    def _only_closes(self, start: int, end: int) -> bool:
        trimmed = trim_blank(self._lines, start, end)
        if trimmed is None or trimmed[1] - trimmed[0] > _MAX_CLOSER_ROWS:
            return False
        rows = self._lines.rows[trimmed[0] - 1 : trimmed[1]]
        return all(not row.strip() or _CLOSER_ROW.fullmatch(row) for row in rows)

    def _add_definition(self, idx: int, start: int, end: int) -> None:
        trimmed = trim_blank(self._lines, start, end)
        if trimmed is not None:
            self._chunks.append(_definition_chunk(self._lines, *trimmed, self._definitions[idx], 0))

    def _add_parts(self, owner_idx: int, gaps: Sequence[tuple[int, int]]) -> None:
        """Chunk the lines of a definition that are not its own definitions': they keep its name.

        A namespace's lines are only named after it where it begins; the rest are blocks like those of a file.
        """
        owner = self._definitions[owner_idx]
        is_file_like = owner.kind in _FILE_LIKE
        is_group = is_file_like or (owner.kind in _PASSAGES and owner_idx in self._children)
        limit = self._options.max_block_chars if is_group else self._options.max_chars
        zones = [zone for gap in gaps for zone in self._by_zone(*gap, owner.language)]
        pieces = [(*piece, zone) for zone in zones for piece in self._pieces(zone, limit)]
        for part_idx, (start, end, zone) in enumerate(pieces):
            if (
                zone.is_bulk
                or zone.language != owner.language
                or self._is_block_of(owner, owner_idx, start, end, part_idx)
            ):
                self._chunks.append(self._block(owner_idx, start, end, zone))
            else:
                self._chunks.append(_definition_chunk(self._lines, start, end, owner, part_idx))

    def _is_block_of(self, owner: Definition, owner_idx: int, start: int, end: int, part_idx: int) -> bool:
        """True where lines directly in an owner say more by what they declare, or by nothing, than by its name."""
        if owner.kind in _PASSAGES:
            return 2 * self._weight_of(self._declared(owner_idx, start, end)) >= self._lines.weight(start, end)
        return owner.kind in _FILE_LIKE and part_idx > 0

    def _add_blocks(self, start: int, end: int) -> None:
        for zone in self._by_zone(start, end, self._language):
            pieces = self._pieces(zone, self._options.max_block_chars)
            self._chunks.extend(self._block(-1, *piece, zone) for piece in pieces)

    def _pieces(self, zone: Zone, limit: int) -> list[tuple[int, int]]:
        if zone.is_bulk:
            trimmed = trim_blank(self._lines, zone.start_line, zone.end_line)
            return [trimmed] if trimmed is not None else []
        return split_lines(self._lines, zone.start_line, zone.end_line, limit, self._outline.cuts)

    def _by_zone(self, start: int, end: int, language: str) -> Iterator[Zone]:
        """The lines start..end by the language they are in; `language` where no zone says otherwise."""
        for zone in self._zones[bisect_left(self._zone_ends, start) :]:
            if zone.start_line > end:
                break
            if zone.start_line > start:
                yield Zone(start, zone.start_line - 1, language)
            yield attrs.evolve(zone, start_line=max(start, zone.start_line), end_line=min(end, zone.end_line))
            start = zone.end_line + 1
        if start <= end:
            yield Zone(start, end, language)

    def _block(self, owner_idx: int, start: int, end: int, zone: Zone) -> Chunk:
        """A chunk of lines between definitions, named after the tiny declarations if they make up most of it."""
        owner = self._definitions[owner_idx] if owner_idx >= 0 else None
        headers = (*owner.headers, owner.signature) if owner else ()
        max_bytes = MAX_BULK_BYTES if zone.is_bulk else MAX_TEXT_BYTES
        declared = self._main_declared(owner_idx, start, end)
        if not declared or 2 * self._weight_of(declared) < self._lines.weight(start, end):
            return _chunk(self._lines, start, end, zone.language, Kind.BLOCK, headers, max_bytes)
        if len(declared) == 1:
            return _definition_chunk(self._lines, start, end, declared[0], 0)
        chunk = _chunk(self._lines, start, end, zone.language, declared[0].kind, headers)
        return _name_after(chunk, declared, owner) if chunk.kind in _PASSAGES else chunk

    def _main_declared(self, owner_idx: int, start: int, end: int) -> list[Definition]:
        """The declarations in start..end if they are of one kind; else those of the kind that fills most of it."""
        declared = self._declared(owner_idx, start, end)
        kinds = {definition.kind for definition in declared}
        if len(kinds) < 2:
            return declared
        of_kind = [[item for item in declared if item.kind is kind] for kind in sorted(kinds & _PASSAGES)]
        return max(of_kind, key=self._weight_of, default=[])

    def _declared(self, owner_idx: int, start: int, end: int) -> list[Definition]:
        """Definitions directly in the owner that lie within start..end."""
        starts = self._starts_of(owner_idx)
        siblings = self._children.get(owner_idx, ())
        inside = siblings[bisect_left(starts, start) : bisect_right(starts, end)]
        return [self._definitions[idx] for idx in inside if self._definitions[idx].span.end_line <= end]

    def _starts_of(self, owner_idx: int) -> list[int]:
        if owner_idx not in self._start_lines:
            siblings = self._children.get(owner_idx, ())
            self._start_lines[owner_idx] = [self._definitions[idx].span.start_line for idx in siblings]
        return self._start_lines[owner_idx]

    def _weight_of(self, definitions: Sequence[Definition]) -> int:
        return sum(self._lines.weight(item.span.start_line, item.span.end_line) for item in definitions)


def _definition_chunk(lines: Lines, start: int, end: int, definition: Definition, part_idx: int) -> Chunk:
    span = _bounded_span(lines, start, end)
    return Chunk(
        span=span,
        language=definition.language,
        kind=definition.kind,
        text=lines.data[span.start_byte : span.end_byte].decode("utf-8", "replace"),
        name=definition.name,
        symbol=definition.symbol,
        headers=definition.headers,
        signature=definition.signature,
        doc=definition.doc,
        part_idx=part_idx,
    )


def _disjoint(zones: Sequence[Zone]) -> list[Zone]:
    """Zones in order, the outer one where they overlap."""
    kept: list[Zone] = []
    for zone in sorted(zones, key=lambda item: (item.start_line, -item.end_line)):
        if not kept or zone.start_line > kept[-1].end_line:
            kept.append(zone)
    return kept


def _name_after(chunk: Chunk, declared: Sequence[Definition], owner: Definition | None) -> Chunk:
    """A merged chunk with the names of what merged, each once, behind the symbol of what they stand in."""
    names = list(dict.fromkeys(item.symbol.removeprefix(f"{owner.symbol}." if owner else "") for item in declared))
    lengths = accumulate(len(name) + 2 for name in names)
    n_listed = max(1, sum(length <= MAX_MERGED_NAME_CHARS for length in lengths))
    name = ", ".join(names[:n_listed])
    return attrs.evolve(chunk, name=name, symbol=f"{owner.symbol}.{name}" if owner else name)


def _chunk(
    lines: Lines,
    start: int,
    end: int,
    language: str,
    kind: Kind,
    headers: tuple[str, ...] = (),
    max_bytes: int = MAX_TEXT_BYTES,
) -> Chunk:
    span = _bounded_span(lines, start, end, max_bytes)
    text = lines.data[span.start_byte : span.end_byte].decode("utf-8", "replace")
    return Chunk(span=span, language=language, kind=kind, text=text, headers=headers)


def _bounded_span(lines: Lines, start: int, end: int, max_bytes: int = MAX_TEXT_BYTES) -> Span:
    """Whole lines without the last line end; bulk and enormous lines are cut between two characters."""
    start_byte, end_byte = lines.start_of(start), lines.end_of(end)
    if end_byte > start_byte and lines.data[end_byte - 1 : end_byte] == b"\r":
        end_byte -= 1
    if end_byte - start_byte > max_bytes:
        end_byte = start_byte + max_bytes
        while end_byte > start_byte and 0x80 <= lines.data[end_byte] < 0xC0:
            end_byte -= 1
    return Span(start, end, start_byte, end_byte)
