"""Keep one file, one definition or one copied text from filling the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import attrs

from whence.domain import ReasonKind
from whence.ranking.candidates import Ranked, Share

FILE_DECAY = 0.7
"""What each further hit of one file keeps of its score where the question's words are found: the file is known then,
and one place of it leads to the others."""

GUESSED_FILE_DECAY = 0.95
"""The same where they are not: places of one file are then different guesses, and a lower one is often right."""

MIN_COVERAGE_FOUND = 0.35
"""Share of the question's words, by their rarity, from which they count as found."""

N_BEST = 3
"""Hits looked at for the words."""

MIN_FILE_FACTOR = 0.5
"""However many hits of a file stand higher, a hit keeps this much."""


def diversify(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Collapse parts of a definition and copies into their best, and lower further hits of a file. Best first.

    Args:
        ranked: hits, best first.
    """
    return _lower_repeats_of_a_file(_collapse_copies(_collapse_parts(ranked)))


def _collapse_parts(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Of the parts of one definition only the best."""
    best: dict[tuple[str, str, str, str], Ranked] = {}
    for position, hit in enumerate(ranked):
        record = hit.record
        # What defines nothing has no parts: its place in the list keeps it apart.
        own = "" if record.symbol else str(position)
        best.setdefault((record.path, record.symbol, record.signature, own), hit)
    return list(best.values())


def _collapse_copies(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Of chunks with the same text only the best, which names the others."""
    copies: dict[str, list[Ranked]] = {}
    for hit in ranked:
        copies.setdefault(hit.record.text_hash, []).append(hit)
    return [_with_copies(best, others) if others else best for best, *others in copies.values()]


def _with_copies(best: Ranked, others: Sequence[Ranked]) -> Ranked:
    return attrs.evolve(best, copies=(*best.copies, *map(_place, others)))


def _place(hit: Ranked) -> str:
    return f"{hit.record.path}:{hit.record.span.start_line}"


def _lower_repeats_of_a_file(ranked: Sequence[Ranked]) -> list[Ranked]:
    are_words_found = any(hit.coverage >= MIN_COVERAGE_FOUND for hit in ranked[:N_BEST])
    decay = FILE_DECAY if are_words_found else GUESSED_FILE_DECAY
    n_higher: Counter[str] = Counter()
    lowered: list[Ranked] = []
    for hit in ranked:
        factor = max(MIN_FILE_FACTOR, decay ** n_higher[hit.record.path])
        n_higher[hit.record.path] += 1
        lowered.append(_scaled(hit, factor))
    return sorted(lowered, key=lambda hit: -hit.score)


def _scaled(hit: Ranked, factor: float) -> Ranked:
    if factor == 1.0:
        return hit
    share = Share(ReasonKind.FILE_ROLE, (factor - 1) * hit.score, lambda: "but its file is above already")
    return attrs.evolve(hit, shares=(*hit.shares, share), score=hit.score + share.score)
