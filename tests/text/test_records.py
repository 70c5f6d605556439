"""Records keep their ids while code around them changes, and tell equal chunks apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whence.domain import Chunk, Kind, PassageHash, Span
from whence.text.records import chunk_id, prepare_chunks, text_hash


def chunk(text: str, line: int = 1) -> Chunk:
    return Chunk(
        span=Span(line, line, 0, len(text)),
        language="go",
        kind=Kind.FUNCTION,
        text=text,
        name="Run",
        symbol="Engine.Run",
    )


def test_record_carries_words_of_text_and_names_of_symbol_and_path() -> None:
    record = prepare_chunks("src/engine.go", [chunk("func Run() { loadConfig() }")])[0].record

    assert record.words == "func run load config loadconfig"
    assert record.names == "engin run src engin"


def test_equal_chunks_of_a_file_have_ids_of_their_own() -> None:
    first, second = prepare_chunks("a.go", [chunk("func Run() {}", 1), chunk("func Run() {}", 9)])

    assert first.record.chunk_id != second.record.chunk_id
    assert first.passage == second.passage


def test_id_outlives_lines_added_above() -> None:
    before = prepare_chunks("a.go", [chunk("func Run() {}", 1)])
    after = prepare_chunks("a.go", [chunk("func Run() {}", 50)])

    assert before[0].record.chunk_id == after[0].record.chunk_id


def test_passage_hash_is_the_same_in_another_file() -> None:
    here = prepare_chunks("a.go", [chunk("func Run() {}")])[0].record
    there = prepare_chunks("lib/b.go", [chunk("func Run() {}")])[0].record

    assert here.passage_hash == there.passage_hash
    assert here.chunk_id != there.chunk_id


def test_text_hash_does_not_see_how_white_space_is_laid_out() -> None:
    assert text_hash("if a:\r\n\tb()") == text_hash("if a:\n    b()\n")
    assert text_hash("if a: b()") != text_hash("if a: c()")


@given(st.text(), st.integers(0, 99))
def test_chunk_id_is_a_positive_63_bit_number(path: str, occurrence: int) -> None:
    assert 0 < chunk_id(path, PassageHash("00"), occurrence) < 2**63
