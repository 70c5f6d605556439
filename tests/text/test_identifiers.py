"""Identifiers fall into the words they are made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whence.text.identifiers import split_identifier

ANY_WORD = st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_.$/-]{0,24}", fullmatch=True))


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("parseConfig", "parse config"),
        ("HTTPServer", "http server"),
        ("XMLHttpRequest", "xml http request"),
        ("userIDs", "user ids"),
        ("parse_config", "parse config"),
        ("MAX_FILE_SIZE", "max file size"),
        ("content-type", "content type"),
        ("a/b-c.test.ts", "a b c test ts"),
        ("$scope", "scope"),
        ("@Override", "override"),
        ("Engine::run", "engine run"),
        ("sha256", "sha256"),
        ("sha256sum", "sha256 sum"),
        ("base64Encode", "base64 encode"),
        ("i18n", "i18n"),
        ("HTML5Parser", "html5 parser"),
        ("x86_64", "x86 64"),
        ("OAuth2Client", "oauth2 client"),
        ("gRPCServer", "grpc server"),
        ("IFormatter", "i formatter"),
        ("größeÄndern", "größe ändern"),
        ("İstanbul", "istanbul"),
        ("__", ""),
        ("", ""),
    ],
)
def test_identifier_is_split_at_its_own_convention(word: str, parts: str) -> None:
    assert split_identifier(word) == parts.split()


@given(ANY_WORD)
def test_parts_joined_are_the_letters_and_digits_of_the_word(word: str) -> None:
    assert "".join(split_identifier(word)) == "".join(filter(str.isalnum, word.lower()))


@given(ANY_WORD)
def test_part_is_lower_case_and_splits_into_itself(word: str) -> None:
    for part in split_identifier(word):
        assert part
        assert part == part.lower()
        assert split_identifier(part) == [part]
