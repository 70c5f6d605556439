"""Which words are spelt most like one word. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs


@attrs.frozen
class Term:
    """A word of the index; `letters` has a bit set for each letter it holds, so unlike words are passed over fast."""

    text: str
    n_chunks: int
    letters: int


class Vocabulary:
    """Words grouped by length."""

    def __init__(self, counts: Iterable[tuple[str, int]]) -> None:
        self._by_length: dict[int, list[Term]] = {}
        for text, n_chunks in counts:
            self._by_length.setdefault(len(text), []).append(Term(text, n_chunks, _letters(text)))

    def nearest(self, word: str, limit: int) -> list[str]:
        """At most `limit` words by number of edits, then by how often they occur; none that is mostly different."""
        most = max_edits(word)
        wanted = _letters(word)
        found: list[tuple[int, int, str]] = []
        for length in range(len(word) - most, len(word) + most + 1):
            for term in self._by_length.get(length, ()):
                # One edit takes away at most one letter and brings at most one.
                if (term.letters ^ wanted).bit_count() > 2 * most:
                    continue
                n_edits = edits(word, term.text, most)
                if n_edits is not None:
                    found.append((n_edits, -term.n_chunks, term.text))
        return [text for _, _, text in sorted(found)[:limit]]


def max_edits(word: str) -> int:
    """How many slips of the finger a word of this length may have and still be recognised."""
    if len(word) <= 2:
        return 0
    return 1 if len(word) <= 5 else 2


def edits(one: str, other: str, most: int) -> int | None:
    """Letters to add, drop, change or swap with their neighbour to turn one word into the other; None beyond `most`.

    Optimal string alignment distance, row by row, given up once a whole row lies beyond `most`.
    """
    if abs(len(one) - len(other)) > most:
        return None
    before: Sequence[int] = ()
    row: Sequence[int] = range(len(other) + 1)
    for idx, letter in enumerate(one, start=1):
        current = [idx]
        for at, against in enumerate(other, start=1):
            cost = min(row[at] + 1, current[at - 1] + 1, row[at - 1] + (letter != against))
            if idx > 1 and at > 1 and letter == other[at - 2] and one[idx - 2] == against:
                cost = min(cost, before[at - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return None
        before, row = row, current
    return row[-1] if row[-1] <= most else None


def _letters(text: str) -> int:
    mask = 0
    for letter in text:
        mask |= 1 << (ord(letter) % 61)
    return mask
