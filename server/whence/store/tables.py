"""The LanceDB side of an index: what is searched. Two tables, because words come first and vectors are appended later.

Every chunk has a row in `chunks` (words with names, and what filters look at) and, once it is embedded, one in the
model's vector table. Knows nothing of files, the catalogue or the lock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from whence.domain import ChunkId, ChunkRecord, Filters
from whence.store.failures import TABLE_FAILURES, is_conflict, is_not_found
from whence.store.loops import Loops
from whence.store.patterns import sql_of
from whence.store.preload import load_lancedb
from whence.store.resident import MAX_BYTES, Residency, Resident, bytes_of
from whence.store.rows import chunk_batch, ids_and_vectors_in, vector_batch, vector_dimension, vectors_in

if TYPE_CHECKING:
    import pyarrow as pa
    from lancedb.table import AsyncTable

    from whence.arrays import Float32

logger = logging.getLogger(__name__)

T = TypeVar("T")

CHUNKS: Final = "chunks"

VECTOR_INDEX_ROWS: Final = 10_000
"""Rows from which an IVF_SQ index answers faster than reading every vector: 8 against 19 ms at 10,000 rows of 384
dimensions, 11 against 135 at 50,000, 14 against 15 at 5,000 (benchmarks/store_vectors.py)."""

PROBES: Final = 20
REFINE: Final = 2
"""Partitions read, and candidates a hit that are compared again with their exact vectors: recall of the 80 nearest is
1.0; without refining, 0.99 (benchmarks/store_vectors.py)."""

SAMPLE_RATE: Final = 64
"""Vectors a partition that the index is trained on: a quarter of the default time and memory at the same recall."""

INDEX_CACHE_BYTES: Final = 64_000_000
"""Indexes kept in memory: those of 100,000 chunks. LanceDB's own default is 6 GB."""

WORDS_BYTES: Final = 500
"""What a chunk's words take of that cache."""

METADATA_CACHE_BYTES: Final = 16_000_000
"""Manifests and column statistics kept in memory; the default is 1 GB."""

BUILD_MEMORY_MB: Final = 128
"""What building the full-text index may hold in memory; else it takes a share a core. 50,000 chunks take 60 MB."""

RETRIES: Final = 3
"""Reads or commits tried again when another process' clean-up or commit came between."""

IDS_A_STATEMENT: Final = 5_000
"""Chunk ids in one predicate: 100 KB of SQL, parsed in milliseconds."""


@attrs.frozen
class Scores:
    """Ids with what LanceDB said of them, best first."""

    chunk_ids: Sequence[int]
    values: Sequence[float]


@attrs.frozen
class Tail:
    """How a table stands to its indexes: rows, rows no index covers, small pieces that reading has to visit."""

    n_rows: int
    n_unindexed: int
    n_small_fragments: int


class Tables:
    """An open LanceDB database of one index. Reading methods may be called by several threads at once."""

    def __init__(self, folder: Path, vectors_name: str, *, is_writable: bool) -> None:
        """Open; tables are created by the first write to them.

        Raises:
            StoreUnsupported: LanceDB cannot run here.
            RuntimeError, ValueError, OSError: as lancedb raises them.
        """
        lancedb = load_lancedb()
        self._folder = folder
        session = lancedb.Session(
            index_cache_size_bytes=INDEX_CACHE_BYTES, metadata_cache_size_bytes=METADATA_CACHE_BYTES
        )
        self._loops = Loops()
        self._database = self._loops.run(lancedb.connect_async(folder, session=session))
        self._vectors_name = vectors_name
        self._open: dict[str, AsyncTable] = {}  # under _lock
        self._lock = threading.Lock()
        self._stamp: object = None  # under _following
        self._following = threading.Lock()
        # The writer's table changes with every write, and it does not search.
        self._residency = None if is_writable else Residency(self._take_in)

    def close(self) -> None:
        """Let go of the tables."""
        if self._residency is not None:
            self._residency.close()
        with self._lock:
            self._open.clear()
        self._loops.close()

    def follow(self, stamp: object) -> None:
        """Go on to the newest version of every open table, unless that was done for this `stamp` of what is written.

        Tables look for newer versions by themselves only when they are opened. LanceDB would list their folders at
        every read: 0.5 ms each, three times a search.
        """
        with self._following:
            if stamp == self._stamp:
                return
            with self._lock:
                opened = list(self._open.items())
            for name, table in opened:
                try:
                    self._loops.run(table.checkout_latest())  # type: ignore[no-untyped-call]  # it annotates no result
                except TABLE_FAILURES:  # noqa: PERF203 - each table for itself
                    self._forget(name)  # opened anew by the next read, which says what there is to say
            self._stamp = stamp

    # Searching

    def search_words(self, query: str, limit: int, filters: Filters) -> Scores:
        """BM25 over words and names, best first."""
        from lancedb.query import MatchQuery

        if not query.strip() or limit < 1:
            return Scores((), ())
        # lancedb's own dataclass decorator hides from the checker that the other arguments have defaults.
        match = MatchQuery(query, "words")  # type: ignore[call-arg]
        predicate = sql_of(filters)

        async def search(table: AsyncTable) -> Scores:
            query = table.query().nearest_to_text(match).select(["chunk_id", "_score"]).limit(limit)
            rows = await (query.where(predicate) if predicate else query).to_arrow()
            return Scores(_values(rows, "chunk_id"), _values(rows, "_score"))

        return self._read(CHUNKS, search, Scores((), ()))

    def search_vectors(self, vector: Float32, limit: int, filters: Filters, name: str = "") -> Scores:
        """Cosine against a float32 [dim] unit vector, best first, in the current model's table or the one named."""
        import numpy as np

        if limit < 1:
            return Scores((), ())
        predicate = sql_of(filters)
        if predicate is None and not name and (held := self._held(is_search=True)) is not None:
            return Scores(*held.nearest(vector, limit))

        async def search(table: AsyncTable) -> Scores:
            query = table.query().nearest_to(vector.astype(np.float16)).distance_type("cosine")
            query = query.nprobes(PROBES).refine_factor(REFINE).select(["chunk_id", "_distance"]).limit(limit)
            rows = await (query.where(predicate) if predicate else query).to_arrow()
            cosines = [min(1.0, max(-1.0, 1.0 - distance)) for distance in _values(rows, "_distance")]
            return Scores(_values(rows, "chunk_id"), cosines)

        return self._read(name or self._vectors_name, search, Scores((), ()))

    def _held(self, *, is_search: bool) -> Resident | None:
        """The newest vectors of the current model, where they are in memory; the second search has them read."""
        if self._residency is None:
            return None
        look = self._residency.of if is_search else self._residency.peek
        return look(self._read(self._vectors_name, _version, 0))

    def _take_in(self) -> Resident | None:
        """What a process that searches again is to have in memory: the words' index in LanceDB's cache, and vectors."""

        async def warm(table: AsyncTable) -> None:
            if await _count(table) * WORDS_BYTES <= INDEX_CACHE_BYTES:
                for index in await table.list_indices():
                    await table.prewarm_index(index.name)

        try:
            self._read(CHUNKS, warm, None)
        except TABLE_FAILURES as failure:
            logger.info("words stay on disk: %s", failure)
        return self._read_resident()

    def _read_resident(self) -> Resident | None:
        """What may be held of the current model's vectors."""

        async def read(table: AsyncTable) -> Resident | None:
            version, n_rows = await _version(table), await _count(table)
            dimension = vector_dimension(await table.schema())
            if not n_rows or bytes_of(n_rows, dimension) > MAX_BYTES:
                return None
            rows = await table.query().select(["chunk_id", "vector"]).limit(n_rows).to_arrow()
            is_current = await _version(table) == version
            return Resident.of(version, *ids_and_vectors_in(rows)) if is_current else None

        return self._read(self._vectors_name, read, None)

    def passing(self, chunk_ids: Sequence[ChunkId], filters: Filters) -> set[int]:
        """Those of the chunks that the filters let through."""
        predicate = sql_of(filters)
        if predicate is None or not chunk_ids:
            return set(chunk_ids)
        return set(self._column(CHUNKS, f"{_ids_sql(chunk_ids)} AND ({predicate})"))

    def vectors_of(self, chunk_ids: Sequence[ChunkId]) -> Mapping[ChunkId, Float32]:
        """Stored vectors as float32 [dim] unit rows."""
        if (held := self._held(is_search=False)) is not None:
            return held.rows_of(chunk_ids)
        found: dict[ChunkId, Float32] = {}
        for part in _parts(chunk_ids):
            where = _ids_sql(part)

            async def read(table: AsyncTable, where: str = where) -> pa.Table:
                query = table.query().where(where).select(["chunk_id", "vector"])
                return await query.limit(IDS_A_STATEMENT).to_arrow()

            rows = self._read(self._vectors_name, read, None)
            if rows is not None and rows.num_rows:
                found.update(
                    (ChunkId(key), row) for key, row in zip(_values(rows, "chunk_id"), vectors_in(rows), strict=True)
                )
        return found

    def all_ids(self) -> list[int]:
        """Chunk ids of every row, with repetitions if there were any."""
        return self._column(CHUNKS, None)

    def all_vector_ids(self, name: str = "") -> list[int]:
        """The same of the current model's vector table, or of the one named."""
        return self._column(name or self._vectors_name, None)

    def count(self) -> int:
        """Rows of `chunks`, from the manifest."""
        return self._read(CHUNKS, _count, 0)

    def count_vectors(self) -> int:
        """Rows of the vector table, from the manifest."""
        return self._read(self._vectors_name, _count, 0)

    # Writing

    def write_chunks(self, records: Sequence[ChunkRecord], gone: Iterable[int], n_replaced: int) -> None:
        """One commit: insert `records` or update them where they are there (`n_replaced` are), delete `gone`."""
        if records or gone:
            self._write(CHUNKS, lambda: chunk_batch(records), len(records), sorted(gone), is_merge=n_replaced > 0)

    def write_vectors(
        self, records: Sequence[ChunkRecord], vectors: Float32, gone: Iterable[int], name: str = ""
    ) -> None:
        """One commit: add float32 [n_records, dim] rows of chunks that have none, delete those of `gone`.

        In the current model's table, or the one named.
        """
        if len(records) or gone:
            batch = lambda: vector_batch(records, vectors)  # noqa: E731 - made only where it is written
            self._write(name or self._vectors_name, batch, len(records), sorted(gone), is_merge=False)

    def drop_other_vectors(self, kept: str = "") -> None:
        """Remove the vectors of all models but the current one and the table `kept`."""
        for name in self._names():
            if name.startswith("vectors-") and name not in {self._vectors_name, kept}:
                self._forget(name)
                self._loops.run(self._database.drop_table(name))

    def _write(
        self, name: str, batch: Callable[[], pa.Table], n_rows: int, gone: Sequence[int], *, is_merge: bool
    ) -> None:
        table = self._table(name)
        if not n_rows:
            if table is not None:
                for part in _parts(gone):
                    self._commit(table, partial(table.delete, _ids_sql(part)))
            return
        rows = batch()
        if table is None:
            table = self._create(name, rows.schema)
        if gone or is_merge:
            self._commit(table, lambda: _merge(table, rows, gone))
        else:
            self._commit(table, lambda: table.add(rows))

    def _create(self, name: str, schema: pa.Schema) -> AsyncTable:
        table: AsyncTable = self._loops.run(self._database.create_table(name, schema=schema, exist_ok=True))
        with self._lock:
            self._open[name] = table
        return table

    def _commit(self, table: AsyncTable, write: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Write; when another commit came first, look at it and write again."""
        for attempt in range(RETRIES + 1):
            try:
                self._loops.run(write())
            except TABLE_FAILURES as failure:  # noqa: PERF203 - a loop that tries again
                if attempt == RETRIES or not is_conflict(failure):
                    raise
                self._loops.run(table.checkout_latest())  # type: ignore[no-untyped-call]  # it annotates no result
            else:
                return

    # Upkeep

    def tail(self, name: str) -> Tail:
        """How a table stands to its indexes."""

        async def look(table: AsyncTable) -> Tail:
            n_rows = await _count(table)
            column = "words" if name == CHUNKS else "vector"
            index = next((found for found in await table.list_indices() if found.columns == [column]), None)
            stats = None if index is None else await table.index_stats(index.name)
            n_unindexed = n_rows if stats is None else int(stats.num_unindexed_rows)
            fragments: Any = (await table.stats())["fragment_stats"]  # type: ignore[index]  # a mapping, whatever it says
            return Tail(n_rows, n_unindexed, int(fragments["num_small_fragments"]))

        return self._read(name, look, Tail(0, 0, 0))

    @property
    def vectors_name(self) -> str:
        """Name of the current model's vector table."""
        return self._vectors_name

    def build_word_index(self) -> None:
        """Build the full-text index of `chunks` anew."""
        from lancedb.index import FTS

        table = self._table(CHUNKS)
        if table is None:
            return
        # The caller has split, folded and stemmed. No positions: phrases are not asked, and they break compaction.
        config = FTS(
            base_tokenizer="whitespace",
            max_token_length=None,
            lower_case=True,
            stem=False,
            remove_stop_words=False,
            ascii_folding=False,
            with_position=False,
            memory_limit=BUILD_MEMORY_MB,
        )
        self._commit(table, lambda: table.create_index("words", config=config))

    def build_vector_index(self, name: str) -> None:
        """Build the index of a vector table anew."""
        from lancedb.index import IvfSq

        table = self._table(name)
        if table is not None:
            config = IvfSq(distance_type="cosine", sample_rate=SAMPLE_RATE)
            self._commit(table, lambda: table.create_index("vector", config=config))  # type: ignore[arg-type]  # not in its list

    def optimize(self, name: str) -> None:
        """Merge small pieces, extend indexes over new rows, remove every version but the last.

        A reader that was in the middle of an older version finds its files gone and reads again (`_read`). Files that
        no version names were left by a killed writer, and there is no other writer.
        """
        table = self._table(name)
        if table is not None:
            self._commit(
                table, lambda: table.optimize(cleanup_older_than=timedelta(milliseconds=1), delete_unverified=True)
            )

    # Handles

    def _names(self) -> set[str]:
        return set(self._loops.run(self._database.list_tables(limit=100)).tables)

    def _table(self, name: str) -> AsyncTable | None:
        with self._lock:
            found = self._open.get(name)
            if found is None and self._is_made(name):
                found = self._open[name] = self._loops.run(self._database.open_table(name))
            return found

    def _is_made(self, name: str) -> bool:
        """False also for a table whose first version another process is about to write: its folder comes before."""
        return any(self._folder.glob(f"{name}.lance/_versions/*.manifest"))

    def _forget(self, name: str) -> None:
        with self._lock:
            self._open.pop(name, None)

    def _read(self, name: str, read: Callable[[AsyncTable], Coroutine[Any, Any, T]], nothing: T) -> T:
        """Read a table, `nothing` where there is none; again when a clean-up took the version that was read."""
        for attempt in range(RETRIES + 1):
            try:
                table = self._table(name)
                return nothing if table is None else self._loops.run(read(table))
            except TABLE_FAILURES as failure:  # noqa: PERF203 - a loop that tries again
                if attempt == RETRIES or not is_not_found(failure):
                    raise
                self._forget(name)
        return nothing

    def _column(self, name: str, where: str | None) -> list[int]:
        async def read(table: AsyncTable) -> list[int]:
            query = table.query().select(["chunk_id"]).limit(max(1, await _count(table)))
            return _values(await (query.where(where) if where else query).to_arrow(), "chunk_id")

        return self._read(name, read, [])


def _values(rows: pa.Table, name: str) -> list[Any]:
    """One column's numbers."""
    return rows[name].to_pylist()


async def _version(table: AsyncTable) -> int:
    return int(await table.version())


async def _count(table: AsyncTable) -> int:
    return int(await table.count_rows())


async def _merge(table: AsyncTable, batch: pa.Table, gone: Sequence[int]) -> None:
    merge = table.merge_insert("chunk_id").when_matched_update_all().when_not_matched_insert_all()
    if gone:
        merge = merge.when_not_matched_by_source_delete(_ids_sql(gone))
    await merge.execute(batch)


def _parts(chunk_ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (chunk_ids[start : start + IDS_A_STATEMENT] for start in range(0, len(chunk_ids), IDS_A_STATEMENT))


def _ids_sql(chunk_ids: Sequence[int]) -> str:
    return f"chunk_id IN ({', '.join(map(str, map(int, chunk_ids)))})"
