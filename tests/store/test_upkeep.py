"""Indexes are built, and the folder stays within its bound."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.store.support import DIMENSION, NO_FILTERS, Workbench, axis, chunk, paths_found, put
from whence.errors import StoreUnsupported, WhenceError
from whence.store import preload, tables, upkeep
from whence.store.disk import n_bytes_of
from whence.store.platform import missing_processor_features
from whence.store.spelling import edits


def test_the_folder_never_grows_past_its_bound(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "SLACK_BYTES", 200_000)
    monkeypatch.setattr("whence.store.index.COMMITS_BETWEEN", 16)
    index = bench.writer()
    folder = bench.home.index_dir(bench.root) / "tables"
    sizes = []
    for turn in range(60):
        records = [chunk(f"f{idx}.py", f"common w{turn} w{idx} " * 20) for idx in range(30)]
        put(index, *records, content=f"{turn}")
        index.add_vectors([record.path for record in records], records, np.tile(axis(turn), (30, 1)))
        if turn % 4 == 3:
            index.settle(is_final=False)
            index.settle(is_final=True)
            sizes.append(n_bytes_of(folder))

    assert max(sizes) <= 2 * (upkeep.GROWTH * min(sizes) + upkeep.SLACK_BYTES)
    assert len(index.search_words("common", 100, NO_FILTERS)) == 30


def test_a_table_that_is_large_enough_gets_a_vector_index_that_finds_the_same(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "VECTOR_INDEX_ROWS", 500)
    monkeypatch.setattr(upkeep, "TAIL_ROWS", 10)
    rows = np.random.default_rng(0).normal(size=(700, DIMENSION)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    records = [chunk(f"f{idx}.py", f"w{idx}") for idx in range(700)]
    index = bench.filled(*records)
    index.add_vectors([record.path for record in records[:600]], records[:600], rows[:600])
    index.settle(is_final=True)
    index.add_vectors([record.path for record in records[600:]], records[600:], rows[600:])
    exact = rows.astype(np.float16).astype(np.float32) @ rows[650]

    for _ in range(2):
        found = [scored.chunk_id for scored in index.search_vectors(rows[650], 10, NO_FILTERS)]
        assert set(found) == {records[idx].chunk_id for idx in np.argsort(-exact)[:10]}
        index.settle(is_final=True)

    tail = index._open_tables().tail(index._open_tables().vectors_name)
    assert (tail.n_rows, tail.n_unindexed) == (700, 0)


def test_words_added_later_join_the_index_when_there_are_many(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "TAIL_ROWS", 10)
    index = bench.filled(*(chunk(f"a{idx}.py", "common") for idx in range(20)))
    index.settle(is_final=False)
    put(index, *(chunk(f"b{idx}.py", "common") for idx in range(5)))
    index.settle(is_final=False)
    assert index._open_tables().tail(tables.CHUNKS).n_unindexed == 5

    put(index, *(chunk(f"c{idx}.py", "common") for idx in range(15)))
    index.settle(is_final=False)

    assert index._open_tables().tail(tables.CHUNKS).n_unindexed == 0
    assert len(paths_found(index, "common")) == 40


def test_index_that_was_settled_and_not_written_to_is_whole_for_the_next_writer(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = bench.filled(*(chunk(f"a{idx}.py", "common") for idx in range(20)))
    index.settle(is_final=False)
    put(index, chunk("b.py", "common"))
    bench.close()
    monkeypatch.setattr(upkeep, "TAIL_ROWS", 0)
    bench.writer().settle(is_final=False)
    bench.close()

    last = bench.writer()

    assert last.reset_reason is None
    assert len(paths_found(last, "common")) == 21


def test_searching_goes_on_while_old_versions_are_removed(bench: Workbench) -> None:
    index = bench.filled(*(chunk(f"a{idx}.py", "common") for idx in range(20)))
    index.settle(is_final=True)
    reader = bench.reader()
    is_done = threading.Event()
    found: list[int] = []
    failures: list[Exception] = []

    def search() -> None:
        while not is_done.is_set():
            try:
                found.append(len(reader.search_words("common", 100, NO_FILTERS)))
            except WhenceError as failure:
                failures.append(failure)

    thread = threading.Thread(target=search)
    thread.start()
    for turn in range(10):
        put(index, chunk(f"b{turn}.py", "common"))
        index._open_tables().optimize(tables.CHUNKS)
    is_done.set()
    thread.join()

    assert failures == []
    assert set(found) <= set(range(20, 31))


@pytest.mark.parametrize(
    ("one", "other", "n_edits"),
    [("same", "same", 0), ("sesion", "session", 1), ("sessoin", "session", 1), ("abcd", "wxyz", None), ("", "ab", 2)],
)
def test_edits_are_counted(one: str, other: str, n_edits: int | None) -> None:
    assert edits(one, other, 2) == n_edits
    assert edits(other, one, 2) == n_edits


def test_a_processor_without_the_needed_instructions_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nflags\t\t: fpu sse2 avx fma\n")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert missing_processor_features(tmp_path / "cpuinfo") == ["avx2"]
    assert missing_processor_features(tmp_path / "absent") == []

    monkeypatch.setattr(preload, "missing_processor_features", lambda: ["avx2"])
    monkeypatch.delitem(sys.modules, "lancedb", raising=False)
    with pytest.raises(StoreUnsupported, match="avx2"):
        preload.load_lancedb()
    preload.preload()
