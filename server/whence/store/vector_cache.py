"""Vectors by content, shared by all workspaces of this user: (model fingerprint, passage hash) → vector, in SQLite.

A cache: what it loses is embedded again. So a damaged file is set aside and begun anew, and a full disk or a long wait
for another process costs a line in the log, not the run.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from whence.domain import Fingerprint, PassageHash
from whence.store.disk import remove
from whence.store.records import pack_hash, unpack_hash

if TYPE_CHECKING:
    from whence.arrays import Float32

logger = logging.getLogger(__name__)

T = TypeVar("T")

LIMIT_VARIABLE: Final = "WHENCE_CACHE_MB"
DEFAULT_LIMIT_BYTES: Final = 2 << 30
"""About five million vectors of 384 dimensions."""

KEPT_SHARE: Final = 0.9
"""Trimming goes down to this share of the limit, so that it does not happen at every write."""

MIN_COSINE: Final = 0.9999
"""A vector whose eight-bit form is less like it than this is kept in sixteen bits. The usual one has 0.99998."""

BUSY_S: Final = 10.0
PARAMETERS: Final = 500
TRIM_ROWS: Final = 2_000
SECONDS_A_DAY: Final = 86_400

BLOCK: Final = 32
"""Numbers of a vector that share a scale (as in GGML's Q8_0): a model's first axes are far longer than its last."""

_AS_FLOAT16: Final = b"\x02"
_AS_BLOCKS: Final = b"\x03"
_FORMS: Final = frozenset({_AS_FLOAT16, _AS_BLOCKS})
"""First byte of a vector; one of another form, which an earlier version wrote, is not known."""

_LEAST_SCALE: Final = 1e-12
"""Keeps a block of zeros from being divided by zero."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS models (model_id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS vectors (
    vector_id INTEGER PRIMARY KEY, model_id INTEGER NOT NULL, hash NOT NULL, used_on INTEGER NOT NULL, vector BLOB NOT
    NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS vectors_by_hash ON vectors (hash, model_id);
"""


class SqliteVectorCache:
    """A `VectorCache`. Methods may be called by several threads and processes at once."""

    def __init__(self, path: Path, limit_bytes: int | None = None) -> None:
        """The file is opened by the first use. `limit_bytes`: else WHENCE_CACHE_MB, else 2 GiB."""
        self._path = path
        self._limit_bytes = _limit_from_environment() if limit_bytes is None else limit_bytes
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None  # under _lock
        self._model_ids: dict[str, int] = {}  # under _lock

    def get(self, fingerprint: Fingerprint, hashes: Sequence[PassageHash]) -> Mapping[PassageHash, Float32]:
        """The vectors that are known, as float32 [dim] unit rows."""
        keys = list({pack_hash(key): None for key in hashes})
        nothing: dict[bytes | str, bytes] = {}
        found = self._try(lambda connection: self._get(connection, fingerprint, keys), nothing)
        return {PassageHash(unpack_hash(key)): decode(blob) for key, blob in found.items() if blob[:1] in _FORMS}

    def put(self, fingerprint: Fingerprint, vectors: Mapping[PassageHash, Float32]) -> None:
        """Remember vectors; the least recently used go when the limit is reached."""
        if vectors:
            rows = [(pack_hash(key), encode(vector)) for key, vector in vectors.items()]
            self._try(lambda connection: self._put(connection, fingerprint, rows), None)

    def close(self) -> None:
        """Let go of the file; a later use opens it again."""
        with self._lock:
            self._close()

    def _get(
        self, connection: sqlite3.Connection, fingerprint: str, keys: Sequence[bytes | str]
    ) -> dict[bytes | str, bytes]:
        model_id = self._model_id(connection, fingerprint)
        today = _today()
        found: dict[bytes | str, bytes] = {}
        used: list[tuple[int, int]] = []
        for start in range(0, len(keys), PARAMETERS):
            part = keys[start : start + PARAMETERS]
            sql = (
                "SELECT hash, vector, vector_id, used_on FROM vectors"  # noqa: S608 - question marks only
                f" WHERE model_id = ? AND hash IN ({', '.join('?' * len(part))})"
            )
            for key, blob, vector_id, used_on in connection.execute(sql, (model_id, *part)):
                found[key] = blob
                if used_on != today:
                    used.append((today, vector_id))
        if used:
            # Once a day and vector: reading stays reading.
            with connection:
                connection.executemany("UPDATE vectors SET used_on = ? WHERE vector_id = ?", used)
        return found

    def _put(self, connection: sqlite3.Connection, fingerprint: str, rows: Sequence[tuple[bytes | str, bytes]]) -> None:
        model_id = self._model_id(connection, fingerprint)
        today = _today()
        with connection:
            connection.executemany(
                "INSERT INTO vectors (model_id, hash, used_on, vector) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (hash, model_id) DO UPDATE SET used_on = excluded.used_on, vector = excluded.vector",
                [(model_id, key, today, blob) for key, blob in rows],
            )
            self._trim(connection)

    def _trim(self, connection: sqlite3.Connection) -> None:
        """Delete the least recently used rows; their room is written again, so the file stays below the limit."""
        if _used_bytes(connection) <= self._limit_bytes:
            return
        while _used_bytes(connection) > self._limit_bytes * KEPT_SHARE:
            deleted = connection.execute(
                "DELETE FROM vectors WHERE vector_id IN"
                " (SELECT vector_id FROM vectors ORDER BY used_on, vector_id LIMIT ?)",
                (TRIM_ROWS,),
            )
            if not deleted.rowcount:
                return

    def _model_id(self, connection: sqlite3.Connection, fingerprint: str) -> int:
        if fingerprint not in self._model_ids:
            with connection:
                connection.execute("INSERT OR IGNORE INTO models (fingerprint) VALUES (?)", (fingerprint,))
            row = connection.execute("SELECT model_id FROM models WHERE fingerprint = ?", (fingerprint,)).fetchone()
            self._model_ids[fingerprint] = int(row[0])
        return self._model_ids[fingerprint]

    def _try(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Work with the file; with a new one when it is damaged; `otherwise` when neither can be had."""
        with self._lock:
            for is_last in (False, True):
                try:
                    return work(self._open())
                except (sqlite3.Error, OSError) as failure:  # noqa: PERF203 - tried twice at most
                    self._close()
                    if is_last or not _is_damage(failure):
                        logger.warning("vector cache %s not used: %s", self._path, failure)
                        return otherwise
                    self._set_aside(failure)
        return otherwise

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=BUSY_S, check_same_thread=False)
            self._connection = connection
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")  # a power failure may cost the cache, no more
            connection.executescript(_SCHEMA)
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._model_ids.clear()

    def _set_aside(self, failure: Exception) -> None:
        logger.warning("vector cache %s set aside: %s", self._path, failure)
        try:
            for end in ("-wal", "-shm"):
                remove(self._path.with_name(self._path.name + end))
            self._path.replace(self._path.with_name(self._path.name + ".set-aside"))
        except OSError as stuck:
            logger.warning("vector cache %s cannot be moved: %s", self._path, stuck)


def encode(vector: Float32) -> bytes:
    """A unit vector as bytes: eight bits a dimension where that loses less than 1 - MIN_COSINE, else sixteen."""
    import numpy as np

    if len(vector) % BLOCK == 0:
        blocks = vector.reshape(-1, BLOCK)
        scales = (np.abs(blocks).max(axis=1) / 127).astype(np.float16)
        levels = np.rint(blocks / np.maximum(scales.astype(np.float32), _LEAST_SCALE)[:, None])
        blob: bytes = _AS_BLOCKS + scales.tobytes() + np.clip(levels, -127, 127).astype(np.int8).tobytes()
        if float(decode(blob) @ vector) >= MIN_COSINE * float(np.linalg.norm(vector)):
            return blob
    halves: bytes = vector.astype(np.float16).tobytes()
    return _AS_FLOAT16 + halves


def decode(blob: bytes) -> Float32:
    """The float32 [dim] unit vector that `encode` was given, nearly."""
    import numpy as np

    if blob[:1] == _AS_BLOCKS:
        n_blocks = (len(blob) - 1) // (BLOCK + 2)
        scales = np.frombuffer(blob, np.float16, n_blocks, offset=1).astype(np.float32)
        levels = np.frombuffer(blob, np.int8, offset=1 + 2 * n_blocks).reshape(n_blocks, BLOCK)
        vector = (levels * scales[:, None]).reshape(-1)
    else:
        vector = np.frombuffer(blob, np.float16, offset=1).astype(np.float32)
    norm = float(np.linalg.norm(vector))
    return vector / np.float32(norm) if norm > 0.0 else vector


def _used_bytes(connection: sqlite3.Connection) -> int:
    n_pages, n_free, page_bytes = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (n_pages - n_free) * page_bytes


def _is_damage(failure: Exception) -> bool:
    message = str(failure)
    is_ours = any(
        word in message for word in ("malformed", "not a database", "no such column", "no such table", "disk I/O")
    )
    return isinstance(failure, sqlite3.DatabaseError) and is_ours


def _today() -> int:
    return int(time.time() // SECONDS_A_DAY)


def _limit_from_environment() -> int:
    try:
        return max(1, int(os.environ[LIMIT_VARIABLE])) << 20
    except (KeyError, ValueError):
        return DEFAULT_LIMIT_BYTES
