"""One workspace's index, opened: the catalogue and the tables kept in step.

The catalogue is the record; the tables follow it. Every write goes: mark the catalogue as being written, change the
tables (one commit each), then catalogue rows and the end of the mark in one transaction. Whoever opens a marked index
compares the ids on both sides and drops what only one of them has (`repair`), so a crash leaves files to be planned
again, never a file that counts as indexed and is not, and never a row twice.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Final

from whence.domain import ChunkId, ChunkRecord, Filters, Fingerprint, IndexCounts, Scored, StoredFile
from whence.errors import StoreCorrupt, StoreError, bug
from whence.store.catalogue import Catalogue
from whence.store.disk import pieces_of
from whence.store.failures import TABLE_FAILURES, translated
from whence.store.first_vectors import FirstVectors
from whence.store.format import CATALOGUE_NAME, TABLES_NAME, Header, table_name_of
from whence.store.lock import WriterLock
from whence.store.tables import CHUNKS, Scores, Tables
from whence.store.upkeep import COMMITS_BETWEEN, settle_chunks, settle_vectors

if TYPE_CHECKING:
    from whence.arrays import Float32

WRITING: Final = "writing"
PIECES: Final = "pieces"
CHANGED_AT: Final = "changed_at"
SETTLED: Final = "settled"

SYMBOL_CANDIDATES: Final = 2_000
"""Chunks of one name that filters choose from; without filters the limit is enough."""


class Index:
    """A `Store` over one index folder. Searches may come from several threads at once, writes from one at a time."""

    def __init__(self, folder: Path, header: Header, lock: WriterLock | None, reset_reason: str | None = None) -> None:
        """Open the catalogue; with a lock, for writing. The tables wait until they are needed.

        Raises:
            StoreCorrupt: the folder cannot be used.
        """
        self._folder = folder
        self._header = header
        self._lock = lock
        self._reset_reason = reset_reason
        self._opening = threading.Lock()
        self._tables: Tables | None = None  # under _opening
        self._is_checked = lock is None  # touched by the writing thread; a reader checks nothing
        self._n_commits = Counter[str]()  # since the last merging, by table; touched by the writing thread
        with translated(folder):
            self._catalogue = Catalogue(folder / CATALOGUE_NAME, is_writable=lock is not None)
        self._first = FirstVectors(self._catalogue)

    @property
    def is_writable(self) -> bool:
        """True for the one process that holds the writer's lock."""
        return self._lock is not None

    @property
    def reset_reason(self) -> str | None:
        """Why what was found had to be set aside or begun anew; None when nothing was."""
        return self._reset_reason

    # What is known

    def file(self, path: str) -> StoredFile | None:
        """What the index knows of one file."""
        with translated(self._folder):
            return self._catalogue.file(path)

    def files(self) -> Mapping[str, StoredFile]:
        """Every file the index knows, by path."""
        with translated(self._folder):
            return self._catalogue.files()

    def counts(self) -> IndexCounts:
        """How much is indexed and embedded."""
        with translated(self._folder):
            return self._catalogue.counts()

    def fetch(self, chunk_ids: Sequence[ChunkId]) -> list[ChunkRecord]:
        """Records in the order asked; ids that are gone are left out."""
        with translated(self._folder):
            return self._catalogue.fetch(chunk_ids)

    def chunks_of(self, path: str) -> list[ChunkRecord]:
        """The records of one file, in line order."""
        with translated(self._folder):
            return self._catalogue.chunks_of(path)

    def copies_of(self, text_hashes: Sequence[str]) -> list[ChunkRecord]:
        """Chunks whose text hash is one of these, by path and line."""
        with translated(self._folder):
            return self._catalogue.copies_of(text_hashes)

    def terms_like(self, word: str, limit: int) -> list[str]:
        """Words of the index's symbols and paths nearest to `word` by spelling."""
        with translated(self._folder):
            return self._catalogue.nearest_terms(word, limit)

    def name_with(self, stem: str) -> str:
        """A symbol, else a path, with `stem` in it; empty when there is none."""
        with translated(self._folder):
            return self._catalogue.name_with(stem)

    def has_vectors(self, chunk_ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Which of these chunks have a vector."""
        with translated(self._folder):
            return self._catalogue.embedded(chunk_ids)

    def first_model(self) -> Fingerprint | None:
        """The model whose vectors stand in for those to come; None where none do. Loads no heavy library."""
        with translated(self._folder):
            return self._first.fingerprint()

    # Searching

    def search_words(self, query: str, limit: int, filters: Filters) -> list[Scored]:
        """BM25 over the chunks' words and names, best first. `query` is already split and stemmed."""
        with translated(self._folder):
            return _scored(self._current_tables().search_words(query, limit, filters))

    def search_vectors(self, vector: Float32, limit: int, filters: Filters) -> list[Scored]:
        """Cosine in [-1, 1] against a float32 [dim] unit vector, best first."""
        with translated(self._folder):
            return _scored(self._current_tables().search_vectors(vector, limit, filters))

    def search_first_vectors(
        self, fingerprint: Fingerprint, vector: Float32, limit: int, filters: Filters
    ) -> list[Scored]:
        """The same among the first model's vectors, of chunks that have no other; none where they cannot be read."""
        with translated(self._folder):
            tables, name = self._current_tables(), table_name_of(fingerprint)
            try:
                found = _scored(tables.search_vectors(vector, limit, filters, name))
            except TABLE_FAILURES:
                return []  # a hint; the next writer begins them anew
            embedded = self._catalogue.embedded([scored.chunk_id for scored in found])
            return [scored for scored in found if scored.chunk_id not in embedded]

    def search_symbols(self, names: Sequence[str], limit: int, filters: Filters) -> list[ChunkId]:
        """Chunks whose name or qualified symbol equals one of `names`, without regard to case."""
        with translated(self._folder):
            if filters.is_empty:
                return self._catalogue.symbols(names, limit)
            found = self._catalogue.symbols(names, SYMBOL_CANDIDATES)
            passing = self._current_tables().passing(found, filters)
            return [chunk_id for chunk_id in found if chunk_id in passing][:limit]

    def search_names(self, stems: Sequence[str], limit: int) -> list[ChunkId]:
        """Chunks with most of these stems in their symbol or path, best first. Loads no heavy library."""
        with translated(self._folder):
            return self._catalogue.named(stems, limit)

    def vectors_of(self, chunk_ids: Sequence[ChunkId]) -> Mapping[ChunkId, Float32]:
        """Stored vectors of these chunks, as float32 [dim] unit rows."""
        with translated(self._folder):
            return self._current_tables().vectors_of(chunk_ids) if chunk_ids else {}

    # Writing

    def replace(
        self, files: Sequence[StoredFile], chunks: Sequence[ChunkRecord], vectors: Mapping[ChunkId, Float32]
    ) -> None:
        """Make `chunks` the whole content of `files`, in one commit a table; rows that stay are not written."""
        records = list({record.chunk_id: record for record in chunks}.values())
        paths = {file.path for file in files}
        if any(record.path not in paths for record in records):
            bug("a chunk of a file that is not being replaced", paths=sorted(paths)[:3])
        with translated(self._folder):
            change = self._catalogue.change(files, records)
            embedded = self._catalogue.embedded([*change.gone, *(record.chunk_id for record in records)])
            # Vector rows carry what filters look at, so those of a changed chunk are written again.
            outdated = embedded & {*change.gone, *(record.chunk_id for record in change.changed)}
            current = embedded - outdated
            added = [record for record in records if record.chunk_id in vectors and record.chunk_id not in current]
            if change.gone or change.fresh or change.changed or added or outdated:
                tables = self._begin(record.path for record in change.changed)
                upserts = [*change.fresh, *change.changed]
                tables.write_chunks(upserts, change.gone, n_replaced=len(change.changed))
                tables.write_vectors(added, _stacked(vectors, added, self._header.dimension), outdated)
                self._first.delete(tables, [*change.gone, *(record.chunk_id for record in change.changed)])
                self._first.pass_over(tables, [record.chunk_id for record in added])
                self._n_commits[CHUNKS] += 1
                self._n_commits[tables.vectors_name] += bool(added or outdated)
            with self._ending():
                self._catalogue.put_files(files, records)
                self._catalogue.forget_vectors([key for key in outdated if key not in change.gone])
                self._catalogue.add_vectors(record.chunk_id for record in added)
                self._catalogue.mark_embedded(paths)
            self._keep_bounded()

    def drop(self, paths: Sequence[str]) -> None:
        """Forget files, their chunks and vectors."""
        with translated(self._folder):
            gone = self._catalogue.ids_of_files(paths)
            if gone:
                tables = self._begin(())
                tables.write_chunks([], gone, n_replaced=0)
                tables.write_vectors([], _stacked({}, [], self._header.dimension), self._catalogue.embedded(gone))
                self._first.delete(tables, gone)
                self._n_commits[CHUNKS] += 1
                self._n_commits[tables.vectors_name] += 1
            with self._ending():
                self._catalogue.drop_files(paths)
            self._keep_bounded()

    def touch(self, files: Sequence[StoredFile]) -> None:
        """Update size and time of files whose content did not change."""
        with translated(self._folder), self._ending():
            self._catalogue.touch(files)

    def add_vectors(self, paths: Sequence[str], chunks: Sequence[ChunkRecord], vectors: Float32) -> None:
        """Add float32 [n_chunks, dim] rows for `chunks`; files all of whose chunks have vectors count as embedded.

        Chunks that have a vector already, or that are no longer indexed, are passed over.
        """
        row_of = {record.chunk_id: vectors[idx] for idx, record in enumerate(chunks)}
        with translated(self._folder):
            present = self._catalogue.present(list(row_of)) - self._catalogue.embedded(list(row_of))
            added = [r for r in {r.chunk_id: r for r in chunks}.values() if r.chunk_id in present]
            if added:
                tables = self._begin(())
                tables.write_vectors(added, _stacked(row_of, added, self._header.dimension), ())
                self._first.pass_over(tables, [record.chunk_id for record in added])
                self._n_commits[tables.vectors_name] += 1
            with self._ending():
                self._catalogue.add_vectors(record.chunk_id for record in added)
                self._catalogue.mark_embedded({*paths, *(record.path for record in chunks)})
            self._keep_bounded()

    def has_first_vectors(self, fingerprint: Fingerprint, chunk_ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Which of these chunks have a vector of the first model; for the writer."""
        with translated(self._folder):
            if self._first.fingerprint() != fingerprint:
                return set()
            return set(chunk_ids) & self._first.ids(self._checked_tables())

    def add_first_vectors(
        self, fingerprint: Fingerprint, model: str, chunks: Sequence[ChunkRecord], vectors: Float32
    ) -> None:
        """Add float32 [n_chunks, dim] rows of the first model, for chunks that have no vector yet.

        They stand in until `settle` finds every chunk embedded; those of another first model go.
        """
        if fingerprint == self._header.fingerprint:
            bug("the first model is the index's own", model=model)
        row_of = {record.chunk_id: vectors[idx] for idx, record in enumerate(chunks)}
        with translated(self._folder):
            lacking = self._catalogue.present(list(row_of)) - self._catalogue.embedded(list(row_of))
            lacking -= self.has_first_vectors(fingerprint, list(lacking))
            added = [r for r in {r.chunk_id: r for r in chunks}.values() if r.chunk_id in lacking]
            if added:
                tables = self._begin(())
                self._first.begin(tables, fingerprint, model)
                self._first.add(tables, added, _stacked(row_of, added, vectors.shape[1]))
                self._n_commits[table_name_of(fingerprint)] += 1
                with self._ending():
                    pass
            self._keep_bounded()

    def settle(self, is_final: bool) -> None:
        """Build indexes that are missing, extend them, compact and clean up, as far as it pays (see upkeep.py).

        The first model's vectors go when a final settling finds that every chunk has its own.
        """
        with translated(self._folder):
            tables = self._checked_tables()
            with self._catalogue.transaction():
                self._catalogue.forget_state(PIECES)  # clean-up replaces the files that the last writer listed
            settle_chunks(tables, self._catalogue, self._folder / TABLES_NAME)
            if is_final and self._catalogue.counts().is_complete:
                self._first.drop(tables)
            elif name := self._first.table_name():
                settle_vectors(tables, self._catalogue, self._folder / TABLES_NAME, name)
            if is_final:
                settle_vectors(tables, self._catalogue, self._folder / TABLES_NAME, tables.vectors_name)
                self._catalogue.compact()
                with self._catalogue.transaction():
                    self._catalogue.set_state(SETTLED, 1)
            self._n_commits.clear()

    def close(self) -> None:
        """Let go of files and of the lock."""
        try:
            if self._lock is not None:
                self._leave()
        finally:
            self.abandon()
            if self._lock is not None:
                self._lock.release()

    def abandon(self) -> None:
        """Let go of files, but keep the lock: the folder is about to be renamed."""
        with self._opening:
            if self._tables is not None:
                self._tables.close()
            self._tables = None
        self._catalogue.close()

    def check(self) -> None:
        """See, before writing, that the tables are whole and say what the catalogue says; mend what differs.

        Cheap where the last writer left in order: the files of the tables are compared by name and size, and LanceDB
        is not loaded. Only a writer that was killed leaves no list of files.

        Raises:
            StoreCorrupt: the tables cannot be read.
        """
        with translated(self._folder):
            pieces = self._catalogue.state(PIECES)
            if pieces is None:
                if self._catalogue.state(CHANGED_AT) is not None:
                    self._checked_tables()
                return
            found = pieces_of(self._folder / TABLES_NAME)
            for name, size in json.loads(str(pieces)):
                if found.get(name) != size:
                    raise StoreCorrupt(f"the file {name} is {'gone' if name not in found else 'not as it was written'}")

    def begin_vectors_anew(self) -> None:
        """Forget the vectors of whatever model made them; words stay, and what the first model made."""
        with translated(self._folder):
            with self._catalogue.transaction():
                self._catalogue.set_state(WRITING, 1)
                self._catalogue.forget_state(PIECES)
                self._catalogue.set_state(CHANGED_AT, time())
                self._catalogue.forget_all_vectors()
            if self._first.fingerprint() == self._header.fingerprint:
                self._first.drop(self._open_tables())
            else:
                self._open_tables().drop_other_vectors(self._first.table_name())
                self._first.recount(self._open_tables())

    # Between the two sides

    def _open_tables(self) -> Tables:
        with self._opening:
            if self._tables is None:
                name = table_name_of(self._header.fingerprint)
                self._tables = Tables(self._folder / TABLES_NAME, name, is_writable=self.is_writable)
            return self._tables

    def _current_tables(self) -> Tables:
        """The tables, for searching: a reader's are as new as the catalogue, whose writer changes the tables first."""
        tables = self._open_tables()
        if not self.is_writable:
            tables.follow(self._catalogue.stamp())
        return tables

    def _checked_tables(self) -> Tables:
        """The tables, in step with the catalogue: compared once an opening."""
        tables = self._open_tables()
        if not self._is_checked:
            if self._catalogue.state(WRITING) or not self._is_in_step(tables):
                self._repair(tables)
            self._is_checked = True
        return tables

    def _is_in_step(self, tables: Tables) -> bool:
        counts = self._catalogue.counts()
        return (tables.count(), tables.count_vectors()) == (counts.n_chunks, counts.n_embedded)

    def _repair(self, tables: Tables) -> None:
        """Drop what only one side has, and files that miss chunks; they will be planned again."""
        stored, known = tables.all_ids(), self._catalogue.all_ids()
        doubtful = _repeated(stored) | (known - set(stored))
        paths = self._catalogue.paths_of([ChunkId(key) for key in doubtful])
        dropped = set(self._catalogue.ids_of_files(paths))
        tables.write_chunks([], set(stored) - (known - dropped), n_replaced=0)
        with self._catalogue.transaction():
            self._catalogue.drop_files(paths)
        vectors, embedded = tables.all_vector_ids(), self._catalogue.all_embedded()
        sound = (embedded & set(vectors)) - _repeated(vectors)
        tables.write_vectors([], _stacked({}, [], self._header.dimension), set(vectors) - sound)
        with self._ending():
            self._catalogue.forget_vectors([ChunkId(key) for key in embedded - sound])

    def _begin(self, distrusted: Iterable[str]) -> Tables:
        """Mark the catalogue as being written, before the tables change."""
        if self._lock is None:
            raise StoreError(f"The index in {self._folder} is open for reading only")
        tables = self._checked_tables()
        with self._catalogue.transaction():
            self._catalogue.set_state(WRITING, 1)
            self._catalogue.forget_state(PIECES)
            self._catalogue.forget_state(SETTLED)
            self._catalogue.distrust(distrusted)
        return tables

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """The catalogue's part of a write, and the end of the mark, in one transaction."""
        if self._lock is None:
            raise StoreError(f"The index in {self._folder} is open for reading only")
        with self._catalogue.transaction():
            yield
            self._first.note()
            self._catalogue.set_state(WRITING, 0)
            self._catalogue.set_state(CHANGED_AT, time())

    def _keep_bounded(self) -> None:
        """Long imports: merge the pieces of many commits, whose lists grow with each."""
        for name, n_commits in self._n_commits.items():
            if n_commits >= COMMITS_BETWEEN:
                self._open_tables().optimize(name)
                self._n_commits[name] = 0  # no new key, so the loop may go on

    def _leave(self) -> None:
        """Finish what a killed writer left undone, and list the tables' files for the next one."""
        with translated(self._folder):
            if self._catalogue.state(WRITING) or self._catalogue.state(PIECES) is not None:
                return
            is_unsettled = self._is_checked and not self._catalogue.state(SETTLED)
            if is_unsettled and self._catalogue.counts().is_complete:
                self.settle(is_final=True)
            hints = f"{self._first.table_name()}.lance/"  # nothing depends on those
            found = pieces_of(self._folder / TABLES_NAME).items()
            pieces = sorted(piece for piece in found if not piece[0].startswith(hints))
            with self._catalogue.transaction():
                self._catalogue.set_state(PIECES, json.dumps(pieces))


def _scored(scores: Scores) -> list[Scored]:
    return [Scored(ChunkId(key), value) for key, value in zip(scores.chunk_ids, scores.values, strict=True)]


def _stacked(vectors: Mapping[ChunkId, Float32], records: Sequence[ChunkRecord], dimension: int) -> Float32:
    """Vectors of records as float32 [n_records, dimension]."""
    import numpy as np

    stacked: Float32 = np.array([vectors[record.chunk_id] for record in records], dtype=np.float32)
    return stacked.reshape(-1, dimension)


def _repeated(ids: Sequence[int]) -> set[int]:
    return {key for key, n_rows in Counter(ids).items() if n_rows > 1}
