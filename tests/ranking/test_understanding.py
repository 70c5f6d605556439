"""A query is understood whatever is typed or pasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whence.domain import Kind
from whence.ranking.roles import Role
from whence.ranking.understanding import MAX_WORDS, Shape, understand


@pytest.mark.parametrize(
    ("text", "shape", "symbols"),
    [
        ("parseConfig", Shape.SYMBOL, ("parseConfig",)),
        ("session", Shape.SYMBOL, ("session",)),
        ("Engine.run", Shape.SYMBOL, ("Engine.run",)),
        ("Sinatra::Base", Shape.SYMBOL, ("Sinatra.Base",)),
        ("foo_bar()", Shape.SYMBOL, ("foo_bar",)),
        ("std::vector ptr->next", Shape.SYMBOL, ("std.vector", "ptr.next")),
        ("where does parseConfig read the file", Shape.MIXED, ("parseConfig",)),
        ("who calls `run`", Shape.MIXED, ("run",)),
        ("where are sessions expired?", Shape.NATURAL, ()),
        ("how does it work, e.g. on Windows", Shape.NATURAL, ("Windows",)),
        ("how Foldable traverses its elements", Shape.NATURAL, ("Foldable",)),
        ("what parseConfig gives Session", Shape.MIXED, ("parseConfig", "Session")),
        ("Session of a customer in Python", Shape.NATURAL, ()),
        ("is it over? Then what", Shape.NATURAL, ()),
        ("read the README.md file", Shape.NATURAL, ()),
        ("items.reduce((total, item) => total + item.price * item.count, 0);", Shape.SNIPPET, ()),
        ("def expire(self):\n    return self.deadline < now()\n", Shape.SNIPPET, ()),
        ("where is a session ended; when (and why)?", Shape.NATURAL, ()),
    ],
)
def test_shape_and_symbols(text: str, shape: Shape, symbols: tuple[str, ...]) -> None:
    form = understand(text)

    assert (form.shape, form.symbols) == (shape, symbols)


def test_qualified_symbol_is_looked_up_by_its_last_part_too() -> None:
    assert understand("Engine.run").symbol_names == ("Engine.run", "run")


def test_words_are_stems_without_the_question() -> None:
    form = understand("Where does the Session expire?")

    assert form.words == ("session", "expir")
    assert form.raw_words == ("where", "does", "the", "session", "expire")


@pytest.mark.parametrize(
    ("text", "kinds", "languages", "roles", "paths"),
    [
        ("class that holds sessions", (Kind.CLASS,), (), (), ()),
        ("tests of the session in Python", (), ("python",), (Role.TEST,), ()),
        ("c++ struct for a ring buffer", (Kind.STRUCT,), ("cpp",), (), ()),
        ("deployment configuration", (), (), (Role.CONFIG,), ()),
        ("expiry in src/auth/session.py", (), (), (), ("src/auth/session.py",)),
        ("what does session.py do", (), (), (), ("session.py",)),
    ],
)
def test_what_a_query_names_besides_words(
    text: str, kinds: tuple[Kind, ...], languages: tuple[str, ...], roles: tuple[Role, ...], paths: tuple[str, ...]
) -> None:
    form = understand(text)

    assert (form.kinds, form.languages, form.roles, form.paths) == (kinds, languages, roles, paths)


@pytest.mark.parametrize("text", ["", "   ", "?!", "🦆", "\x00", "%_\\"])
def test_query_without_words_is_empty(text: str) -> None:
    assert understand(text).is_empty


def test_query_in_another_language_has_its_words() -> None:
    assert understand("где истекает сессия").words == ("где", "истекает", "сессия")


def test_pasted_code_is_asked_for_without_its_imports() -> None:
    form = understand("import os\nfrom shop import Basket\n\ndef price_of(basket):\n    return sum(basket)\n")

    assert form.shape is Shape.SNIPPET
    assert form.passage == "def price_of(basket):\nreturn sum(basket)"
    assert "shop" not in form.words
    assert "shop" not in form.spellings.values()


def test_huge_paste_is_read_as_far_as_it_tells() -> None:
    form = understand("".join(f"value_{idx} = compute({idx});\n" for idx in range(5_000)))

    assert form.shape is Shape.SNIPPET
    assert len(form.words) == MAX_WORDS


def test_a_long_text_of_names_asks_for_as_many_symbols_as_are_looked_up() -> None:
    names = [f"Ab{chr(97 + idx // 26)}{chr(97 + idx % 26)}" for idx in range(200)]

    assert len(understand(f"what do {' and '.join(names)} have in common").symbols) == MAX_WORDS


@given(st.text())
def test_anything_is_understood(text: str) -> None:
    form = understand(text)

    assert len(form.words) == len(set(form.words))
