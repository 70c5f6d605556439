"""The vectors of a table in memory, for a process that searches it again and again.

LanceDB plans every query anew, which takes 8 ms whatever the table's size. Here a vector is compared by its first
numbers along the table's own principal axes, and the likeliest are compared again in full; nothing is approximated that
the caller sees but by a candidate missed there (benchmarks/store_vectors.py says how many are).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import attrs

from whence.domain import ChunkId
from whence.store.failures import TABLE_FAILURES
from whence.store.rows import unit

if TYPE_CHECKING:
    from whence.arrays import Float16, Float32, Int64

logger = logging.getLogger(__name__)

COARSE: Final = 128
"""Numbers that all vectors are compared by."""

CANDIDATES: Final = 8
MIN_CANDIDATES: Final = 400
"""Candidates compared in full: so many for each that is asked for, and not fewer than these."""

MAX_BYTES: Final = 256_000_000
"""200,000 vectors of 384 numbers; a larger table is searched on disk alone."""

SAMPLED: Final = 20_000
"""Vectors that the principal axes are computed from."""

SLAB: Final = 8_192
"""Vectors turned at once, which bounds what is held in 32 bits meanwhile."""


def bytes_of(n_rows: int, dimension: int) -> int:
    """What holding so many vectors takes."""
    return n_rows * (16 + 2 * dimension + 4 * min(COARSE, dimension))


@attrs.frozen(eq=False)
class Resident:
    """Unit vectors of one version of a table."""

    version: int
    ids: Int64
    """[n_rows]"""
    order: Int64
    """[n_rows]: where the ids are, by size."""
    rows: Float16
    """[n_rows, dimension]"""
    axes: Float32
    """[dimension, n_coarse]: principal axes, the first the one the vectors agree in most."""
    coarse: Float32
    """[n_coarse, n_rows]: the vectors along them; BLAS multiplies this way round in half the time."""

    @classmethod
    def of(cls, version: int, ids: Int64, rows: Float16) -> Resident:
        """Turn float16 [n_rows, dimension] unit vectors onto their principal axes."""
        import numpy as np

        sample = rows[:: max(1, len(rows) // SAMPLED)].astype(np.float32)
        # Not centred: what is to be kept is the product with a query, not the spread.
        _, vectors = np.linalg.eigh(sample.T @ sample)
        axes = np.ascontiguousarray(vectors[:, ::-1][:, :COARSE], dtype=np.float32)
        coarse = np.empty((axes.shape[1], len(rows)), np.float32)
        for start in range(0, len(rows), SLAB):
            coarse[:, start : start + SLAB] = (rows[start : start + SLAB].astype(np.float32) @ axes).T
        return cls(version, ids, np.argsort(ids), rows, axes, coarse)

    def rows_of(self, chunk_ids: Sequence[ChunkId]) -> dict[ChunkId, Float32]:
        """The vectors of these chunks as float32 [dimension] unit rows; those that have none are left out."""
        import numpy as np

        asked = np.fromiter(chunk_ids, np.int64, len(chunk_ids))
        ranks = np.minimum(np.searchsorted(self.ids, asked, sorter=self.order), len(self.ids) - 1)
        places = self.order[ranks]
        is_there = self.ids[places] == asked
        rows = unit(self.rows[places[is_there]])
        return {ChunkId(key): row for key, row in zip(asked[is_there].tolist(), rows, strict=True)}

    def nearest(self, vector: Float32, limit: int) -> tuple[list[int], list[float]]:
        """Ids and cosines of the rows nearest to a float32 [dimension] unit vector, best first."""
        import numpy as np

        n_candidates = min(len(self.ids), max(MIN_CANDIDATES, limit * CANDIDATES))
        likely = np.argpartition((vector @ self.axes) @ self.coarse, -n_candidates)[-n_candidates:]
        cosines = unit(self.rows[likely]) @ vector
        best = np.argsort(-cosines, kind="stable")[:limit]
        return self.ids[likely[best]].tolist(), np.clip(cosines[best], -1.0, 1.0).tolist()


class Residency:
    """Holds the vectors of a table's newest version from its second search on. Methods may be called by any thread."""

    def __init__(self, read: Callable[[], Resident | None]) -> None:
        """`read` reads what is held, or None where that must not be; it runs on a thread of its own."""
        self._read = read
        self._lock = threading.RLock()
        self._held: Resident | None = None  # under _lock, as all below
        self._seen: int | None = None
        self._refused: int | None = None
        """A version that must not be held or could not be read."""
        self._is_reading = False
        self._is_closed = False
        self._lane = ThreadPoolExecutor(1, "whence-resident")

    def peek(self, version: int) -> Resident | None:
        """The vectors of this version; None where they are not held."""
        with self._lock:
            return self._held if self._held is not None and self._held.version == version else None

    def of(self, version: int) -> Resident | None:
        """The same for a search: the second one of a version has it read."""
        with self._lock:
            if (held := self.peek(version)) is not None:
                return held
            self._held = None  # of a version that is gone
            if self._seen != version:
                self._seen = version
            elif self._refused != version and not self._is_reading and not self._is_closed:
                self._is_reading = True
                self._lane.submit(self._fill, version)
            return None

    def close(self) -> None:
        """Let go of the vectors."""
        with self._lock:
            self._held, self._is_closed = None, True
        self._lane.shutdown(wait=False, cancel_futures=True)

    def _fill(self, version: int) -> None:
        found: Resident | None = None
        try:
            found = self._read()
        except (*TABLE_FAILURES, MemoryError) as failure:
            logger.info("vectors stay on disk: %s", failure)
        with self._lock:
            self._held = None if self._is_closed else found
            self._refused = version if found is None else None
            self._is_reading = False
