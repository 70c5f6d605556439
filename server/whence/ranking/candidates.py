"""What goes into ranking and what comes out of it."""

from __future__ import annotations

import attrs

from whence.domain import ChunkRecord, Reason


@attrs.frozen
class Candidate:
    """A chunk that one or more retrievers brought, with what each of them said; None where one did not bring it."""

    record: ChunkRecord
    word_score: float | None = None
    """BM25, comparable within one query only."""
    similarity: float | None = None
    """Cosine to the query, in [-1, 1]."""


@attrs.frozen
class Ranked:
    """A candidate with its score and where the score comes from; the shares of `reasons` add up to `score`."""

    candidate: Candidate
    score: float
    reasons: tuple[Reason, ...]
    copies: tuple[str, ...] = ()
    """Other places, as path:line, that hold the same text."""
    coverage: float = 0.0
    """The share of the query's words that it has, in [0, 1]; rarer words count more."""

    @property
    def record(self) -> ChunkRecord:
        """The chunk ranked."""
        return self.candidate.record
