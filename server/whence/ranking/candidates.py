"""What goes into ranking and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import attrs

from whence.domain import ChunkRecord, Reason, ReasonKind

MIN_SHOWN = 0.005
"""A cause with a smaller share is not worth a person's time; its share goes to the largest cause of the hit."""


@attrs.frozen
class Candidate:
    """A chunk that one or more retrievers brought, with what each of them said; None where one did not bring it."""

    record: ChunkRecord
    word_score: float | None = None
    """BM25, comparable within one query only."""
    similarity: float | None = None
    """Cosine to the query on the common scale, 1 at most."""
    expected: float | None = None
    """The similarity that the query's answer may be expected to have, by the model that told this one's; None where it
    does not tell."""


class Share(NamedTuple):
    """A part of a score with its cause, put into words only for the few hits that are shown.

    A tuple, because some five hundred are made for a query, and one takes a third of the time of a frozen class.
    """

    kind: ReasonKind
    score: float
    tell: Callable[[], str]


@attrs.frozen
class Ranked:
    """A candidate with its score and where the score comes from."""

    candidate: Candidate
    shares: tuple[Share, ...]
    """They add up to the score."""
    score: float
    copies: tuple[str, ...] = ()
    """Other places, as path:line, that hold the same text."""
    coverage: float = 0.0
    """The share of the query's words that it has, in [0, 1]; rarer words count more."""

    @property
    def record(self) -> ChunkRecord:
        """The chunk ranked."""
        return self.candidate.record

    def reasons(self) -> tuple[Reason, ...]:
        """The causes by size, the largest first; those too small to name are counted with the largest."""
        first, *others = sorted(self.shares, key=lambda share: -share.score)
        shown = [share for share in others if abs(share.score) >= MIN_SHOWN]
        crumbs = sum(share.score for share in others if abs(share.score) < MIN_SHOWN)
        return (
            Reason(first.kind, first.tell(), first.score + crumbs),
            *(Reason(share.kind, share.tell(), share.score) for share in shown),
        )
