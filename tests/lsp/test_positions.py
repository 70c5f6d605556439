"""Lines and bytes against LSP's positions, in all three encodings, on text that tells them apart."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, PositionEncodingKind, Range

from whence.domain import Span
from whence.lsp.positions import TextPlace, TextPositions

UTF8, UTF16, UTF32 = PositionEncodingKind.Utf8, PositionEncodingKind.Utf16, PositionEncodingKind.Utf32
ENCODINGS = st.sampled_from([UTF8, UTF16, UTF32])
CODECS = {UTF8: ("utf-8", 1), UTF16: ("utf-16-le", 2), UTF32: ("utf-32-le", 4)}

PIECES = ["a", "b ", "é", "e\u0301", "漢字", "😀", "👩‍👩‍👧", "\u2028", "\x0c", "\x0b", "\x85", "\n", "\r\n"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def units(text: str, encoding: PositionEncodingKind) -> int:
    codec, size = CODECS[encoding]
    return len(text.encode(codec)) // size


def lines_of(text: str) -> list[str]:
    return re.split("\r?\n", text)


def span(first: int, last: int) -> Span:
    return Span(first, last, 0, 0)


@given(TEXTS, ENCODINGS)
def test_every_character_has_the_position_its_line_says(text: str, encoding: PositionEncodingKind) -> None:
    positions = TextPositions(text.encode(), encoding)

    for idx in range(len(text) + 1):
        if text[:idx].endswith("\r"):
            continue  # LSP has no place between \r and \n
        before = lines_of(text[:idx])
        expected = Position(len(before) - 1, units(before[-1], encoding))
        assert positions.position_at(len(text[:idx].encode())) == expected


@given(TEXTS, ENCODINGS)
def test_position_of_every_character_leads_back_to_it(text: str, encoding: PositionEncodingKind) -> None:
    positions = TextPositions(text.encode(), encoding)

    for idx in range(len(text) + 1):
        byte = len(text[:idx].encode())
        back = positions.byte_at(positions.position_at(byte))
        assert back == (byte - 1 if text[:idx].endswith("\r") and text[idx:].startswith("\n") else byte)


@given(TEXTS, ENCODINGS, st.integers(0, 40), st.integers(0, 80))
def test_any_position_means_a_place_in_the_text(
    text: str, encoding: PositionEncodingKind, line: int, character: int
) -> None:
    positions = TextPositions(text.encode(), encoding)
    lines = lines_of(text)

    place = positions.place_at(Position(line, character))

    assert place.line == min(line + 1, len(lines))
    before = lines[place.line - 1].encode()[: place.byte].decode()  # never cuts a character
    is_beyond = line >= len(lines) or character >= units(lines[line], encoding)
    assert before == lines[place.line - 1] if is_beyond else units(before, encoding) <= character


@given(TEXTS, ENCODINGS, st.integers(0, 200))
def test_byte_inside_a_character_means_the_place_before_it(
    text: str, encoding: PositionEncodingKind, byte: int
) -> None:
    positions = TextPositions(text.encode(), encoding)

    position = positions.position_at(byte)

    assert positions.position_at(positions.byte_at(position)) == position
    assert positions.byte_at(position) <= byte


@given(TEXTS, ENCODINGS, st.data())
def test_range_of_a_span_covers_the_text_of_its_lines(
    text: str, encoding: PositionEncodingKind, data: st.DataObject
) -> None:
    lines = lines_of(text)
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))

    found = TextPositions(text.encode(), encoding).range_of(span(first, last))

    assert found == Range(Position(first - 1, 0), Position(last - 1, units(lines[last - 1], encoding)))


@given(TEXTS, ENCODINGS)
def test_buffer_and_its_bytes_have_the_same_positions(text: str, encoding: PositionEncodingKind) -> None:
    buffer, source = TextPositions.of_text(text, encoding), TextPositions(text.encode(), encoding)

    assert buffer.n_lines == source.n_lines == len(lines_of(text))
    assert buffer.range_of(span(1, 99)) == source.range_of(span(1, 99))


@pytest.mark.parametrize(("encoding", "character"), [(UTF8, 7), (UTF16, 5), (UTF32, 4)])
def test_place_after_an_emoji_counts_it_as_the_encoding_does(encoding: PositionEncodingKind, character: int) -> None:
    text = 'x="😋"'  # the example of LSP issue 376

    assert TextPositions(text.encode(), encoding).position_at(7) == Position(0, character)


@pytest.mark.parametrize(("encoding", "character"), [(UTF8, 2), (UTF16, 1)])
def test_position_inside_a_character_means_the_place_before_it(encoding: PositionEncodingKind, character: int) -> None:
    positions = TextPositions("😋x".encode(), encoding)

    assert positions.byte_at(Position(0, character)) == 0


def test_lone_carriage_return_in_a_buffer_ends_a_line() -> None:
    positions = TextPositions.of_text("a\rb\r\nc", UTF16)

    assert positions.n_lines == 3
    assert positions.place_at(Position(2, 9)) == TextPlace(3, 1)


def test_half_a_character_in_a_buffer_counts_as_one() -> None:
    assert TextPositions.of_text("\ud83dab", UTF16).range_of(span(1, 1)).end == Position(0, 3)


def test_span_beyond_the_text_ends_with_it() -> None:
    assert TextPositions(b"a\nbc", UTF16).range_of(span(2, 40)) == Range(Position(1, 0), Position(1, 2))


def name_in(text: str, name: str, signature: str = "", first: int = 1) -> Range | None:
    return TextPositions(text.encode(), UTF16).range_of_name(span(first, 99), name, signature)


def on(line: int, start: int, end: int) -> Range:
    return Range(Position(line, start), Position(line, end))


def test_name_is_its_first_whole_word_in_the_span() -> None:
    assert name_in("run = 1\ndef rerun(run_id): run()\n", "run", first=2) == on(1, 19, 22)


def test_name_in_a_doc_comment_is_not_the_definition() -> None:
    text = "// Expire forgets 漢 Expire.\nfunc (s *Session)\n  Expire(now int) {\n"

    assert name_in(text, "Expire", "func (s *Session) Expire(now int)") == on(2, 2, 8)


def test_name_is_found_where_the_signature_is_written_otherwise() -> None:
    assert name_in("def 漢字😀 (x):", "漢字😀", "function nothing") == on(0, 4, 8)


@pytest.mark.parametrize("name", ["valid?", ".button", "operator==", "build-all", "Getting started"])
def test_name_of_other_than_letters_is_found(name: str) -> None:
    assert name_in(f"x {name} y", name) == on(0, 2, 2 + len(name))


@pytest.mark.parametrize("name", ["", "missing", "ru"])
def test_name_that_is_not_written_has_no_place(name: str) -> None:
    assert name_in("def run(): ...", name) is None
