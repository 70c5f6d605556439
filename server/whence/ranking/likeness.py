"""How alike two pieces of code are: what they mean, as the model has it, and the words they share.

A model puts code of one subject near each other, be it alike or not; words alone do not see the same thing said in
another language. Together they tell copies that were renamed and re-arranged from what merely speaks of the same.
"""

from __future__ import annotations

from collections import Counter

import attrs

from whence.domain import Reason, ReasonKind

MEANING, WORDS = 0.6, 0.4
"""Shares of similarity and of shared words. Of a hundred claims judged by hand (benchmarks/quality/inspected) likeness
tells right from wrong with an AUC of 0.93, similarity alone with 0.89, shared words alone with 0.92."""

NEARLY_THE_SAME = 0.8
MUCH_ALIKE = 0.58
"""Nine in ten of those claims at or above this are right."""

ALIKE = 0.5
"""Half of them are; below it hardly any."""


@attrs.frozen
class Likeness:
    """Why two pieces of code are said to be alike."""

    similarity: float
    """On the common scale of models."""
    shared: float
    """Words the two share, of all words either has, each as often as it stands: 0 to 1 (Ružička, 1958)."""

    @property
    def score(self) -> float:
        """0 to 1, nearly."""
        return MEANING * self.similarity + WORDS * self.shared

    @property
    def reasons(self) -> tuple[Reason, Reason]:
        """In words; their scores add up to `score`."""
        said = "much alike" if self.score >= MUCH_ALIKE else "alike"
        if self.score >= NEARLY_THE_SAME:
            said = "nearly the same"
        return (
            Reason(ReasonKind.MEANING, f"{said} ({self.score:.2f})", MEANING * self.similarity),
            Reason(ReasonKind.WORDS, f"shares {self.shared:.0%} of the words", WORDS * self.shared),
        )


def shared_words(one: Counter[str], other: Counter[str]) -> float:
    """Share of the words of two texts, counted, that they have in common; 0 where neither has any."""
    common = sum(min(count, other[word]) for word, count in one.items() if word in other)
    everything = one.total() + other.total() - common
    return common / everything if everything else 0.0
