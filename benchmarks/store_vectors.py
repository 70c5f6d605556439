"""From how many rows a vector index pays, and what it misses: exact search against IVF_SQ, 384 dimensions, 16 bits.

And what holding the vectors in memory saves a process that asks again and again (store/resident.py).

    python -m benchmarks.store_vectors [N ...]

Chose VECTOR_INDEX_ROWS, PROBES and REFINE in store/tables.py. Keeps a dated Markdown file in benchmarks/results.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Row, percentile, write_result
from benchmarks.store_scale import DIMENSION, clustered
from whence.store.preload import load_lancedb
from whence.store.resident import Resident, bytes_of
from whence.store.tables import SAMPLE_RATE

SIZES = (5_000, 10_000, 25_000, 50_000, 100_000)
N_QUERIES = 60
LIMIT = 80
SETTINGS = ((20, 1), (20, 2), (20, 4), (10, 2), (40, 2))
"""Partitions read, candidates a hit compared with their exact vectors."""


def main() -> None:
    """Measure every size and keep the result."""
    rows = [row for size in [int(size) for size in sys.argv[1:]] or SIZES for row in measure(size)]
    write_result(
        "store-vectors", rows, [f"{N_QUERIES} queries for the {LIMIT} nearest; recall is of the exact 10 and {LIMIT}"]
    )


def measure(n_rows: int) -> list[Row]:
    """Exact and indexed searches over one table."""
    import pyarrow as pa
    from lancedb.index import IvfSq

    vectors = clustered(n_rows + N_QUERIES)
    asked, stored = vectors[n_rows:], vectors[:n_rows].astype(np.float16)
    truth = [np.argsort(-(stored.astype(np.float32) @ query))[:LIMIT] for query in asked]
    with tempfile.TemporaryDirectory() as folder:
        column = pa.FixedSizeListArray.from_arrays(pa.array(stored.reshape(-1)), DIMENSION)
        table = (
            load_lancedb()
            .connect(Path(folder))
            .create_table("v", pa.table({"id": np.arange(n_rows), "vector": column}))
        )

        def search(query: Any) -> Any:
            builder = table.search(query.astype(np.float16), vector_column_name="vector").distance_type("cosine")
            return builder.select(["id", "_distance"]).limit(LIMIT)

        rows = [row_of(n_rows, "exact", ids_of(lambda query: search(query).to_arrow()), asked, truth)]
        start = time.perf_counter()
        table.create_index("vector", config=IvfSq(distance_type="cosine", sample_rate=SAMPLE_RATE))
        rows.append(Row(f"{n_rows:,} rows: IVF_SQ built", f"{time.perf_counter() - start:.1f} s"))
        for probes, refine in SETTINGS:

            def indexed(query: Any, probes: int = probes, refine: int = refine) -> Any:
                return search(query).nprobes(probes).refine_factor(refine).to_arrow()

            rows.append(row_of(n_rows, f"IVF_SQ, {probes} probes, refine {refine}", ids_of(indexed), asked, truth))
    start = time.perf_counter()
    held = Resident.of(1, np.arange(n_rows), stored)
    taken = f"{time.perf_counter() - start:.1f} s, {bytes_of(n_rows, DIMENSION) / 1e6:.0f} MB"
    rows.append(Row(f"{n_rows:,} rows: turned and held in memory", taken))
    rows.append(row_of(n_rows, "in memory", lambda query: held.nearest(query, LIMIT)[0], asked, truth))
    return rows


def ids_of(search: Callable[[Any], Any]) -> Callable[[Any], list[int]]:
    """The same search, with its ids alone."""
    return lambda query: search(query)["id"].to_pylist()


def row_of(n_rows: int, name: str, search: Callable[[Any], list[int]], asked: Any, truth: list[Any]) -> Row:
    """Time and recall of one way to search."""
    search(asked[0])
    taken, found_10, found_all = [], 0, 0
    for query, near in zip(asked, truth, strict=True):
        start = time.perf_counter()
        ids = search(query)
        taken.append((time.perf_counter() - start) * 1000)
        found_10 += len(set(ids[:10]) & set(near[:10].tolist()))
        found_all += len(set(ids) & set(near.tolist()))
    recalls = f"recall@10 {found_10 / len(asked) / 10:.3f}, @{LIMIT} {found_all / len(asked) / LIMIT:.3f}"
    return Row(
        f"{n_rows:,} rows: {name}", f"p50 {percentile(taken, 0.5):.1f} p95 {percentile(taken, 0.95):.1f} ms, {recalls}"
    )


if __name__ == "__main__":
    main()
