"""Words of chunks, names and queries meet in the same form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whence.text.words import MAX_WORD_CHARS, MAX_WORDS, names_of, query_words, words_of


def test_forms_of_a_word_become_one() -> None:
    assert words_of("expires expired expiring") == "expir expir expir"


@pytest.mark.parametrize("spelling", ["parseConfigs", "parse_configs", "ParseConfigs", "PARSE_CONFIGS"])
def test_identifier_gives_its_parts_and_itself_whatever_its_convention(spelling: str) -> None:
    assert words_of(spelling) == "pars config parseconfig"


def test_identifier_written_as_one_word_meets_the_one_written_as_several() -> None:
    assert set(query_words("tokenstores")) <= set(words_of("TokenStore").split())


@pytest.mark.parametrize(
    "noise",
    [
        "x = y + z;",
        "{}()[] -> => ::",
        "d41d8cd98f00b204e9800998ecf8427e",
        "QWxhZGRpbjpvcGVuIHNlc2FtZQabCdEf12",
        "a" * (MAX_WORD_CHARS + 1),
    ],
)
def test_noise_gives_no_words(noise: str) -> None:
    assert words_of(noise) == ""


def test_numbers_people_search_for_stay() -> None:
    assert words_of("if status == 404: return utf8") == "if status 404 return utf8"


def test_letters_of_other_languages_stay() -> None:
    assert words_of("истекает größe") == "истекает größe"


def test_text_without_spaces_is_found_by_pairs_of_characters() -> None:
    assert set(query_words("処理")) <= set(words_of("キャンセル処理を行う").split())


def test_words_of_a_huge_chunk_are_bounded() -> None:
    assert len(words_of("alpha beta " * MAX_WORDS).split()) == MAX_WORDS


def test_names_are_symbol_then_folders_then_file_without_its_ending() -> None:
    assert (
        names_of("Session.expireAt", "src/auth/token_store.test.ts")
        == "session expir at expireat src auth token store tokenstor test"
    )


def test_words_of_a_question_go_where_others_are_left() -> None:
    assert query_words("where does the session expire?") == ("session", "expir")


def test_words_of_a_question_stay_where_nothing_else_is() -> None:
    assert query_words("how is it") == ("how", "is", "it")


def test_query_gives_each_word_once() -> None:
    assert query_words("expire expires Session session") == ("expir", "session")


@given(st.text())
def test_words_are_lower_case_and_short_and_contain_no_space(text: str) -> None:
    for word in words_of(text).split(" "):
        assert word == word.lower()
        assert len(word) <= MAX_WORD_CHARS
        assert len(word.split()) <= 1


@given(st.text())
def test_every_word_of_a_query_is_a_word_of_the_same_text(text: str) -> None:
    assert set(query_words(text)) <= set(words_of(text).split())
