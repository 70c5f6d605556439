"""The store alone at 10,000, 25,000 and 50,000 chunks: time to write and settle, disk by part, memory, queries by kind.

    python -m benchmarks.store_scale [N ...]

Every size runs in a process of its own. Text is the Python source of this environment, cut into pieces of 24 lines;
vectors are clustered random ones of 384 dimensions. Prints a table and keeps a dated JSON file in benchmarks/results.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import psutil

from benchmarks.measure import RESULTS, describe_machine, percentile
from whence.arrays import Float32
from whence.domain import (
    ChunkId,
    ChunkRecord,
    FileHash,
    Filters,
    Fingerprint,
    Kind,
    PassageHash,
    Span,
    StoredFile,
    TextHash,
)
from whence.store.disk import pieces_of
from whence.store.home import IndexHome
from whence.store.index import Index
from whence.store.preload import load_lancedb
from whence.text.words import names_of, words_of

SIZES = (10_000, 25_000, 50_000)
DIMENSION = 384
LINES_A_CHUNK = 24
WORDS_A_CHUNK = 160
BATCH_CHUNKS = 400
N_QUERIES = 60
FINGERPRINT = Fingerprint("5" * 32)
_DEFINITION = re.compile(r"^\s*(?:def|class) (\w+).*$", re.MULTILINE)


@attrs.frozen
class SourceFile:
    """One file's chunks."""

    stored: StoredFile
    chunks: Sequence[ChunkRecord]


def main() -> None:
    """Measure every size and keep the result."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    results = []
    for size in sizes:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.store_scale", "--one", str(size)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        results.append(json.loads(done.stdout.splitlines()[-1]))
        print_result(results[-1])
    today = dt.datetime.now(tz=dt.timezone.utc).date().isoformat()
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{today}-store-scale.json"
    path.write_text(json.dumps({"machine": describe_machine(), "sizes": results}, indent=1) + "\n", encoding="utf-8")


def measure(n_chunks: int) -> dict[str, Any]:
    """Build an index of `n_chunks` in a temporary home and query it."""
    files = read_files(n_chunks)
    vectors = clustered(n_chunks)
    load_lancedb()
    process = psutil.Process()
    with tempfile.TemporaryDirectory() as folder, Memory(process) as memory:
        home = IndexHome(Path(folder) / "home")
        root = Path(folder) / "root"
        root.mkdir()
        index = home.open_for_writing(root, FINGERPRINT, "bench", DIMENSION)
        seconds = build(index, files, vectors, home)
        index.close()
        peak = memory.peak_above_start
        parts = bytes_by_part(home, root, n_chunks)
        reader = home.open_for_reading(root)
        queries = time_queries(reader, files, vectors)
        reader.close()
        return {
            "n_chunks": n_chunks,
            "n_files": len(files),
            "words_a_chunk": statistics.mean(len(c.words.split()) for f in files for c in f.chunks),
            "seconds": seconds,
            "bytes_a_chunk": parts,
            "peak_mb": peak / 1e6,
            "query_ms": queries,
            "update": time_update(home, root, files, vectors),
        }


def build(index: Index, files: Sequence[SourceFile], vectors: Float32, home: IndexHome) -> dict[str, float]:
    """Write words, settle, write vectors into cache and index, settle; seconds of each."""
    cache = home.vector_cache()
    clock = Clock()
    for batch in batches(files):
        with clock.time("words"):
            index.replace([f.stored for f in batch], [c for f in batch for c in f.chunks], {})
    with clock.time("settle words"):
        index.settle(False)
    start = 0
    for batch in batches(files):
        chunks = [c for f in batch for c in f.chunks]
        rows = vectors[start : start + len(chunks)]
        start += len(chunks)
        with clock.time("cache"):
            cache.put(FINGERPRINT, {c.passage_hash: row for c, row in zip(chunks, rows, strict=True)})
        with clock.time("vectors"):
            index.add_vectors([f.stored.path for f in batch], chunks, rows)
    with clock.time("settle all"):
        index.settle(True)
    cache.close()
    return clock.seconds


def time_queries(index: Index, files: Sequence[SourceFile], vectors: Float32) -> dict[str, list[float]]:
    """Milliseconds, p50 and p95, by kind of query."""
    rng = random.Random(7)
    chunks = [c for f in files for c in f.chunks]
    questions = [" ".join(rng.sample(rng.choice(chunks).words.split(), 4)) for _ in range(N_QUERIES)]
    noise = np.random.default_rng(8).normal(scale=0.02, size=(N_QUERIES, DIMENSION))
    asked = [unit(vectors[rng.randrange(len(vectors))] + row) for row in noise]
    picked = [[c.chunk_id for c in rng.sample(chunks, 100)] for _ in range(N_QUERIES)]
    paths = [rng.choice(files).stored.path for _ in range(N_QUERIES)]
    names = [rng.choice(chunks).name or "main" for _ in range(N_QUERIES)]
    no, globbed = Filters(), Filters(path_globs=("*a*.py", "!test_*"))
    lanes = ThreadPoolExecutor(1)

    def side_by_side(idx: int) -> object:
        words = lanes.submit(index.search_words, questions[idx], 80, no)
        return index.search_vectors(asked[idx], 80, no), words.result()

    kinds: dict[str, Callable[[int], object]] = {
        "words": lambda idx: index.search_words(questions[idx], 80, no),
        "words, path filter": lambda idx: index.search_words(questions[idx], 80, globbed),
        "vectors": lambda idx: index.search_vectors(asked[idx], 80, no),
        "vectors, path filter": lambda idx: index.search_vectors(asked[idx], 80, globbed),
        "words beside vectors": side_by_side,
        "symbols": lambda idx: index.search_symbols([names[idx]], 80, no),
        "fetch 100": lambda idx: index.fetch(picked[idx]),
        "chunks of a file": lambda idx: index.chunks_of(paths[idx]),
        "vectors of 100": lambda idx: index.vectors_of(picked[idx]),
        "terms like": lambda idx: index.terms_like(questions[idx].split()[0] + "x", 3),
        "copies of": lambda idx: index.copies_of([chunks[idx].text_hash]),
        "counts": lambda _idx: index.counts(),
        "files": lambda _idx: index.files(),
    }
    return {name: list(timed(query)) for name, query in kinds.items()}


def time_update(home: IndexHome, root: Path, files: Sequence[SourceFile], vectors: Float32) -> dict[str, float]:
    """Seconds to open, replace one file of an index at rest, settle and close."""
    clock = Clock()
    with clock.time("open"):
        index = home.open_for_writing(root, FINGERPRINT, "bench", DIMENSION)
    file = files[0]
    chunks = [attrs.evolve(c, chunk_id=ChunkId(c.chunk_id ^ 1)) for c in file.chunks]
    with clock.time("replace a file"):
        index.replace([file.stored], chunks, {c.chunk_id: vectors[0] for c in chunks})
    with clock.time("settle"):
        index.settle(True)
    with clock.time("close"):
        index.close()
    return clock.seconds


def timed(query: Callable[[int], object]) -> tuple[float, float]:
    """p50 and p95 in milliseconds over N_QUERIES, after a few to warm up."""
    for idx in range(3):
        query(idx)
    taken = []
    for idx in range(N_QUERIES):
        start = time.perf_counter()
        query(idx)
        taken.append((time.perf_counter() - start) * 1000)
    return percentile(taken, 0.5), percentile(taken, 0.95)


def bytes_by_part(home: IndexHome, root: Path, n_chunks: int) -> dict[str, float]:
    """Bytes a chunk of each part of an index, and of its vectors in the cache."""
    parts: dict[str, int] = {}
    for name, size in pieces_of(home.index_dir(root)).items():
        steps = name.split("/")
        part = "/".join(steps[1:3]) if steps[0] == "tables" else steps[0]
        parts[part] = parts.get(part, 0) + size
    parts["vector cache"] = home.status(root, None).cache_bytes
    parts["all"] = sum(parts.values())
    return {name: size / n_chunks for name, size in sorted(parts.items())}


def read_files(n_chunks: int) -> list[SourceFile]:
    """Source files of this environment, until they give `n_chunks` chunks of about 120 words."""
    rng = random.Random(1)
    folders = {Path(path) for path in sys.path if path and Path(path).is_dir()}
    paths = sorted({path for folder in folders for path in folder.rglob("*.py")})
    rng.shuffle(paths)
    files: list[SourceFile] = []
    n_left = n_chunks
    for path in paths:
        chunks = cut(path)[:n_left]
        if chunks:
            n_left -= len(chunks)
            stored = StoredFile(chunks[0].path, 1000, 1, FileHash("0" * 32), "python", len(chunks))
            files.append(SourceFile(stored, chunks))
        if not n_left:
            return files
    sys.exit(f"this environment has only {n_chunks - n_left} chunks of Python source")


def cut(path: Path) -> list[ChunkRecord]:
    """A file's pieces as records."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError):
        return []
    name = "/".join(path.parts[-5:])
    starts = range(0, min(len(lines), 6000), LINES_A_CHUNK)
    return [record for start in starts if (record := record_of(name, lines, start)) is not None]


def record_of(path: str, lines: Sequence[str], start: int) -> ChunkRecord | None:
    """One piece; None where it has hardly any words."""
    text = "".join(lines[start : start + LINES_A_CHUNK])
    words = words_of(text).split()[:WORDS_A_CHUNK]
    if len(words) < 20:
        return None
    found = _DEFINITION.search(text)
    symbol = found[1] if found else ""
    digest = blake2b(f"{path}:{start}:{text}".encode(), digest_size=16).hexdigest()
    return ChunkRecord(
        chunk_id=ChunkId(int(digest[:15], 16)),
        path=path,
        language="python",
        kind=Kind.FUNCTION if symbol else Kind.BLOCK,
        name=symbol,
        symbol=f"Module.{symbol}" if symbol else "",
        signature=found[0].strip() if found else "",
        span=Span(start + 1, start + LINES_A_CHUNK, start * 30, start * 30 + len(text)),
        text_hash=TextHash(digest[:16]),
        passage_hash=PassageHash(digest),
        words=" ".join(words),
        names=names_of(symbol, path),
    )


def clustered(n_rows: int) -> Float32:
    """Unit vectors in 2,000 clusters of 200 groups: the nearest are alike, as those of code are."""
    rng = np.random.default_rng(0)
    groups = rng.normal(size=(200, DIMENSION))
    centres = groups[rng.integers(0, 200, 2000)] + 0.8 * rng.normal(size=(2000, DIMENSION))
    rows = np.empty((n_rows, DIMENSION), dtype=np.float32)
    for start in range(0, n_rows, 5000):
        part = rows[start : start + 5000]
        part[:] = centres[rng.integers(0, 2000, len(part))] + 0.8 * rng.normal(size=part.shape)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return rows


def unit(vector: Any) -> Float32:
    """Scaled to length 1."""
    scaled: Float32 = (vector / np.linalg.norm(vector)).astype(np.float32)
    return scaled


def batches(files: Sequence[SourceFile]) -> list[list[SourceFile]]:
    """Files in runs of some BATCH_CHUNKS chunks."""
    runs: list[list[SourceFile]] = [[]]
    for file in files:
        runs[-1].append(file)
        if sum(len(f.chunks) for f in runs[-1]) >= BATCH_CHUNKS:
            runs.append([])
    return [run for run in runs if run]


class Clock:
    """Adds up seconds by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, name: str) -> Clock:
        """Count the time of a `with` block under a name."""
        self._name = name
        return self

    def __enter__(self) -> None:
        self._start = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        if "-v" in sys.argv:
            print(f"{self._name:14s} {psutil.Process().memory_info().rss / 1e6:.0f} MB", file=sys.stderr)
        self.seconds[self._name] = self.seconds.get(self._name, 0.0) + time.perf_counter() - self._start


class Memory:
    """Watches resident memory from a thread while a `with` block runs."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._start = process.memory_info().rss
        self._peak = self._start
        self._is_done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def peak_above_start(self) -> int:
        """Bytes above what the process held at the beginning."""
        return int(self._peak - self._start)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._is_done.wait(0.02):
            self._peak = max(self._peak, self._process.memory_info().rss)


def print_result(result: dict[str, Any]) -> None:
    """One size as lines."""
    print(f"{result['n_chunks']:,} chunks of {result['words_a_chunk']:.0f} words in {result['n_files']:,} files")
    print("  seconds  ", ", ".join(f"{name} {value:.1f}" for name, value in result["seconds"].items()))
    print("  update   ", ", ".join(f"{name} {value:.3f}" for name, value in result["update"].items()))
    print("  bytes    ", ", ".join(f"{name} {value:.0f}" for name, value in result["bytes_a_chunk"].items()))
    print("  memory   ", f"{result['peak_mb']:.0f} MB above the imports")
    for name, (p50, p95) in result["query_ms"].items():
        print(f"  {name:22s} p50 {p50:7.2f}  p95 {p95:7.2f} ms")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(int(sys.argv[2]))))
    else:
        main()
