"""Which language a file is in, and that every entry of the registry is whole."""

from __future__ import annotations

import pytest

from whence.chunking import chunker
from whence.chunking.grammar import load_grammar, load_query
from whence.chunking.registry import LANGUAGES, language_of, missing_grammars
from whence.domain import Kind


@pytest.mark.parametrize(
    ("path", "first_bytes", "expected"),
    [
        ("a/b.py", b"", "python"),
        ("A.PY", b"", "python"),
        ("run", b"#!/usr/bin/env python3.12\n", "python"),
        ("run", b"#!/usr/bin/env -S node --harmony\n", "javascript"),
        ("run", b"#!/usr/local/bin/python\n", "python"),
        ("run", b"#!\n", "text"),
        ("index.d.ts", b"", "typescript"),
        ("a.h", b"#ifndef A_H\nint f(void);\n#endif\n", "c"),
        ("a.h", b"#pragma once\nnamespace a {\nclass B;\n}\n", "cpp"),
        ("a.h", b"#import <UIKit/UIKit.h>\n@interface A : NSObject\n@end\n", "objective-c"),
        ("a.h", b"/** @brief A queue. */\nint f(void);\n", "c"),
        ("a.m", b"int f(void) { return 1; }\n", "objective-c"),
        ("LICENSE", b"Apache", "text"),
        (".py", b"", "python"),
        ("", b"", "text"),
    ],
)
def test_language_is_told_by_name_then_first_line(path: str, first_bytes: bytes, expected: str) -> None:
    assert language_of(path, first_bytes) == expected


@pytest.mark.parametrize("language", [name for name, item in LANGUAGES.items() if item.grammar])
def test_query_fits_its_grammar_and_captures_known_kinds(language: str) -> None:
    entry = LANGUAGES[language]

    query = load_query(entry.grammar, entry.query)

    captures = {query.capture_name(idx) for idx in range(query.capture_count)}
    kinds = {name.removeprefix("definition.") for name in captures if name.startswith("definition.")}
    embedded = {name.removeprefix("injection.") for name in captures if name.startswith("injection.")}
    assert kinds <= {kind.value for kind in Kind}
    assert embedded <= set(LANGUAGES)
    assert {name for name in captures if "." not in name and not name.startswith("_")} <= {
        "attribute",
        "body",
        "comment",
        "doc",
        "name",
        "rest",
        "scope",
        "wrapper",
    }


def test_no_grammar_is_missing_here() -> None:
    assert missing_grammars() == []


def test_missing_or_unusable_grammar_is_none() -> None:
    assert load_grammar("cobol") is None
    assert load_grammar("no-such-language") is None


def test_outline_of_an_unknown_language_is_none() -> None:
    assert chunker.outline_bytes(b"x", "no-such-language") is None
