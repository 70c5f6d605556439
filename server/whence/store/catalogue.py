"""The catalogue: what is looked up by key (files, chunk records, symbols, terms) in one SQLite file.

It is the record of what is indexed: a chunk that is not in here is not there, whatever the tables hold. Loads no heavy
library, so status, planning and symbols work before LanceDB is imported. Knows nothing of LanceDB.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeAlias

import attrs

from whence.domain import (
    ChunkId,
    ChunkRecord,
    IndexCounts,
    StoredFile,
)
from whence.store.records import (
    Row,
    SqlRow,
    chunk_row,
    file_row,
    is_searched_otherwise,
    pack_hash,
    record_of,
    stored_file_of,
    symbol_pairs,
)
from whence.store.spelling import Vocabulary

"""A row as sqlite3 gives and takes it; who wrote the statement knows its columns."""

BUSY_S: Final = 10.0
"""How long to wait for another process' transaction; ours take milliseconds."""

PARAMETERS: Final = 500
"""Values in one IN list; SQLite allows 999 in its oldest builds."""

CACHE_KB: Final = 8_000
"""SQLite's page cache of one connection: the upper pages of every index of 50,000 chunks."""

_SCHEMA: Final = """
CREATE TABLE state (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE files (
    file_id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    file_hash TEXT NOT NULL, language TEXT NOT NULL, n_chunks INTEGER NOT NULL, n_secrets INTEGER NOT NULL,
    reason TEXT, detail TEXT NOT NULL, is_embedded INTEGER NOT NULL
);
CREATE TABLE chunks (
    chunk_idx INTEGER PRIMARY KEY, chunk_id INTEGER NOT NULL, file_id INTEGER NOT NULL, language TEXT NOT NULL, kind
    TEXT NOT NULL, name TEXT NOT NULL, symbol TEXT NOT NULL, signature TEXT NOT NULL, start_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL, start_byte INTEGER NOT NULL, end_byte INTEGER NOT NULL, text_hash NOT NULL, passage_hash
    NOT NULL, words BLOB NOT NULL
);
CREATE UNIQUE INDEX chunks_by_id ON chunks (chunk_id);
CREATE INDEX chunks_by_file ON chunks (file_id);
CREATE INDEX chunks_by_text ON chunks (text_hash);
CREATE TABLE symbols (key TEXT NOT NULL, chunk_id INTEGER NOT NULL, PRIMARY KEY (key, chunk_id)) WITHOUT ROWID;
CREATE TABLE terms (term TEXT PRIMARY KEY, n_chunks INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE embedded (chunk_id INTEGER PRIMARY KEY);
"""

STEMS_ASKED: Final = 8
"""Of a longer question: each costs a look at every name."""

_FILE_COLUMNS: Final = "path, size, mtime_ns, file_hash, language, n_chunks, n_secrets, reason, detail, is_embedded"
_FROM_FILES: Final = f"SELECT {_FILE_COLUMNS} FROM files"  # noqa: S608 - constants only
_CHUNK_COLUMNS: Final = (
    "c.chunk_id, f.path, c.language, c.kind, c.name, c.symbol, c.signature, c.start_line, c.end_line, c.start_byte,"
    " c.end_byte, c.text_hash, c.passage_hash, c.words"
)
_FROM_CHUNKS: Final = f"SELECT {_CHUNK_COLUMNS} FROM chunks c JOIN files f USING (file_id)"  # noqa: S608 - constants only

_UPSERT_FILE: Final = (
    f"INSERT INTO files ({_FILE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"  # noqa: S608 - constants only
    " ON CONFLICT (path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,"
    " file_hash = excluded.file_hash, language = excluded.language, n_chunks = excluded.n_chunks,"
    " n_secrets = excluded.n_secrets, reason = excluded.reason, detail = excluded.detail"
)

FIRST_NAME: Final = "first_name"
N_FIRST: Final = "n_first"
"""Keys of the state: whose vectors stand in for those to come, and for how many chunks (first_vectors.py)."""

UNKNOWN_MTIME_NS: Final = -1
"""Equals no file's time: a file remembered with it is read again."""


@attrs.frozen
class Change:
    """What replacing some files means for the tables: chunk ids that go, and records that come or differ."""

    gone: frozenset[ChunkId]
    fresh: tuple[ChunkRecord, ...]
    """Chunks that are not there yet."""
    changed: tuple[ChunkRecord, ...]
    """Chunks that are there under the same id with other words, kind or language."""


Stamp: TypeAlias = "tuple[int, int]"


class Catalogue:
    """One open catalogue. Every method may be called by several threads; writing methods by the one writer."""

    def __init__(self, path: Path, *, is_writable: bool) -> None:
        """Open; a writer creates what is missing.

        Raises:
            sqlite3.Error: it cannot be opened or is no catalogue.
        """
        self._is_writable = is_writable
        self._lock = threading.RLock()
        self._n_transactions = 0  # under _lock
        self._counts: tuple[Stamp, IndexCounts] | None = None  # under _lock
        self._vocabulary: tuple[Stamp, Vocabulary] | None = None  # under _lock
        mode = "rwc" if is_writable else "ro"
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        self._connection = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            self._set_up(is_writable=is_writable)
        except BaseException:
            self._connection.close()
            raise

    def _set_up(self, *, is_writable: bool) -> None:
        self._connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        if not is_writable:
            self._connection.execute("SELECT COUNT(*) FROM state").fetchone()
            return
        self._connection.execute("PRAGMA journal_mode = WAL")
        # A kill loses nothing. A power failure may lose the last commits, which the next writer notices by the tables.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        if not self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'state'").fetchone():
            with self.transaction():
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    self._connection.execute(statement)

    def close(self) -> None:
        """Close the connection; a writer leaves one plain file behind, which readers look at without making others."""
        with self._lock:
            if self._is_writable:
                with suppress(sqlite3.Error):  # a reader has it open: the next writer will try again
                    self._connection.execute("PRAGMA busy_timeout = 0")
                    self._connection.execute("PRAGMA journal_mode = DELETE")
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; other threads of this process wait."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            else:
                self._connection.execute("COMMIT")
            finally:
                self._n_transactions += 1

    # Reading

    def stamp(self) -> Stamp:
        """Differs whenever the catalogue may have changed, through us or through others."""
        with self._lock:
            return self._all("PRAGMA data_version")[0][0], self._connection.total_changes + self._n_transactions

    def file(self, path: str) -> StoredFile | None:
        """One file, by path."""
        rows = self._all(_FROM_FILES + " WHERE path = ?", (path,))
        return stored_file_of(rows[0]) if rows else None

    def files(self) -> dict[str, StoredFile]:
        """Every file, by path."""
        return {row[0]: stored_file_of(row) for row in self._all(_FROM_FILES)}

    def counts(self) -> IndexCounts:
        """Indexed files, chunks, and chunks with vectors."""
        with self._lock:
            stamp = self.stamp()
            if self._counts is None or self._counts[0] != stamp:
                ((n_files, n_chunks),) = self._all("SELECT COUNT(*), TOTAL(n_chunks) FROM files WHERE reason IS NULL")
                ((n_embedded,),) = self._all("SELECT COUNT(*) FROM embedded")
                # A crash may leave more rows than chunks that lack a vector.
                n_first = max(0, min(int(self.state(N_FIRST) or 0), int(n_chunks) - n_embedded))
                self._counts = (stamp, IndexCounts(n_files, int(n_chunks), n_embedded, n_first))
            return self._counts[1]

    def state(self, key: str) -> str | float | None:
        """A single remembered value."""
        rows = self._all("SELECT value FROM state WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def fetch(self, chunk_ids: Sequence[ChunkId]) -> list[ChunkRecord]:
        """Records in the order asked, without those that are gone."""
        rows = self._in(f"{_FROM_CHUNKS} WHERE c.chunk_id IN", chunk_ids)
        found: dict[int, Row] = {row[0]: row for row in rows}
        return [record_of(found[chunk_id]) for chunk_id in chunk_ids if chunk_id in found]

    def chunks_of(self, path: str) -> list[ChunkRecord]:
        """Records of one file in line order."""
        rows = self._all(f"{_FROM_CHUNKS} WHERE f.path = ? ORDER BY c.start_line, c.start_byte, c.chunk_idx", (path,))
        return [record_of(row) for row in rows]

    def copies_of(self, text_hashes: Sequence[str]) -> list[ChunkRecord]:
        """Records by text hash, by path and line."""
        rows = self._in(f"{_FROM_CHUNKS} WHERE c.text_hash IN", [pack_hash(text_hash) for text_hash in text_hashes])
        return sorted(map(record_of, rows), key=lambda record: (record.path, record.span.start_line))

    def symbols(self, names: Sequence[str], limit: int) -> list[ChunkId]:
        """Chunks whose name or qualified symbol is one of `names`, in the order of the names, then of storage."""
        found: dict[ChunkId, None] = {}
        for key in dict.fromkeys(name.casefold() for name in names if name):
            rows = self._all(
                "SELECT s.chunk_id FROM symbols s JOIN chunks c USING (chunk_id)"
                " WHERE s.key = ? ORDER BY c.chunk_idx LIMIT ?",
                (key, limit),
            )
            found.update((ChunkId(row[0]), None) for row in rows)
        return list(found)[:limit]

    def named(self, stems: Sequence[str], limit: int) -> list[ChunkId]:
        """Chunks with most of `stems` somewhere in their symbol, else in their path, in this order."""
        if not stems:
            return []
        patterns = [f"%{stem}%" for stem in stems[:STEMS_ASKED]]  # stems are letters and digits: nothing to escape
        share = " + ".join(["(c.symbol LIKE ?) * 2 + (f.path LIKE ?)"] * len(patterns))
        rows = self._all(
            f"SELECT c.chunk_id, {share} AS n FROM chunks c JOIN files f USING (file_id)"  # noqa: S608 - no text of ours
            " WHERE n > 0 ORDER BY n DESC, c.chunk_idx LIMIT ?",
            (*(pattern for pattern in patterns for _column in range(2)), limit),
        )
        return [ChunkId(row[0]) for row in rows]

    def name_with(self, stem: str) -> str:
        """A symbol, else a path, with `stem` in it; empty when there is none."""
        for sql in (
            "SELECT symbol FROM chunks WHERE symbol LIKE ? LIMIT 1",
            "SELECT path FROM files WHERE path LIKE ? LIMIT 1",
        ):
            if rows := self._all(sql, (f"%{stem}%",)):
                return str(rows[0][0])
        return ""

    def nearest_terms(self, word: str, limit: int) -> list[str]:
        """Words of symbols and paths spelt most like `word`."""
        with self._lock:
            stamp = self.stamp()
            if self._vocabulary is None or self._vocabulary[0] != stamp:
                self._vocabulary = (stamp, Vocabulary(self._all("SELECT term, n_chunks FROM terms")))
            vocabulary = self._vocabulary[1]
        return vocabulary.nearest(word, limit)

    def embedded(self, chunk_ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Those of the chunks that have a vector."""
        return {ChunkId(row[0]) for row in self._in("SELECT chunk_id FROM embedded WHERE chunk_id IN", chunk_ids)}

    def present(self, chunk_ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Those of the chunks that are indexed."""
        return {ChunkId(row[0]) for row in self._in("SELECT chunk_id FROM chunks WHERE chunk_id IN", chunk_ids)}

    def ids_of_files(self, paths: Sequence[str]) -> list[ChunkId]:
        """Ids of all chunks of some files."""
        rows = self._in("SELECT c.chunk_id FROM chunks c JOIN files f USING (file_id) WHERE f.path IN", paths)
        return [ChunkId(row[0]) for row in rows]

    def all_ids(self) -> set[int]:
        """Ids of all chunks."""
        return {row[0] for row in self._all("SELECT chunk_id FROM chunks")}

    def all_embedded(self) -> set[int]:
        """Ids of all chunks with vectors."""
        return {row[0] for row in self._all("SELECT chunk_id FROM embedded")}

    def paths_of(self, chunk_ids: Sequence[ChunkId]) -> list[str]:
        """Paths of the files these chunks belong to."""
        rows = self._in(
            "SELECT DISTINCT f.path FROM chunks c JOIN files f USING (file_id) WHERE c.chunk_id IN", chunk_ids
        )
        return sorted({row[0] for row in rows})

    def change(self, files: Sequence[StoredFile], chunks: Sequence[ChunkRecord]) -> Change:
        """Compare what some files hold with what they are to hold."""
        rows = self._in(f"{_FROM_CHUNKS} WHERE f.path IN", [file.path for file in files])
        old = {row[0]: record_of(row) for row in rows}
        new = {record.chunk_id: record for record in chunks}
        changed = (record for key, record in new.items() if key in old and is_searched_otherwise(record, old[key]))
        return Change(
            gone=frozenset(key for key in old if key not in new),
            fresh=tuple(record for key, record in new.items() if key not in old),
            changed=tuple(changed),
        )

    # Writing: inside one `transaction` each

    def set_state(self, key: str, value: str | float) -> None:
        """Remember a single value."""
        self._connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (key, value))

    def forget_state(self, key: str) -> None:
        """Remember a value no longer."""
        self._connection.execute("DELETE FROM state WHERE key = ?", (key,))

    def distrust(self, paths: Iterable[str]) -> None:
        """Make sure that files are read again unless a later `put_files` says otherwise."""
        self._connection.executemany(
            "UPDATE files SET file_hash = '', mtime_ns = ? WHERE path = ?", ((UNKNOWN_MTIME_NS, path) for path in paths)
        )

    def put_files(self, files: Sequence[StoredFile], chunks: Sequence[ChunkRecord]) -> None:
        """Make `chunks` the whole content of `files`. A chunk whose id was there keeps its vector's mark."""
        chunk_ids = {record.chunk_id for record in chunks}
        paths = [file.path for file in files]
        old = self.ids_of_files(paths)
        self._forget_chunks(old)
        self._forget_vectors([chunk_id for chunk_id in old if chunk_id not in chunk_ids])
        n_chunks = Counter(record.path for record in chunks)
        self._connection.executemany(
            _UPSERT_FILE,
            [file_row(file, n_chunks[file.path]) for file in files],
        )
        file_ids: dict[str, int] = dict(self._in("SELECT path, file_id FROM files WHERE path IN", paths))
        self._connection.executemany(
            "INSERT INTO chunks VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [chunk_row(record, file_ids[record.path]) for record in chunks],
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO symbols VALUES (?, ?)", [pair for record in chunks for pair in symbol_pairs(record)]
        )
        self._count_terms(chunks, +1)

    def drop_files(self, paths: Sequence[str]) -> None:
        """Forget files, their chunks and which of these had vectors."""
        chunk_ids = self.ids_of_files(paths)
        self._forget_chunks(chunk_ids)
        self._forget_vectors(chunk_ids)
        self._connection.executemany("DELETE FROM files WHERE path = ?", ((path,) for path in paths))

    def touch(self, files: Sequence[StoredFile]) -> None:
        """Update size and time."""
        self._connection.executemany(
            "UPDATE files SET size = ?, mtime_ns = ? WHERE path = ?",
            [(file.size, file.mtime_ns, file.path) for file in files],
        )

    def add_vectors(self, chunk_ids: Iterable[ChunkId]) -> None:
        """Mark chunks as having vectors."""
        self._connection.executemany("INSERT OR IGNORE INTO embedded VALUES (?)", ((key,) for key in chunk_ids))

    def forget_vectors(self, chunk_ids: Sequence[ChunkId]) -> None:
        """Mark chunks, and the files they are in, as not having vectors."""
        self._forget_vectors(chunk_ids)
        self.mark_embedded(self.paths_of(chunk_ids))

    def forget_all_vectors(self) -> None:
        """Mark everything as not having vectors."""
        self._connection.execute("DELETE FROM embedded")
        self._connection.execute("UPDATE files SET is_embedded = (reason IS NULL AND n_chunks = 0)")

    def mark_embedded(self, paths: Iterable[str]) -> None:
        """Set `is_embedded` of files to what is true of their chunks."""
        self._connection.executemany(
            "UPDATE files SET is_embedded = (reason IS NULL AND NOT EXISTS (SELECT 1 FROM chunks c LEFT JOIN embedded e"
            " USING (chunk_id) WHERE c.file_id = files.file_id AND e.chunk_id IS NULL)) WHERE path = ?",
            ((path,) for path in paths),
        )

    def compact(self) -> None:
        """Give free pages back to the file system when they are a fair part of the file; outside a transaction."""
        with self._lock:
            n_free = self._all("PRAGMA freelist_count")[0][0]
            n_pages = self._all("PRAGMA page_count")[0][0]
            if n_free * 5 > n_pages:
                self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _forget_chunks(self, chunk_ids: Sequence[ChunkId]) -> None:
        records = self.fetch(chunk_ids)
        self._count_terms(records, -1)
        self._connection.executemany(
            "DELETE FROM symbols WHERE key = ? AND chunk_id = ?",
            [pair for record in records for pair in symbol_pairs(record)],
        )
        self._connection.executemany("DELETE FROM chunks WHERE chunk_id = ?", ((key,) for key in chunk_ids))

    def _forget_vectors(self, chunk_ids: Sequence[ChunkId]) -> None:
        self._connection.executemany("DELETE FROM embedded WHERE chunk_id = ?", ((key,) for key in chunk_ids))

    def _count_terms(self, records: Sequence[ChunkRecord], sign: int) -> None:
        counts = Counter(term for record in records for term in set(record.names.split()))
        self._connection.executemany(
            "INSERT INTO terms VALUES (?, ?) ON CONFLICT (term) DO UPDATE SET n_chunks = n_chunks + excluded.n_chunks",
            [(term, sign * count) for term, count in counts.items()],
        )
        if sign < 0:
            self._connection.executemany(
                "DELETE FROM terms WHERE term = ? AND n_chunks <= 0", [(term,) for term in counts]
            )

    def _all(self, sql: str, parameters: Sequence[object] = ()) -> list[SqlRow]:
        with self._lock:
            return self._connection.execute(sql, tuple(parameters)).fetchall()

    def _in(self, sql: str, values: Sequence[object]) -> list[SqlRow]:
        """Run `sql` … IN (values), in parts that SQLite accepts, on one state of the file."""
        rows: list[SqlRow] = []
        with self._lock:
            for start in range(0, len(values), PARAMETERS):
                part = values[start : start + PARAMETERS]
                rows += self._all(f"{sql} ({', '.join('?' * len(part))})", part)
        return rows
