"""Decide that nothing found is relevant, so that an empty answer is given rather than ten random ones.

Calibrated, not guessed: questions about a repository against the same questions put to a foreign one, see
benchmarks/results/2026-11-21-ranking-first.md. The similarity's scale is that of the model that ships.
"""

from __future__ import annotations

from collections.abc import Sequence

from whence.ranking.candidates import Candidate, Ranked
from whence.ranking.symbols import OTHER_OWNER, symbol_grade
from whence.ranking.understanding import QueryForm

COVERAGE_WEIGHT = 0.31
"""What full coverage of the query's words is worth in cosine: the ratio of a logistic regression's two coefficients."""

MIN_RELEVANCE = 0.43
"""Keeps 99 of 100 good answers to the calibration questions, and empties 8 of 10 answers to foreign ones."""

MIN_COVERAGE = 0.12
"""Of words alone, before vectors are in: 97 of 100 good answers have this much. It says little, so it keeps much."""

N_BEST = 5
"""Hits looked at for coverage; meaning is looked for in all."""


def is_relevant(form: QueryForm, ranked: Sequence[Ranked]) -> bool:
    """True when the hits answer the query well enough to be shown; a symbol that is defined here always does.

    Args:
        form: the query, understood.
        ranked: what `rank` gave, whole.
    """
    candidates = [hit.candidate for hit in ranked]
    if any(_answers_symbol(form, candidate) for candidate in candidates):
        return True
    similarities = [candidate.similarity for candidate in candidates if candidate.similarity is not None]
    coverage = max((hit.coverage for hit in ranked[:N_BEST]), default=0.0)
    if not similarities:
        return coverage >= MIN_COVERAGE
    return max(similarities) + COVERAGE_WEIGHT * coverage >= MIN_RELEVANCE


def _answers_symbol(form: QueryForm, candidate: Candidate) -> bool:
    return any(symbol_grade(symbol, candidate.record) >= OTHER_OWNER for symbol in form.symbols)
