"""Vectors of a first model stand in for those to come, and go when these are there."""

from __future__ import annotations

from collections.abc import Sequence

from tests.store.support import (
    DIMENSION,
    FIRST_MODEL,
    NO_FILTERS,
    Workbench,
    axes,
    axis,
    chunk,
    file,
    is_consistent,
    put,
)
from whence.domain import ChunkRecord, Fingerprint
from whence.store.format import TABLES_NAME, table_name_of
from whence.store.index import Index

OTHER_FIRST = Fingerprint("07h3r")
OTHER_MODEL = Fingerprint("m0d31")

ONE = chunk("a.py", "common one")
TWO = chunk("b.py", "common two")


def add_first(index: Index, *chunks: ChunkRecord, fingerprint: Fingerprint = FIRST_MODEL) -> None:
    index.add_first_vectors(fingerprint, "quick", chunks, axes(*range(len(chunks))))


def found_by_first(index: Index, fingerprint: Fingerprint = FIRST_MODEL) -> list[str]:
    found = index.search_first_vectors(fingerprint, axis(0), 10, NO_FILTERS)
    return sorted(record.path for record in index.fetch([scored.chunk_id for scored in found]))


def vector_tables(bench: Workbench) -> Sequence[str]:
    folder = bench.home.index_dir(bench.root) / TABLES_NAME
    return sorted(path.stem for path in folder.glob("vectors-*.lance"))


def test_they_are_searched_where_a_chunk_has_no_other(bench: Workbench) -> None:
    index = bench.filled(ONE, TWO)
    add_first(index, ONE, TWO)
    assert (found_by_first(index), index.counts().n_first, index.first_model()) == (["a.py", "b.py"], 2, FIRST_MODEL)

    index.add_vectors(["a.py"], [ONE], axes(3))

    assert found_by_first(index) == ["b.py"]
    assert (index.counts().n_embedded, index.counts().n_first) == (1, 1)
    assert is_consistent(index)


def test_chunks_that_have_neither_are_not_counted(bench: Workbench) -> None:
    index = bench.filled(ONE, TWO)
    add_first(index, ONE)
    bench.close()
    index = bench.writer()

    index.add_vectors(["a.py"], [ONE], axes(3))

    assert (index.counts().n_first, index.counts().n_by_meaning) == (0, 1)


def test_they_may_be_of_another_length_and_a_reader_sees_them(bench: Workbench) -> None:
    index = bench.filled(ONE)
    long = axes(0).repeat(2, axis=1)
    assert long.shape[1] == 2 * DIMENSION

    index.add_first_vectors(FIRST_MODEL, "quick", [ONE], long)

    found = bench.reader().search_first_vectors(FIRST_MODEL, long[0], 5, NO_FILTERS)
    assert [scored.chunk_id for scored in found] == [ONE.chunk_id]


def test_a_chunk_has_one_of_them_however_often_it_is_added(bench: Workbench) -> None:
    add_first(bench.filled(ONE), ONE, ONE)
    bench.close()
    index = bench.writer()

    add_first(index, ONE)

    assert found_by_first(index) == ["a.py"]
    assert index.has_first_vectors(FIRST_MODEL, [ONE.chunk_id, TWO.chunk_id]) == {ONE.chunk_id}


def test_they_go_with_their_chunks(bench: Workbench) -> None:
    index = bench.filled(ONE, TWO)
    add_first(index, ONE, TWO)

    index.drop(["a.py"])
    index.replace([file("b.py", content="second")], [chunk("b.py", "common other")], {})

    assert (found_by_first(index), index.counts().n_first) == ([], 0)


def test_nothing_of_them_is_left_when_every_chunk_has_its_vector(bench: Workbench) -> None:
    index = bench.filled(ONE, TWO)
    add_first(index, ONE, TWO)
    index.add_vectors(["a.py"], [ONE], axes(3))
    index.settle(is_final=True)
    assert table_name_of(FIRST_MODEL) in vector_tables(bench)
    reader = bench.reader()
    assert found_by_first(reader) == ["b.py"]

    index.add_vectors(["b.py"], [TWO], axes(4))
    index.settle(is_final=True)

    assert len(vector_tables(bench)) == 1
    assert (index.first_model(), index.counts().n_first) == (None, 0)
    assert (found_by_first(reader), found_by_first(index)) == ([], [])


def test_those_of_another_first_model_go(bench: Workbench) -> None:
    index = bench.filled(ONE, TWO)
    add_first(index, ONE, TWO)

    add_first(index, TWO, fingerprint=OTHER_FIRST)

    assert (found_by_first(index), found_by_first(index, OTHER_FIRST)) == ([], ["b.py"])
    assert (index.first_model(), index.counts().n_first) == (OTHER_FIRST, 1)


def test_they_outlive_a_change_of_the_model_they_stand_in_for(bench: Workbench) -> None:
    add_first(bench.filled(ONE, TWO), ONE, TWO)
    bench.close()

    index = bench.writer(OTHER_MODEL)

    assert found_by_first(index) == ["a.py", "b.py"]


def test_they_go_when_the_first_model_becomes_the_only_one(bench: Workbench) -> None:
    add_first(bench.filled(ONE), ONE)
    bench.close()

    index = bench.writer(FIRST_MODEL)
    put(index, TWO)

    assert (index.first_model(), index.counts().n_first) == (None, 0)
    assert is_consistent(index)


def test_status_names_their_model_while_they_stand_in(bench: Workbench) -> None:
    index = bench.filled(ONE)
    add_first(index, ONE)

    status = bench.home.status(bench.root, None)
    assert (status.first_model, status.counts.n_first, status.counts.n_by_meaning) == ("quick", 1, 1)
