"""From lists of hits to figures: recall, reciprocal rank, NDCG, and how sure one can be of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs

from benchmarks.quality.questions import Place, Question
from whence.evaluation.measures import DEPTH, Figure, figure

__all__ = ["DEPTH", "Figure", "Found", "Scored", "figure", "score"]


@attrs.frozen
class Found:
    """One hit, as far as scoring needs it."""

    path: str
    start_line: int
    end_line: int
    symbol: str = ""


@attrs.frozen
class Scored:
    """How one question was answered; ranks are 1-based, None for not among the hits."""

    question: Question
    target_ranks: tuple[int | None, ...]
    negative_rank: int | None = None

    @property
    def rank(self) -> int | None:
        """Rank of the first right hit."""
        return min((rank for rank in self.target_ranks if rank is not None), default=None)

    def recall(self, depth: int) -> float:
        """1 where a right hit is among the first `depth`."""
        return float(self.rank is not None and self.rank <= depth)

    @property
    def reciprocal_rank(self) -> float:
        """1 / rank of the first right hit among the first ten, else 0."""
        return 1 / self.rank if self.rank is not None and self.rank <= DEPTH else 0.0

    @property
    def ndcg(self) -> float:
        """NDCG@10: every target has the gain 1 at the rank of the first hit that matches it (semble's rule)."""
        gained = sum(1 / math.log2(rank + 1) for rank in self.target_ranks if rank is not None and rank <= 10)
        ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(10, len(self.target_ranks)) + 1))
        return gained / ideal if ideal else 0.0

    @property
    def is_above_negative(self) -> float | None:
        """1 where the first right hit comes before the hard negative; None where neither is there, or there is none."""
        if self.question.hard_negative is None or (self.rank is None and self.negative_rank is None):
            return None
        return float((self.rank or math.inf) < (self.negative_rank or math.inf))


def score(question: Question, hits: Sequence[Found]) -> Scored:
    """Hold a list of hits, best first, against a question's targets."""
    ranked = [hit for hit in hits if question.counts(hit.path)][:DEPTH]

    def rank_of(place: Place) -> int | None:
        right = (place.holds(hit.path, hit.start_line, hit.end_line, hit.symbol) for hit in ranked)
        return next((rank for rank, is_right in enumerate(right, 1) if is_right), None)

    ranks = tuple(rank_of(place) for place in question.targets)
    return Scored(question, ranks, rank_of(question.hard_negative) if question.hard_negative else None)
