"""The first of two steps: vectors of a small, fast model stand in where many chunks would wait for those of the model.

A workspace that nobody has indexed yet can so be searched by meaning within seconds; the model's own vectors take over
as they come (embedding.py), and when every chunk has one, nothing of the first model is left (Store.settle).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import attrs

from whence.domain import ChunkId, FileEntry, LeftOut, StoredFile
from whence.engine.jobs import Phase
from whence.engine.ports import Model
from whence.engine.prepare import prepare
from whence.engine.tally import Job
from whence.engine.wanted import Wanted
from whence.errors import ModelError

if TYPE_CHECKING:
    from whence.arrays import Float32

logger = logging.getLogger(__name__)

FEW_CHUNKS = 256
"""So many wait for the model alone, which embeds 40 to 80 a second on two cores: three to six seconds. Loading another
model and making a table that is dropped again would save little of that."""

FILES_AT_ONCE = 64
"""Whose chunks are written together where files have to be read again."""


@attrs.define
class FirstStep:
    """What one job gives the first model to encode. Chunks are held back until they are more than a few."""

    job: Job
    _pending: list[Wanted] = attrs.field(factory=list, init=False)
    _n_pending: int = attrs.field(default=0, init=False)
    _has_begun: bool = attrs.field(default=False, init=False)
    _model: Model | None = attrs.field(init=False)
    """The first model; None where there is none but the model itself, or it cannot be loaded."""

    def __attrs_post_init__(self) -> None:
        first = self.job.first_model
        self._model = None if first is None or first.fingerprint == self.job.model.fingerprint else first

    def offer(self, wanted: Wanted) -> None:
        """Take chunks that lack their vector; `write` decides what becomes of them."""
        if self._model is not None:
            self._pending.append(wanted)
            self._n_pending += len(wanted.chunks)

    def write(self) -> None:
        """Encode what was offered and hand it to the writer, once it is more than a few.

        Raises:
            Cancelled: the token turned while it was encoded.
        """
        model = self._model
        if model is None or (not self._has_begun and self._n_pending <= FEW_CHUNKS) or not self._pending:
            return
        self._has_begun = True
        chunks = [chunk for wanted in self._pending for chunk in wanted.chunks]
        texts = [text for wanted in self._pending for text in wanted.passages]
        self._pending, self._n_pending = [], 0
        try:
            with self.job.tally.time("first"):
                vectors = _encoded(self.job, model, texts)
        except ModelError as failure:
            # It is a hint only: everything is embedded without it, later.
            logger.warning("the first model is left out: %s", failure)
            self._model = None
            return
        store = self.job.store
        self.job.writes.submit(store.add_first_vectors, model.fingerprint, model.name, chunks, vectors)

    def cover(self, files: Sequence[StoredFile]) -> bool:
        """Do the same for files whose words are stored and which lack vectors of either model; True if any did.

        Raises:
            Cancelled: the token turned.
        """
        if self._model is None or not files or self._is_covered(self._model):
            return False
        lacking = {file: ids for file in files if (ids := self._lacking(file, self._model))}
        n_lacking = sum(map(len, lacking.values()))
        if not lacking or (not self._has_begun and self._n_pending + n_lacking <= FEW_CHUNKS):
            return False
        self._has_begun = True
        for part in _parts(lacking):
            for file in part:
                self._offer_again(file, lacking[file])
            self.write()
            self.job.tell(Phase.READING)
        self.job.writes.wait()
        return True

    def stands_in(self) -> bool:
        """True once every chunk but a few has a vector, be it of this model."""
        return self._model is not None and self.job.store.counts().n_first > 0

    def _is_covered(self, model: Model) -> bool:
        """True where an earlier run left no chunk without a vector of either model: known without looking at files."""
        counts = self.job.store.counts()
        return counts.n_by_meaning >= counts.n_chunks and self.job.store.first_model() == model.fingerprint

    def _lacking(self, file: StoredFile, model: Model) -> set[ChunkId]:
        """Chunks of a stored file for which there is no vector, neither in the index nor in the cache."""
        self.job.token.check()
        records = self.job.store.chunks_of(file.path)
        ids = [record.chunk_id for record in records]
        present = self.job.store.has_vectors(ids) | self.job.store.has_first_vectors(model.fingerprint, ids)
        hash_of = {record.chunk_id: record.passage_hash for record in records if record.chunk_id not in present}
        cached = self.job.cache.get(self.job.model.fingerprint, list(hash_of.values()))
        return {chunk_id for chunk_id, passage_hash in hash_of.items() if passage_hash not in cached}

    def _offer_again(self, file: StoredFile, lacking: set[ChunkId]) -> None:
        self.job.token.check()
        source = self.job.files.read(FileEntry(file.path, file.size, file.mtime_ns))
        if isinstance(source, LeftOut) or source.file_hash != file.file_hash:
            return  # changed meanwhile: the next refresh will see it
        prepared = prepare(source, file.mtime_ns)
        idxs = [idx for idx, record in enumerate(prepared.records) if record.chunk_id in lacking]
        self.offer(Wanted.of(prepared, idxs))


def _encoded(job: Job, model: Model, texts: Sequence[str]) -> Float32:
    """Float32 [n_texts, dimension]."""
    import numpy as np  # here, because planning and the words pass start faster without it

    vectors = np.zeros((len(texts), model.dimension), np.float32)

    def keep(idxs: Sequence[int], rows: Float32) -> None:
        vectors[list(idxs)] = rows

    model.load().encode_passages(texts, keep, job.token.is_cancelled)
    return vectors


def _parts(files: Iterable[StoredFile]) -> Iterator[list[StoredFile]]:
    iterator = iter(files)
    while part := list(islice(iterator, FILES_AT_ONCE)):
        yield part
