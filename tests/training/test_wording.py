"""Sentences of doc comments, put as somebody would type them."""

from __future__ import annotations

import random

import pytest

from training.wording import MAX_TYPED, typed


class Never(random.Random):
    """No chance comes true."""

    def random(self) -> float:
        return 1.0


class Always(random.Random):
    """Every chance comes true."""

    def random(self) -> float:
        return 0.0


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Returns the length of a path.", "return the length of a path"),
        ("Processes every entry of `Foo.bar`, once", "process every entry of foo.bar once"),
        ("Matches a glob", "match a glob"),
        ("Computes C++ hashes", "compute c++ hashes"),
        ("Is it open?", "is it open"),
        ("...", "..."),
    ],
)
def test_words_stay_in_lower_case_and_the_verb_is_plain(sentence: str, said: str) -> None:
    assert typed(sentence, "python", Never()) == said


def test_articles_go_and_the_language_is_named() -> None:
    assert typed("Returns the length of a path.", "csharp", Always()) == "c# return length of path"


def test_a_sentence_of_articles_alone_stays() -> None:
    assert typed("the", "go", Always()) == "go the"


def test_nobody_types_a_whole_paragraph() -> None:
    assert len(typed("word " * 50, "go", Never()).split()) == MAX_TYPED
