"""From ranks to figures: recall, mean reciprocal rank, and how sure one can be of them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import attrs

DEPTH = 20
"""Hits looked at; what comes later counts as not found."""

RESAMPLES = 2_000


@attrs.frozen
class Figure:
    """A mean with its 95 % interval by bootstrap over the questions; NaN where there are none."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"


@attrs.frozen
class Measures:
    """How well some questions were answered."""

    recall_at_1: Figure
    recall_at_5: Figure
    recall_at_20: Figure
    mrr: Figure


def figure(values: Sequence[float]) -> Figure:
    """The mean of some values, and the interval that means of resampled values lie in."""
    if not values:
        return Figure(math.nan, math.nan, math.nan, 0)
    chance = random.Random(0)  # noqa: S311 - the same interval for the same values; nothing secret
    means = sorted(math.fsum(chance.choices(values, k=len(values))) / len(values) for _ in range(RESAMPLES))
    return Figure(
        math.fsum(values) / len(values), means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES)], len(values)
    )


def measure(ranks: Sequence[int | None]) -> Measures:
    """Measures of the ranks of right answers, 1-based; None for not among the first DEPTH."""
    return Measures(
        recall_at_1=_recall(ranks, 1),
        recall_at_5=_recall(ranks, 5),
        recall_at_20=_recall(ranks, 20),
        mrr=figure([1 / rank if rank is not None else 0.0 for rank in ranks]),
    )


def _recall(ranks: Sequence[int | None], depth: int) -> Figure:
    return figure([float(rank is not None and rank <= depth) for rank in ranks])
