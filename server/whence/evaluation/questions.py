"""Questions with the definitions that answer them, made of doc comments and of what commits changed."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import attrs

from whence.chunking.chunker import Definition
from whence.domain import Hit, Kind, Source
from whence.evaluation.wording import doc_question
from whence.ranking.roles import Role, roles_of

T = TypeVar("T")

MAX_SHARED = 3
"""Definitions that one sentence may stand at; above it says nothing about any of them."""

_SOUGHT_KINDS = frozenset(
    {
        *(Kind.FUNCTION, Kind.METHOD, Kind.CONSTRUCTOR, Kind.MACRO),
        *(Kind.CLASS, Kind.STRUCT, Kind.INTERFACE, Kind.TRAIT, Kind.ENUM, Kind.TYPE, Kind.MODULE),
    }
)
_UNSOUGHT_ROLES = frozenset({Role.TEST, Role.DOCS, Role.BENCHMARK, Role.VENDORED, Role.GENERATED})
"""What somebody who asks where something happens does not mean."""


@attrs.frozen
class Place:
    """A definition that answers a question."""

    path: str
    symbol: str
    line: int
    """1-based, of its name."""

    def is_shown_by(self, hit: Hit) -> bool:
        """Whether a hit is this definition, a part of it, lines with its name, or a copy of them that was found."""
        if hit.path == self.path:
            return hit.symbol == self.symbol or hit.span.start_line <= self.line <= hit.span.end_line
        n_lines = hit.span.end_line - hit.span.start_line + 1
        copies = (copy.rpartition(":") for copy in hit.copies)
        return any(path == self.path and int(line) <= self.line < int(line) + n_lines for path, _, line in copies)


@attrs.frozen
class Question:
    """A question; any of the places is a right answer."""

    text: str
    places: tuple[Place, ...]
    origin: str
    """Where it comes from: a place or a commit."""


def sought(path: str, definitions: Sequence[Definition]) -> list[Definition]:
    """The definitions that a question may be about: functions and types of the code itself."""
    return [
        one
        for one in definitions
        if one.kind in _SOUGHT_KINDS and one.name and not roles_of(path, one.kind) & _UNSOUGHT_ROLES
    ]


def place_of(path: str, definition: Definition) -> Place:
    """Where a definition stands."""
    return Place(path, definition.symbol, definition.name_span.start_line)


def ask_docs(path: str, definitions: Sequence[Definition]) -> list[Question]:
    """One question for each definition of a file whose doc comment can be hidden and says enough."""
    questions = []
    for one in sought(path, definitions):
        text = doc_question(one.doc, one.name) if one.doc_ranges else ""
        if text:
            place = place_of(path, one)
            questions.append(Question(text, (place,), f"{path}:{place.line}"))
    return questions


def join_same(questions: Iterable[Question]) -> list[Question]:
    """Questions of one text made one with all their places; those of too many places left out."""
    by_text: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        by_text[question.text.casefold()].append(question)
    return [
        attrs.evolve(same[0], places=tuple(place for one in same for place in one.places))
        for same in by_text.values()
        if len(same) <= MAX_SHARED
    ]


def changed(
    before: tuple[Source, Sequence[Definition]] | None, after: tuple[Source, Sequence[Definition]]
) -> list[str]:
    """Symbols of the definitions whose own code differs, each once; doc comments and white space do not count."""
    old = _own_code(*before) if before is not None else {}
    return [symbol for symbol, texts in _own_code(*after).items() if texts - old.get(symbol, Counter())]


def by_chance(items: Iterable[T], name_of: Callable[[T], str]) -> list[T]:
    """Items in an order that depends on their names alone: a new one does not change which others come first."""
    return sorted(items, key=lambda item: hashlib.blake2b(name_of(item).encode("utf-8", "replace")).digest())


def _own_code(source: Source, definitions: Sequence[Definition]) -> Mapping[str, Counter[bytes]]:
    """The code of each definition by its symbol, without that of definitions in it."""
    sought_idxs = {id(one) for one in sought(source.path, definitions)}
    holes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one in definitions:
        owner_idx = one.parent_idx
        while owner_idx >= 0 and id(definitions[owner_idx]) not in sought_idxs:
            owner_idx = definitions[owner_idx].parent_idx
        if owner_idx >= 0 and id(one) in sought_idxs:
            holes[owner_idx].append((one.span.start_byte, one.span.end_byte))
    code: dict[str, Counter[bytes]] = defaultdict(Counter)
    for idx, one in enumerate(definitions):
        if id(one) in sought_idxs:
            without = sorted([*holes[idx], *one.doc_ranges])
            code[one.symbol][_folded(source.data, one.span.start_byte, one.span.end_byte, without)] += 1
    return code


def _folded(data: bytes, start: int, end: int, without: Sequence[tuple[int, int]]) -> bytes:
    pieces = []
    for hole_start, hole_end in without:
        pieces.append(data[start:hole_start])
        start = max(start, hole_end)
    pieces.append(data[start:end])
    return b" ".join(b" ".join(pieces).split())
