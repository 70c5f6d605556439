"""Vectors in memory: the same answers as from disk, never older than what is on disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest
from lancedb.table import AsyncTable

from tests.store.support import DIMENSION, NO_FILTERS, Workbench, axes, axis, chunk, put
from whence.arrays import Float32
from whence.domain import ChunkId, Filters, Kind
from whence.store import resident, tables
from whence.store.resident import Residency, Resident

N_CHUNKS = 60


class AtOnce:
    """An executor that has done what it is given before it returns."""

    def __init__(self, *_: object) -> None:
        pass

    def submit(self, work: Callable[..., object], *arguments: object) -> Future[object]:
        work(*arguments)
        return Future()

    def shutdown(self, **_: object) -> None:
        pass


class Looked:
    """How often vectors in memory were searched."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.n_times = 0
        search = Resident.nearest

        def counted(held: Resident, vector: Float32, limit: int) -> Any:
            self.n_times += 1
            return search(held, vector, limit)

        monkeypatch.setattr(Resident, "nearest", counted)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Looked:
    monkeypatch.setattr(resident, "ThreadPoolExecutor", AtOnce)
    return Looked(monkeypatch)


def unit_rows(n_rows: int, dimension: int, seed: int = 0) -> Float32:
    """Unit rows that vary more along some directions than along others, as those of passages do."""
    turned, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((dimension, dimension)))
    spread = np.arange(1, dimension + 1) ** -0.7
    rows = (np.random.default_rng(seed + 1).standard_normal((n_rows, dimension)) * spread) @ turned
    unit: Float32 = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def filled(bench: Workbench) -> list[ChunkId]:
    """N_CHUNKS chunks with vectors, every third a test; their ids."""
    records = [
        chunk(f"f{idx}.py", f"common w{idx}", kind=Kind.FUNCTION if idx % 3 else Kind.TEST) for idx in range(N_CHUNKS)
    ]
    writer = bench.filled(*records)
    writer.add_vectors([record.path for record in records], records, unit_rows(N_CHUNKS, DIMENSION))
    return [record.chunk_id for record in records]


def test_answers_from_memory_are_those_from_disk(bench: Workbench, looked: Looked) -> None:
    ids = filled(bench)
    reader = bench.reader()

    from_disk = [reader.search_vectors(axis(idx), 7, NO_FILTERS) for idx in range(2)]
    held = reader.vectors_of(ids[:5])  # the second search had the vectors read
    assert looked.n_times == 0
    from_memory = [reader.search_vectors(axis(idx), 7, NO_FILTERS) for idx in range(2)]

    assert looked.n_times == 2
    for disk, memory in zip(from_disk, from_memory, strict=True):
        assert [one.chunk_id for one in memory] == [one.chunk_id for one in disk]
        assert [one.score for one in memory] == pytest.approx([one.score for one in disk], abs=1e-3)
    fresh = bench.reader().vectors_of(ids[:5])
    assert list(held) == ids[:5]
    for key, row in fresh.items():
        np.testing.assert_allclose(held[key], row, atol=1e-6)


class Warmed:
    """The indexes that LanceDB was asked to read into its cache."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failure: Exception | None = None) -> None:
        self.names: list[str] = []

        async def prewarm(_: AsyncTable, name: str) -> None:
            self.names.append(name)
            if failure is not None:
                raise failure

        monkeypatch.setattr(AsyncTable, "prewarm_index", prewarm)


def ask(bench: Workbench, n_times: int) -> None:
    """Search by vector so often, in a process of its own."""
    reader = bench.reader()
    for _ in range(n_times):
        reader.search_vectors(axis(0), 7, NO_FILTERS)


@pytest.fixture
def indexed(bench: Workbench) -> Workbench:
    filled(bench)
    bench.opened[0].settle(is_final=True)
    return bench


def test_the_words_index_is_read_into_memory_with_the_vectors(
    indexed: Workbench, looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed = Warmed(monkeypatch)

    ask(indexed, 1)
    assert not warmed.names
    ask(indexed, 4)

    assert warmed.names == ["words_idx"]
    assert looked.n_times == 2


def test_a_words_index_larger_than_the_cache_stays_on_disk(
    indexed: Workbench, looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed = Warmed(monkeypatch)
    monkeypatch.setattr(tables, "INDEX_CACHE_BYTES", tables.WORDS_BYTES * N_CHUNKS - 1)

    ask(indexed, 3)

    assert not warmed.names
    assert looked.n_times == 1


def test_vectors_are_held_when_the_words_index_cannot_be_read_ahead(
    indexed: Workbench, looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed = Warmed(monkeypatch, RuntimeError("no room"))

    ask(indexed, 3)

    assert warmed.names == ["words_idx"]
    assert looked.n_times == 1


def test_what_another_process_writes_is_found_at_once(bench: Workbench, looked: Looked) -> None:
    ids = filled(bench)
    reader = bench.reader()
    for _ in range(3):
        reader.search_vectors(axis(0), 7, NO_FILTERS)
    assert looked.n_times == 1

    new = chunk("new.py", "common new")
    writer = bench.opened[0]
    put(writer, new)
    writer.add_vectors(["new.py"], [new], axes(0))
    writer.drop(["f0.py"])

    assert reader.search_vectors(axis(0), 1, NO_FILTERS)[0].chunk_id == new.chunk_id
    assert looked.n_times == 1
    found = [reader.search_vectors(axis(0), 100, NO_FILTERS) for _ in range(2)][-1]
    assert looked.n_times == 2
    assert {one.chunk_id for one in found} == {*ids[1:], new.chunk_id}
    assert reader.vectors_of([ids[0]]) == {}


def test_filters_hold_when_vectors_are_in_memory(bench: Workbench, looked: Looked) -> None:
    filled(bench)
    reader = bench.reader()
    for _ in range(3):
        reader.search_vectors(axis(0), 7, NO_FILTERS)

    found = reader.search_vectors(axis(0), 100, Filters(kinds=(Kind.TEST,)))

    assert {record.kind for record in reader.fetch([one.chunk_id for one in found])} == {Kind.TEST}
    assert len(found) == N_CHUNKS / 3


def test_vectors_that_would_take_too_much_memory_stay_on_disk(
    bench: Workbench, looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(bench)
    monkeypatch.setattr(tables, "MAX_BYTES", N_CHUNKS * DIMENSION)
    reader = bench.reader()

    found = [reader.search_vectors(axis(0), 7, NO_FILTERS) for _ in range(4)]

    assert (looked.n_times, len(found[-1])) == (0, 7)


def test_the_nearest_along_principal_axes_are_the_nearest() -> None:
    rows, asked = unit_rows(20_000, 384), unit_rows(30, 384, seed=1)
    held = Resident.of(1, np.arange(20_000)[::-1].copy(), rows.astype(np.float16))

    n_found = 0
    for vector in asked:
        ids, cosines = held.nearest(vector, 40)
        exact = rows @ vector
        nearest = np.argsort(-exact)[:40]
        n_found += len({19_999 - one for one in ids} & set(nearest.tolist()))
        assert cosines == sorted(cosines, reverse=True)
        np.testing.assert_allclose(cosines, exact[[19_999 - one for one in ids]], atol=2e-3)

    assert held.coarse.shape == (128, 20_000)
    assert n_found / 30 / 40 >= 0.97


@pytest.mark.parametrize("n_rows", [1, 3])
def test_few_rows_are_all_found(n_rows: int) -> None:
    held = Resident.of(1, np.arange(n_rows), axes(*range(n_rows)).astype(np.float16))

    assert held.nearest(axis(0), 10)[0][0] == 0
    assert list(held.rows_of([ChunkId(0), ChunkId(99), ChunkId(-5)])) == [0]


def small(version: int) -> Resident:
    return Resident.of(version, np.arange(3), axes(0, 1, 2).astype(np.float16))


def test_the_second_search_of_a_version_has_it_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resident, "ThreadPoolExecutor", AtOnce)
    residency = Residency(lambda: small(1))

    assert [residency.peek(1) for _ in range(3)] == [None] * 3  # looking a vector up is no search
    assert [residency.of(1) is None for _ in range(3)] == [True, True, False]
    assert residency.peek(1) is not None
    assert residency.of(2) is None  # another version: what is held is older
    assert residency.of(1) is None  # and gone


def test_vectors_that_cannot_be_read_are_tried_again_with_the_next_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resident, "ThreadPoolExecutor", AtOnce)
    tried: list[int] = []

    def read() -> Resident:
        tried.append(1)
        if len(tried) == 1:
            raise OSError("gone")
        return small(2)

    residency = Residency(read)

    assert [residency.of(1) for _ in range(5)] == [None] * 5
    assert len(tried) == 1
    assert [residency.of(2) is None for _ in range(3)] == [True, True, False]


def test_nothing_is_read_after_closing() -> None:
    residency = Residency(lambda: small(1))
    residency.of(1)

    residency.close()

    assert [residency.of(1) for _ in range(3)] == [None] * 3
