"""Chunks on their way to a vector, as the passes of a refresh hand them on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from whence.domain import ChunkRecord
from whence.engine.prepare import PreparedFile


@attrs.frozen
class Wanted:
    """Chunks of one file that may lack vectors; `passages[i]` is the text of `chunks[i]`."""

    path: str
    chunks: Sequence[ChunkRecord]
    passages: Sequence[str]

    @classmethod
    def of(cls, file: PreparedFile, idxs: Iterable[int]) -> Wanted:
        """Pick some chunks of a prepared file."""
        picked = list(idxs)
        return cls(file.stored.path, [file.records[idx] for idx in picked], [file.passages[idx].text for idx in picked])
