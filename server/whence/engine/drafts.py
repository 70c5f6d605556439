"""Chunks of open documents that the index does not have: what was typed and not saved is found all the same.

They live in memory only, and are few: what changed in the documents that are open.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from whence.domain import ChunkRecord, Filters, Passage, PassageHash
from whence.engine.buffers import Buffers
from whence.engine.jobs import CancelToken
from whence.engine.ports import Files, Model, Store, VectorCache
from whence.engine.prepare import prepare

if TYPE_CHECKING:
    from whence.arrays import Float32


@attrs.frozen
class Draft:
    """One such chunk. `vector` is a float32 [dim] unit row, None until it is embedded."""

    record: ChunkRecord
    passage: Passage
    vector: Float32 | None = None


class Drafts:
    """The drafts of one root, kept in step with its open documents. Methods may be called from any thread."""

    def __init__(self, buffers: Buffers, cache: VectorCache, model: Model) -> None:
        self._buffers = buffers
        self._cache = cache
        self._model = model
        self._of_path: dict[str, tuple[Draft, ...]] = {}  # under _lock
        self._lock = threading.Lock()

    def all(self) -> list[Draft]:
        """Every draft, those without a vector too."""
        with self._lock:
            return [draft for drafts in self._of_path.values() for draft in drafts]

    def update(self, path: str, store: Store | None) -> None:
        """Look at one document again: after it changed, after it closed, and after the index took its file in.

        Vectors that are known are used; nothing is encoded. `store` is the index to compare with, None for none.
        """
        drafts = self._drafts_of(path, store)
        with self._lock:
            if drafts:
                self._of_path[path] = drafts
            else:
                self._of_path.pop(path, None)

    def embed(self, path: str, token: CancelToken) -> None:
        """Encode the drafts of one document that have no vector yet.

        Raises:
            Cancelled: the token turned; what was encoded is in the cache.
        """
        with self._lock:
            lacking = [draft for draft in self._of_path.get(path, ()) if draft.vector is None]
        if not lacking:
            return
        vectors: dict[PassageHash, Float32] = {}

        def keep(idxs: Sequence[int], rows: Float32) -> None:
            batch = {lacking[idx].passage.hash: row for idx, row in zip(idxs, rows, strict=True)}
            vectors.update(batch)
            self._cache.put(self._model.fingerprint, batch)

        try:
            self._model.load().encode_passages([draft.passage.text for draft in lacking], keep, token.is_cancelled)
        finally:
            self._add_vectors(path, vectors)

    def _add_vectors(self, path: str, vectors: Mapping[PassageHash, Float32]) -> None:
        with self._lock:
            drafts = self._of_path.get(path)
            if drafts is not None:  # the document may have closed or changed meanwhile
                self._of_path[path] = tuple(
                    attrs.evolve(draft, vector=vectors[draft.passage.hash]) if draft.passage.hash in vectors else draft
                    for draft in drafts
                )

    def _drafts_of(self, path: str, store: Store | None) -> tuple[Draft, ...]:
        source = self._buffers.source(path)
        if source is None:
            return ()
        stored = store.file(path) if store else None
        if stored is not None and stored.reason is None and stored.file_hash == source.file_hash:
            return ()
        known = {record.chunk_id for record in store.chunks_of(path)} if store else set()
        file = prepare(source, source.mtime_ns)
        fresh = [
            Draft(record, passage)
            for record, passage in zip(file.records, file.passages, strict=True)
            if record.chunk_id not in known
        ]
        vectors = self._cache.get(self._model.fingerprint, [draft.passage.hash for draft in fresh])
        return tuple(attrs.evolve(draft, vector=vectors.get(draft.passage.hash)) for draft in fresh)


def passing(drafts: Sequence[Draft], filters: Filters, files: Files) -> list[Draft]:
    """Those that the filters of a query let through."""
    return [draft for draft in drafts if passes(draft.record, filters, files)]


def passes(record: ChunkRecord, filters: Filters, files: Files) -> bool:
    """True when the filters of a query let one chunk through."""
    if filters.languages and record.language not in filters.languages:
        return False
    if filters.kinds and record.kind not in filters.kinds:
        return False
    return not filters.path_globs or files.passes(record.path, filters.path_globs)
