"""Every port method of an index, on a handful of chunks."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from tests.store.support import (
    MODEL,
    NO_FILTERS,
    OTHER_MODEL,
    Workbench,
    axes,
    axis,
    chunk,
    file,
    paths_found,
    put,
    texts,
)
from whence.domain import ChunkId, Filters, IndexCounts, IndexState, Kind, LeftOutReason
from whence.errors import StoreError


def test_words_are_found_before_and_after_the_index_is_built(bench: Workbench) -> None:
    index = bench.filled(chunk("a.py", "pars config"), chunk("b.py", "open socket"))

    assert paths_found(index, "config") == ["a.py"]
    index.settle(is_final=True)
    assert paths_found(index, "config") == ["a.py"]
    put(index, chunk("c.py", "config again"))
    assert paths_found(index, "config") == ["a.py", "c.py"]


def test_a_chunk_named_like_the_query_comes_before_one_that_mentions_it(bench: Workbench) -> None:
    index = bench.filled(
        chunk("a.py", "open the session now", name="x"), chunk("b.py", "open the socket now", name="session")
    )

    best = index.search_words("session", 1, NO_FILTERS)

    assert [record.path for record in index.fetch([best[0].chunk_id])] == ["b.py"]


@pytest.mark.parametrize("query", ["", "  ", "absent"])
def test_words_that_are_not_there_find_nothing(bench: Workbench, query: str) -> None:
    assert bench.filled(chunk("a.py", "pars config")).search_words(query, 10, NO_FILTERS) == []


def test_an_empty_index_answers_every_question_with_nothing(bench: Workbench) -> None:
    index = bench.writer()
    index.settle(is_final=True)

    assert index.search_words("config", 10, NO_FILTERS) == []
    assert index.search_vectors(axis(0), 10, NO_FILTERS) == []
    assert index.search_symbols(["run"], 10, NO_FILTERS) == []
    assert index.counts() == IndexCounts(0, 0, 0)
    assert (index.fetch([ChunkId(1)]), index.vectors_of([ChunkId(1)]), index.terms_like("x", 3)) == ([], {}, [])


def test_vectors_give_cosines_best_first(bench: Workbench) -> None:
    one, two, three = chunk("a.py", "one"), chunk("b.py", "two"), chunk("c.py", "three")
    index = bench.filled(one, two, three)
    slanted = (axis(0) + axis(1)) / np.sqrt(2, dtype=np.float32)
    index.add_vectors(["a.py", "b.py", "c.py"], [one, two, three], np.stack([axis(0), slanted, -axis(0)]))

    found = index.search_vectors(axis(0), 10, NO_FILTERS)

    assert [scored.chunk_id for scored in found] == [one.chunk_id, two.chunk_id, three.chunk_id]
    assert [scored.score for scored in found] == pytest.approx([1.0, 0.7071, -1.0], abs=1e-3)


def test_a_file_counts_as_embedded_when_all_its_chunks_have_vectors(bench: Workbench) -> None:
    one, two = chunk("a.py", "one"), chunk("a.py", "two", line=5)
    index = bench.filled(one, two)

    index.add_vectors(["a.py"], [one], axes(0))
    assert not index.files()["a.py"].is_embedded
    assert index.counts() == IndexCounts(n_files=1, n_chunks=2, n_embedded=1)
    index.add_vectors(["a.py"], [two], axes(1))

    assert index.files()["a.py"].is_embedded
    assert index.has_vectors([one.chunk_id, two.chunk_id, ChunkId(7)]) == {one.chunk_id, two.chunk_id}


def test_vectors_added_twice_or_for_chunks_that_are_gone_are_passed_over(bench: Workbench) -> None:
    one, gone = chunk("a.py", "one"), chunk("b.py", "two")
    index = bench.filled(one)

    for _ in range(2):
        index.add_vectors(["a.py", "b.py"], [one, gone], axes(0, 1))

    assert [scored.chunk_id for scored in index.search_vectors(axis(0), 10, NO_FILTERS)] == [one.chunk_id]


def test_replacing_a_file_keeps_the_vectors_of_chunks_that_stay(bench: Workbench) -> None:
    stays, goes, comes = chunk("a.py", "stays"), chunk("a.py", "goes", line=5), chunk("a.py", "comes", line=9)
    index = bench.filled(stays, goes, chunk("b.py", "other"))
    index.add_vectors(["a.py"], [stays, goes], axes(0, 1))

    moved = attrs.evolve(stays, span=attrs.evolve(stays.span, start_line=40, end_line=42))
    index.replace([file("a.py", 2, "second")], [moved, comes], {comes.chunk_id: axis(2)})

    assert texts(index.chunks_of("a.py")) == ["comes", "stays"]
    assert index.chunks_of("a.py")[1].span.start_line == 40
    assert set(index.vectors_of([stays.chunk_id, goes.chunk_id, comes.chunk_id])) == {stays.chunk_id, comes.chunk_id}
    assert index.search_words("goes", 10, NO_FILTERS) == []
    assert index.files()["a.py"].is_embedded


def test_a_chunk_with_the_same_id_and_other_words_is_found_by_the_new_ones_only(bench: Workbench) -> None:
    old = chunk("a.py", "former")
    index = bench.filled(old)
    index.add_vectors(["a.py"], [old], axes(0))

    new = attrs.evolve(old, words="latter", kind=Kind.TEST)
    index.replace([file("a.py", 1, "second")], [new], {old.chunk_id: axis(3)})

    assert index.search_words("former", 10, NO_FILTERS) == []
    assert [scored.chunk_id for scored in index.search_words("latter", 10, NO_FILTERS)] == [old.chunk_id]
    assert len(index.search_vectors(axis(3), 10, Filters(kinds=(Kind.TEST,)))) == 1


def test_dropped_files_leave_nothing(bench: Workbench) -> None:
    one, two = chunk("a.py", "one common", name="run"), chunk("b.py", "two common")
    index = bench.filled(one, two)
    index.add_vectors(["a.py", "b.py"], [one, two], axes(0, 1))

    index.drop(["a.py"])

    assert list(index.files()) == ["b.py"]
    assert paths_found(index, "common") == ["b.py"]
    assert [scored.chunk_id for scored in index.search_vectors(axis(0), 10, NO_FILTERS)] == [two.chunk_id]
    assert (index.search_symbols(["run"], 10, NO_FILTERS), index.terms_like("run", 3)) == ([], [])
    assert index.counts() == IndexCounts(1, 1, 1)


def test_touching_changes_size_and_time_alone(bench: Workbench) -> None:
    index = bench.filled(chunk("a.py", "one"))
    before = index.files()["a.py"]

    index.touch([attrs.evolve(before, size=99, mtime_ns=5)])

    assert index.file("a.py") == attrs.evolve(before, size=99, mtime_ns=5)


def test_a_file_that_is_left_out_is_remembered_with_its_reason(bench: Workbench) -> None:
    index = bench.filled(chunk("a.bin", "text once"))
    left_out = attrs.evolve(file("a.bin", 0), reason=LeftOutReason.BINARY, detail="NUL at 3")

    index.replace([left_out], [], {})

    assert index.file("a.bin") == left_out
    assert index.counts() == IndexCounts(0, 0, 0)
    assert index.search_words("text", 10, NO_FILTERS) == []


def test_symbols_are_found_by_name_and_qualified_name_without_regard_to_case(bench: Workbench) -> None:
    one, two = chunk("a.py", "one", name="parseConfig"), chunk("b.py", "two", name="ÄNDERN")
    index = bench.filled(one, two, chunk("c.py", "three"))

    assert index.search_symbols(["PARSECONFIG"], 10, NO_FILTERS) == [one.chunk_id]
    assert index.search_symbols(["owner.parseconfig"], 10, NO_FILTERS) == [one.chunk_id]
    assert index.search_symbols(["ändern", "parseConfig", ""], 10, NO_FILTERS) == [two.chunk_id, one.chunk_id]
    assert index.search_symbols(["parseConfig"], 10, Filters(path_globs=("b*",))) == []
    assert index.search_symbols(["parse"], 10, NO_FILTERS) == []


def test_records_come_back_as_they_went_in_and_in_the_order_asked(bench: Workbench) -> None:
    records = [chunk("a.py", f"word{idx} ünïcode", name=f"n{idx}", line=idx) for idx in range(1, 1200)]
    index = bench.filled(*records)
    asked = [record.chunk_id for record in reversed(records)]

    assert index.fetch([*asked, ChunkId(5)]) == list(reversed(records))
    assert index.chunks_of("a.py") == records


def test_copies_are_found_by_text(bench: Workbench) -> None:
    one, copy = chunk("a.py", "same text"), chunk("b.py", "same text")
    index = bench.filled(one, copy, chunk("c.py", "other text"))

    assert index.copies_of([one.text_hash]) == [one, copy]


def test_words_spelt_alike_are_named_nearest_first(bench: Workbench) -> None:
    index = bench.filled(
        chunk("a.py", "x", name="session"), chunk("b.py", "x", name="sessions"), chunk("c.py", "x", name="handler")
    )

    assert index.terms_like("sesion", 3) == ["session", "sessions"]
    assert index.terms_like("database", 3) == []


def test_a_stem_is_spelt_by_a_symbol_that_has_it_else_by_a_path(bench: Workbench) -> None:
    index = bench.filled(chunk("settings.py", "x", name="parse_databases"))

    assert (index.name_with("databas"), index.name_with("setting"), index.name_with("none")) == (
        "Owner.parse_databases",
        "settings.py",
        "",
    )


def test_an_index_that_was_closed_opens_as_it_was(bench: Workbench) -> None:
    one = chunk("a.py", "pars config", name="run")
    index = bench.filled(one)
    index.add_vectors(["a.py"], [one], axes(0))
    files, counts = index.files(), index.counts()
    bench.close()

    again = bench.writer()

    assert (again.files(), again.counts(), again.reset_reason) == (files, counts, None)
    assert paths_found(again, "config") == ["a.py"]


def test_another_model_keeps_the_words_and_begins_the_vectors_anew(bench: Workbench) -> None:
    one = chunk("a.py", "pars config")
    bench.filled(one).add_vectors(["a.py"], [one], axes(0))
    bench.close()
    assert bench.home.inspect(bench.root, OTHER_MODEL).state is IndexState.OTHER_MODEL

    index = bench.writer(OTHER_MODEL)

    assert "another model" in (index.reset_reason or "")
    assert paths_found(index, "config") == ["a.py"]
    assert index.search_vectors(axis(0), 10, NO_FILTERS) == []
    assert (index.counts(), index.files()["a.py"].is_embedded) == (IndexCounts(1, 1, 0), False)
    assert bench.home.inspect(bench.root, OTHER_MODEL).state is IndexState.USABLE
    assert bench.home.inspect(bench.root, MODEL).state is IndexState.OTHER_MODEL


def test_a_reader_writes_nothing(bench: Workbench) -> None:
    bench.filled(chunk("a.py", "one"))
    reader = bench.reader()

    assert not reader.is_writable
    with pytest.raises(StoreError, match="reading only"):
        put(reader, chunk("b.py", "two"))


def test_a_reader_of_an_index_at_rest_sees_the_next_writer(bench: Workbench) -> None:
    bench.filled(chunk("a.py", "common one"))
    bench.close()
    reader = bench.reader()
    assert paths_found(reader, "common") == ["a.py"]

    writer = bench.writer()
    put(writer, chunk("b.py", "common two"))

    assert sorted(reader.files()) == ["a.py", "b.py"]
    assert paths_found(reader, "common") == ["a.py", "b.py"]


def test_a_reader_sees_what_is_written_after_it_opened(bench: Workbench) -> None:
    writer = bench.filled(chunk("a.py", "common one"))
    reader = bench.reader()
    assert paths_found(reader, "common") == ["a.py"]

    second = chunk("b.py", "common two")
    put(writer, second)
    writer.add_vectors(["b.py"], [second], axes(0))
    assert paths_found(reader, "common") == ["a.py", "b.py"]
    assert len(reader.search_vectors(axis(0), 10, NO_FILTERS)) == 1
    writer.settle(is_final=True)
    writer.drop(["a.py"])
    writer.settle(is_final=True)

    assert paths_found(reader, "common") == ["b.py"]
