"""Second half of a refresh: give every stored chunk its vector, slab by slab, from the cache or from the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import attrs

from whence.domain import FileEntry, LeftOut, PassageHash
from whence.engine.jobs import Phase
from whence.engine.prepare import prepare
from whence.engine.reading import ToEmbed
from whence.engine.tally import Job
from whence.engine.wanted import Wanted

if TYPE_CHECKING:
    from whence.arrays import Float32

SLAB_PASSAGES = 768
"""Passages encoded and written together: from here on, sorting by length wastes little on padding."""


@attrs.frozen
class _Slab:
    """Some files' chunks to be embedded together. `n_announced` of them stand in the job's total already."""

    wanted: Sequence[Wanted]
    n_announced: int


@attrs.frozen
class VectorsPass:
    """Embeds what the words pass left, and what an earlier, stopped run left."""

    job: Job

    def run(self, to_embed: ToEmbed) -> None:
        """Embed everything; while one slab is encoded the next is read and the one before is written.

        Raises:
            Cancelled: the token turned between two batches; every batch encoded so far is in the cache.
        """
        self.job.tally.n_to_embed = sum(len(item.chunks) for item in to_embed.carried)
        self.job.tally.n_to_embed += sum(file.n_chunks for file in to_embed.uncarried)
        slabs = self._slabs(to_embed)
        with ThreadPoolExecutor(1, "whence-read") as read_lane:
            upcoming = read_lane.submit(next, slabs, None)
            while (slab := upcoming.result()) is not None:
                self.job.token.check()
                upcoming = read_lane.submit(next, slabs, None)
                self._embed(slab)

    def _slabs(self, to_embed: ToEmbed) -> Iterator[_Slab]:
        """Group files until a slab is full. Runs on the reading thread and touches none of the job's counts."""
        wanted: list[Wanted] = []
        n_announced = n_passages = 0
        for item, n_expected in self._all_wanted(to_embed):
            n_announced += n_expected
            n_passages += len(item.passages)
            wanted.append(item)
            if n_passages >= SLAB_PASSAGES:
                yield _Slab(wanted, n_announced)
                wanted, n_announced, n_passages = [], 0, 0
        if wanted:
            yield _Slab(wanted, n_announced)

    def _all_wanted(self, to_embed: ToEmbed) -> Iterator[tuple[Wanted, int]]:
        for item in to_embed.carried:
            yield item, len(item.chunks)
        for file in to_embed.uncarried:
            self.job.token.check()
            source = self.job.files.read(FileEntry(file.path, file.size, file.mtime_ns))
            if isinstance(source, LeftOut) or source.file_hash != file.file_hash:
                yield Wanted("", [], []), file.n_chunks  # changed meanwhile: the next refresh will see it
                continue
            prepared = prepare(source, file.mtime_ns)
            yield Wanted.of(prepared, range(len(prepared.records))), file.n_chunks

    def _embed(self, slab: _Slab) -> None:
        chunks = [chunk for item in slab.wanted for chunk in item.chunks]
        present = self.job.store.has_vectors([chunk.chunk_id for chunk in chunks])
        lacking = [chunk for chunk in chunks if chunk.chunk_id not in present]
        text_of = {
            chunk.passage_hash: text
            for item in slab.wanted
            for chunk, text in zip(item.chunks, item.passages, strict=True)
            if chunk.chunk_id not in present
        }
        with self.job.tally.time("cache"):
            vector_of = dict(self.job.cache.get(self.job.model.fingerprint, list(text_of)))
        n_cached = sum(chunk.passage_hash in vector_of for chunk in lacking)
        self.job.tally.n_reused += n_cached
        self.job.tally.n_to_embed += len(lacking) - n_cached - slab.n_announced
        uses = Counter(chunk.passage_hash for chunk in lacking)
        self._encode({key: text for key, text in text_of.items() if key not in vector_of}, uses, vector_of)
        self.job.writes.submit(
            self.job.store.add_vectors,
            [item.path for item in slab.wanted if item.path],
            lacking,
            _stack((vector_of[chunk.passage_hash] for chunk in lacking), self.job.model.dimension),
        )

    def _encode(
        self, text_of: dict[PassageHash, str], uses: Counter[PassageHash], vector_of: dict[PassageHash, Float32]
    ) -> None:
        """Encode into `vector_of`. Every batch goes to the cache at once, so that a stop loses none."""
        if not text_of:
            return
        encoder = self.job.model.load()
        hashes = list(text_of)

        def keep(idxs: Sequence[int], rows: Float32) -> None:
            batch = {hashes[idx]: row for idx, row in zip(idxs, rows, strict=True)}
            self.job.cache.put(self.job.model.fingerprint, batch)
            vector_of.update(batch)
            self.job.tally.n_encoded += sum(uses[key] for key in batch)
            self.job.tell(Phase.EMBEDDING)

        with self.job.tally.time("encode"):
            encoder.encode_passages([text_of[key] for key in hashes], keep, self.job.token.is_cancelled)


def _stack(rows: Iterable[Float32], dimension: int) -> Float32:
    """Rows of float32 [dimension] as one float32 [n_rows, dimension], also for no rows."""
    import numpy as np  # here, because planning and the words pass start faster without it

    stacked: Float32 = np.array(list(rows), dtype=np.float32).reshape(-1, dimension)
    return stacked
