"""Decide that nothing found is relevant, so that an empty answer is given rather than ten random ones.

Calibrated, not guessed: our own questions against questions about what a repository does not have (calibration in
`make bench-quality`). The bounds belong to the weights in weights.toml and to the common scale of similarity.
"""

from __future__ import annotations

from collections.abc import Sequence

from whence.ranking.candidates import Candidate, Ranked
from whence.ranking.symbols import OTHER_OWNER, symbol_grade
from whence.ranking.understanding import QueryForm, Shape

MIN_RELEVANCE = 0.481
"""Of a question in natural language: its nearest hit's similarity beside what was to be expected, its best hit's score
and its words together. On the tune split 97 of 100 good answers are kept at this bound, and 82 of 100 questions about
absent things refused (calibration in `make bench-quality`). What is refused is still named as nearest."""

USUALLY_EXPECTED = 0.27
"""Similarity that 95 of 100 answers to a usual question in natural language have, by the model that ships. Some
questions are near to any code and others to none, whatever their answer is: a symptom told at length lies further from
the line that causes it than "parse a date" from its parser. What a question may expect is told by its vector (query
performance prediction; Carmel and Yom-Tov, 2010), and more or less of it is asked for accordingly."""

SCORE_WEIGHT = 0.25
"""What the best hit's score is worth in similarity; chosen on the same questions, as the bound."""

WORDS_WEIGHT = 0.15
"""What full coverage of a question's words is worth in similarity; chosen likewise."""

COVERAGE_WEIGHT = 0.31
"""What full coverage of a query's words is worth in similarity, for code and symbols that somebody pasted."""

MIN_CODE_RELEVANCE = 0.34
"""Of those: similarity and coverage together."""

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
    compared = [candidate for candidate in candidates if candidate.similarity is not None]
    coverage = max((hit.coverage for hit in ranked[:N_BEST]), default=0.0)
    if not compared:
        return coverage >= MIN_COVERAGE
    if form.shape in {Shape.SYMBOL, Shape.SNIPPET}:
        return max(map(_similarity, compared)) + COVERAGE_WEIGHT * coverage >= MIN_CODE_RELEVANCE
    nearest = max(map(_beside_expected, compared))
    return nearest + SCORE_WEIGHT * ranked[0].score + WORDS_WEIGHT * coverage >= MIN_RELEVANCE


def _similarity(candidate: Candidate) -> float:
    return candidate.similarity or 0.0


def _beside_expected(candidate: Candidate) -> float:
    """Its similarity, raised where less than usual was to be expected and lowered where more was."""
    expected = USUALLY_EXPECTED if candidate.expected is None else candidate.expected
    return _similarity(candidate) + USUALLY_EXPECTED - expected


def _answers_symbol(form: QueryForm, candidate: Candidate) -> bool:
    return any(symbol_grade(symbol, candidate.record) >= OTHER_OWNER for symbol in form.symbols)
