"""A snippet shows the definition's line and the lines the query speaks of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whence.ranking.snippets import GAP, MAX_LINE_CHARS, MAX_LINES, snippet_of
from whence.ranking.understanding import understand

TEXT = """\
    @logged
    def expire(self, now):
        first = 1
        second = 2

        third = 3
        fourth = 4
        self.customer = None
"""


def test_definition_and_line_with_the_words_are_shown_with_a_gap_between() -> None:
    snippet = snippet_of(understand("customer forgotten"), TEXT, "def expire(self, now):", max_lines=2)

    assert snippet.text == f"def expire(self, now):\n{GAP}\n    self.customer = None"
    assert snippet.first_line == 1


def test_blank_lines_take_no_place_and_make_no_gap() -> None:
    snippet = snippet_of(understand("second third"), "second = 2\n\nthird = 3\n", max_lines=2)

    assert snippet.text == "second = 2\nthird = 3"


def test_query_without_matching_words_shows_the_beginning() -> None:
    snippet = snippet_of(understand("quantum"), TEXT, "def expire(self, now):", max_lines=2)

    assert snippet.text == "def expire(self, now):\n    first = 1"


def test_text_of_nothing_gives_an_empty_snippet() -> None:
    assert snippet_of(understand("x"), "\n \n").text == ""


def test_long_line_is_cut() -> None:
    shown = snippet_of(understand("x"), "y" * 10_000).text

    assert len(shown) <= MAX_LINE_CHARS
    assert shown.endswith(GAP)


@given(st.text(), st.text(), st.text())
def test_every_line_of_a_snippet_is_a_line_of_the_text(query: str, text: str, signature: str) -> None:
    snippet = snippet_of(understand(query), text, signature)

    lines = [line for line in snippet.text.split("\n") if line != GAP]
    whole = "\n".join(text.splitlines())
    assert len(lines) <= MAX_LINES
    assert all(line.removesuffix(GAP) in whole for line in lines)
