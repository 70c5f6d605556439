"""Chunks and definitions of a source: the door to this package.

Pure and deterministic: the same bytes, path and options give the same chunks. Never raises on what lies in a file;
where a grammar is missing or gives up, the source is chunked by lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module

import attrs

from whence.chunking.assemble import ChunkOptions, assemble, assemble_lines
from whence.chunking.headings import is_first_on_line, is_last_on_line
from whence.chunking.language import Language
from whence.chunking.outline import Definition, Lines, Mark, Outline, Outliner, Zone, define, join, shift
from whence.chunking.registry import LANGUAGES, language_of
from whence.chunking.structure import Injection, outline_structure
from whence.domain import Chunk, Kind, Source

CHUNKER_VERSION = 2
"""Part of an index's format. 1: first. 2: doc comments before a blank line, more functions of JavaScript."""

MAX_EMBEDDING_DEPTH = 3
"""A script in a page in a string: languages inside languages are followed this far."""

SNIFFED_BYTES = 4_096
"""How much of a file its language may be told from."""

_NO_OPTIONS = ChunkOptions()


def chunk_source(source: Source, options: ChunkOptions = _NO_OPTIONS) -> list[Chunk]:
    """Chunks of a source, ordered by start; every non-blank line is in exactly one."""
    language = language_of(source.path, source.data[:SNIFFED_BYTES])
    lines = Lines(source.data)
    outlined = _outline_source(source, language)
    if outlined is None:
        return assemble_lines(lines, language, options)
    definitions = define(outlined, lines, language)
    return _add_plain(assemble(outlined, definitions, lines, language, options), language)


def outline(source: Source) -> list[Definition]:
    """Every definition of a source, nested ones included, ordered by start; empty where the language has no outline."""
    language = language_of(source.path, source.data[:SNIFFED_BYTES])
    outlined = _outline_source(source, language)
    return define(outlined, Lines(source.data), language) if outlined is not None else []


def definition_at(chunks: Sequence[Chunk], line: int) -> Chunk | None:
    """The smallest chunk of a definition around a 1-based line; of a definition in parts, its first part."""
    around = [chunk for chunk in chunks if chunk.symbol and chunk.span.start_line <= line <= chunk.span.end_line]
    if not around:
        return None
    smallest = min(around, key=lambda chunk: chunk.span.end_line - chunk.span.start_line)
    if not smallest.part_idx:
        return smallest
    whole = (smallest.symbol, smallest.headers, smallest.signature)
    firsts = [
        chunk
        for chunk in chunks
        if not chunk.part_idx
        and chunk.span.start_line < smallest.span.start_line
        and (chunk.symbol, chunk.headers, chunk.signature) == whole
    ]
    return max(firsts, key=lambda chunk: chunk.span.start_line, default=smallest)


def outline_bytes(data: bytes, language: str, depth: int = 0) -> Outline | None:
    """The outline of bytes in a language by name, embedded languages included; None where only lines are left."""
    entry = LANGUAGES.get(language)
    if entry is None or depth > MAX_EMBEDDING_DEPTH:
        return None
    if entry.outliner:
        return _load_outliner(entry.outliner)(data)
    if not entry.grammar:
        return None
    lines = Lines(data)
    structure = outline_structure(data, entry, lines)
    if structure is None:
        return None
    return join(structure.outline, outline_embedded(data, structure.injections, lines, depth))


def outline_embedded(data: bytes, injections: Sequence[Injection], lines: Lines, depth: int) -> list[Outline]:
    """Outlines of the embedded sources of a source, in its own offsets and lines, each with its zone."""
    outlines: list[Outline] = []
    for injection in injections:
        start_line = lines.line_at(injection.start)
        inner = outline_bytes(data[injection.start : injection.end], injection.language, depth + 1) or Outline()
        shifted = shift(inner, injection.start, start_line - 1, injection.language)
        zone = _zone(injection, lines)
        outlines.append(join(shifted, [Outline(zones=[zone])] if zone is not None else []))
    return outlines


def _outline_source(source: Source, language: str) -> Outline | None:
    """The outline of a whole file, with the definition that the file itself makes."""
    outlined = outline_bytes(source.data, language)
    entry = LANGUAGES.get(language)
    if outlined is None or entry is None or not entry.file_kind:
        return outlined
    name = _component_name(source.path)
    whole = Mark(Kind(entry.file_kind), name, 0, len(source.data), 0, 0, signature=f"component {name}")
    return join(outlined, [Outline(marks=[whole])])


def _add_plain(chunks: list[Chunk], language: str) -> list[Chunk]:
    entry = LANGUAGES.get(language)
    if entry is None or not entry.plain:
        return chunks
    plain = _load_plain(entry.plain)
    return [chunk if chunk.kind is Kind.BLOCK else attrs.evolve(chunk, plain=plain(chunk.text)) for chunk in chunks]


def _component_name(path: str) -> str:
    """`card/UserCard.vue` and `UserCard/index.vue` → `UserCard`."""
    *folders, file_name = path.split("/")
    stem = file_name.rsplit(".", 1)[0]
    return folders[-1] if stem == "index" and folders else stem


def _zone(injection: Injection, lines: Lines) -> Zone | None:
    """The whole lines of an embedded source; None where it has none of its own."""
    first, last = lines.line_at(injection.start), lines.line_at(max(injection.start, injection.end - 1))
    if not is_first_on_line(lines, injection.start):
        first += 1
    if not is_last_on_line(lines, injection.end):
        last -= 1
    return Zone(first, last, injection.language) if first <= last else None


@cache
def _load_outliner(name: str) -> Outliner:
    module, _, function = name.partition(":")
    loaded: Outliner = getattr(import_module(f"whence.chunking.outliners.{module}"), function)
    return loaded


@cache
def _load_plain(name: str) -> Callable[[str], str]:
    module, _, function = name.partition(":")
    loaded: Callable[[str], str] = getattr(import_module(f"whence.chunking.outliners.{module}"), function)
    return loaded


__all__ = [
    "CHUNKER_VERSION",
    "ChunkOptions",
    "Definition",
    "Language",
    "chunk_source",
    "definition_at",
    "outline",
    "outline_bytes",
    "outline_embedded",
]
