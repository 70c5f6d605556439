"""Which words of a query a candidate has, where, and how telling they are among all candidates."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from whence.domain import ChunkId, ChunkRecord
from whence.text.words import names_of


class Evidence(NamedTuple):
    """The query words that a chunk has. A tuple, because some eighty are made for a query."""

    found: frozenset[str]
    """Query words in its text, symbol or path."""
    found_in_symbol: frozenset[str]
    found_in_path: frozenset[str]
    in_symbol: float
    in_path: float
    """The part of its symbol's (path's) words that are query words, in [0, 1]."""


class Evidences:
    """Looks the query's words up in chunks, in each once: early, where there is time while vectors are searched."""

    def __init__(self, words: Sequence[str]) -> None:
        self._wanted = frozenset(words)
        self._known: dict[ChunkId, Evidence] = {}

    def of(self, record: ChunkRecord) -> Evidence:
        """What one chunk has."""
        known = self._known.get(record.chunk_id)
        if known is None:
            known = self._known[record.chunk_id] = _evidence(record, self._wanted)
        return known

    def share_of(self, record: ChunkRecord) -> float:
        """The share of the query's words that one chunk has, in [0, 1]."""
        return len(self.of(record).found) / len(self._wanted) if self._wanted else 0.0


def rarity_of(words: Sequence[str], evidences: Sequence[Evidence]) -> dict[str, float]:
    """How telling each query word is among the candidates, as shares of 1: BM25's idf on this small collection."""
    n_with: Counter[str] = Counter()
    for evidence in evidences:
        n_with.update(evidence.found)
    n = len(evidences)
    idf = {word: math.log(1 + (n - n_with[word] + 0.5) / (n_with[word] + 0.5)) for word in words}
    total = sum(idf.values())
    return {word: idf[word] / total for word in words} if total else {}


def _evidence(record: ChunkRecord, wanted: frozenset[str]) -> Evidence:
    n_path_words, path_words = _path_words(record.path)
    names = record.names.split()
    symbol_words = frozenset(names[: len(names) - n_path_words])  # names are those of the symbol, then of the path
    found_in_symbol = wanted & symbol_words
    found_in_path = wanted & path_words
    # A question has few words and a chunk has many: looking each of the few up beats making a set of the many.
    words = f" {record.words} "
    found = {word for word in wanted if f" {word} " in words}
    return Evidence(
        found=found_in_symbol.union(found_in_path, found),
        found_in_symbol=found_in_symbol,
        found_in_path=found_in_path,
        in_symbol=len(found_in_symbol) / len(symbol_words) if symbol_words else 0.0,
        in_path=len(found_in_path) / len(path_words) if path_words else 0.0,
    )


@lru_cache(4_096)
def _path_words(path: str) -> tuple[int, frozenset[str]]:
    """How many words a path has, and which."""
    words = names_of("", path).split()
    return len(words), frozenset(words)
