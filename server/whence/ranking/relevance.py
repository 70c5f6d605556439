"""Decide that nothing found is relevant, so that an empty answer is given rather than ten random ones."""

from __future__ import annotations

from collections.abc import Sequence

from whence.ranking.candidates import Ranked
from whence.ranking.understanding import QueryForm


def is_relevant(form: QueryForm, ranked: Sequence[Ranked]) -> bool:
    """True when the best hits answer the query well enough to be shown."""
    if form.is_empty:
        return False
    return any(hit.score > 0.2 for hit in ranked[:3])
