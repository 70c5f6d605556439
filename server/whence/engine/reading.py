"""First half of a refresh: read and chunk what changed and store its words, with the vectors that are already known."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from whence.domain import ChunkId, FileEntry, FileHash, LeftOut, LeftOutReason, Source, StoredFile
from whence.engine.first_step import FirstStep
from whence.engine.jobs import Phase
from whence.engine.plan import batches_by_size, trusted_mtime_ns
from whence.engine.ports import Store
from whence.engine.prepare import PreparedFile, prepare
from whence.engine.tally import Job
from whence.engine.wanted import Wanted

if TYPE_CHECKING:
    from whence.arrays import Float32

BATCH_FILES = 256
BATCH_BYTES = 2_000_000
"""One write of words: large enough that a commit's fixed cost does not show, small enough to show within a second."""

FIRST_BATCH_FILES = 32
"""The first write is small, so that a workspace opened for the first time answers almost at once."""

FEW_FILES = 64
"""Looked up one by one; more than that, and the whole catalogue is read once."""

CARRIED_BYTES = 4_000_000
"""Passages kept in memory between reading and embedding: those of any ordinary change. A first indexing of a large code
base reads files again when their turn comes, which costs a hundredth of embedding them; a chunk kept costs 3 KB."""


@attrs.frozen
class ToEmbed:
    """What the first half leaves to the second: passages in memory, and files to be read again."""

    carried: Sequence[Wanted]
    uncarried: Sequence[StoredFile]


@attrs.define
class _Batch:
    """One batch of files as read."""

    prepared: list[PreparedFile] = attrs.field(factory=list)
    left_out: list[StoredFile] = attrs.field(factory=list)
    touched: list[StoredFile] = attrs.field(factory=list)
    """Files whose content turned out to be what the index has."""
    gone: list[str] = attrs.field(factory=list)
    """Files that vanished since they were listed."""


@attrs.define
class _Carry:
    """Collects what is left to embed, within CARRIED_BYTES."""

    carried: list[Wanted] = attrs.field(factory=list)
    uncarried: list[StoredFile] = attrs.field(factory=list)
    n_bytes: int = 0

    def add(self, file: PreparedFile, wanted: Wanted) -> None:
        n_bytes = sum(map(len, wanted.passages))
        if self.n_bytes + n_bytes > CARRIED_BYTES:
            self.uncarried.append(file.stored)
            return
        self.n_bytes += n_bytes
        self.carried.append(wanted)


@attrs.frozen
class WordsPass:
    """Stores the words of changed files, batch by batch; chunks that lack a vector are offered to the first step."""

    job: Job
    first_step: FirstStep

    def run(self, entries: Sequence[FileEntry]) -> ToEmbed:
        """Read, chunk and store files in the order given.

        Raises:
            Cancelled: the token turned between two files; batches already submitted stand.
        """
        known = _known(self.job.store, entries)
        carry = _Carry()
        for entries_of_batch in _growing_batches(entries):
            batch = self._read(entries_of_batch, known)
            self._submit(batch, known, carry)
            carry.uncarried.extend(file for file in batch.touched if not file.is_embedded)
            self.job.tell(Phase.READING)
        return ToEmbed(carry.carried, carry.uncarried)

    def _read(self, entries: Sequence[FileEntry], known: Mapping[str, StoredFile]) -> _Batch:
        batch = _Batch()
        for entry in entries:
            self.job.token.check()
            read_at_ns = time.time_ns()
            with self.job.tally.time("read"):
                source = self.job.files.read(entry)
            self.job.tally.n_files_done += 1
            if isinstance(source, LeftOut):
                self._note_left_out(batch, entry, source, read_at_ns)
            else:
                self._note_source(batch, source, known.get(entry.path), read_at_ns)
        return batch

    def _note_left_out(self, batch: _Batch, entry: FileEntry, left_out: LeftOut, read_at_ns: int) -> None:
        if left_out.reason is LeftOutReason.MISSING:
            batch.gone.append(entry.path)
            return
        self.job.tally.n_files_left_out += 1
        batch.left_out.append(
            StoredFile(
                path=entry.path,
                size=entry.size,
                mtime_ns=trusted_mtime_ns(entry.mtime_ns, read_at_ns),
                file_hash=FileHash(""),
                reason=left_out.reason,
                detail=left_out.detail,
            )
        )

    def _note_source(self, batch: _Batch, source: Source, stored: StoredFile | None, read_at_ns: int) -> None:
        mtime_ns = trusted_mtime_ns(source.mtime_ns, read_at_ns)
        if stored is not None and stored.reason is None and stored.file_hash == source.file_hash:
            self.job.tally.n_files_unchanged += 1
            batch.touched.append(attrs.evolve(stored, size=source.size, mtime_ns=mtime_ns))
            return
        self.job.tally.n_files_changed += 1
        with self.job.tally.time("chunk"):
            batch.prepared.append(prepare(source, mtime_ns))

    def _submit(self, batch: _Batch, known: Mapping[str, StoredFile], carry: _Carry) -> None:
        """Hand one batch to the writer, with the vectors that are known; carry what lacks one."""
        changed = [file for file in batch.prepared if file.stored.path in known]
        present = self.job.store.has_vectors([record.chunk_id for file in changed for record in file.records])
        vectors = self._known_vectors(batch.prepared, present)
        stored = list(batch.left_out)
        for file in batch.prepared:
            lacking = [
                idx
                for idx, record in enumerate(file.records)
                if record.chunk_id not in present and record.chunk_id not in vectors
            ]
            stored.append(attrs.evolve(file.stored, is_embedded=not lacking))
            if lacking:
                wanted = Wanted.of(file, lacking)
                self.first_step.offer(wanted)
                carry.add(file, wanted)
        records = [record for file in batch.prepared for record in file.records]
        self.job.tally.n_chunks += len(records)
        self.job.tally.n_reused += len(vectors)
        if stored:
            self.job.writes.submit(self.job.store.replace, stored, records, vectors)
        if batch.touched:
            self.job.writes.submit(self.job.store.touch, batch.touched)
        if gone := [path for path in batch.gone if path in known]:
            self.job.writes.submit(self.job.store.drop, gone)
        self.first_step.write()

    def _known_vectors(self, prepared: Sequence[PreparedFile], present: set[ChunkId]) -> dict[ChunkId, Float32]:
        """Cached vectors of the chunks that are not `present`."""
        hash_of = {
            record.chunk_id: record.passage_hash
            for file in prepared
            for record in file.records
            if record.chunk_id not in present
        }
        with self.job.tally.time("cache"):
            cached = self.job.cache.get(self.job.model.fingerprint, list(set(hash_of.values())))
        return {chunk_id: cached[key] for chunk_id, key in hash_of.items() if key in cached}


def _known(store: Store, entries: Sequence[FileEntry]) -> Mapping[str, StoredFile]:
    if len(entries) > FEW_FILES:
        return store.files()
    return {entry.path: file for entry in entries if (file := store.file(entry.path)) is not None}


def _growing_batches(entries: Sequence[FileEntry]) -> Iterator[list[FileEntry]]:
    yield from batches_by_size(entries[:FIRST_BATCH_FILES], FIRST_BATCH_FILES, BATCH_BYTES)
    yield from batches_by_size(entries[FIRST_BATCH_FILES:], BATCH_FILES, BATCH_BYTES)
