"""Nothing relevant gives an empty answer; what answers the query is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.ranking.support import candidate
from whence.ranking.candidates import Candidate
from whence.ranking.ranker import rank
from whence.ranking.relevance import is_relevant
from whence.ranking.understanding import understand


def is_answered(query: str, *candidates: Candidate) -> bool:
    form = understand(query)
    return is_relevant(form, rank(form, candidates))


def test_nothing_found_is_not_relevant() -> None:
    assert not is_answered("anything")


def test_far_meaning_without_the_words_is_not_relevant() -> None:
    assert not is_answered("quantum chromodynamics lattice", candidate("a.py", "expire", similarity=0.25))


def test_close_meaning_is_relevant_without_a_single_word() -> None:
    assert is_answered("end a visit", candidate("a.py", "expire", similarity=0.5))


def test_a_question_that_may_expect_a_near_answer_is_not_content_with_a_middling_one() -> None:
    assert is_answered("end a visit", candidate("a.py", "expire", similarity=0.4))
    assert not is_answered("end a visit", candidate("a.py", "expire", similarity=0.4, expected=0.45))


def test_a_question_that_is_far_from_any_code_is_content_with_less() -> None:
    assert not is_answered("it hangs after a night", candidate("a.py", "expire", similarity=0.25))
    assert is_answered("it hangs after a night", candidate("a.py", "expire", similarity=0.25, expected=-0.05))


def test_what_each_model_found_is_held_against_what_that_model_expects() -> None:
    by_first = candidate("a.py", "expire", similarity=0.45, expected=0.6)
    by_model = candidate("b.py", "leave", similarity=0.3, expected=0.1)

    assert not is_answered("it hangs after a night", by_first)
    assert is_answered("it hangs after a night", by_first, by_model)


def test_words_make_up_for_a_middling_meaning() -> None:
    by_words = candidate("a.py", "sign", "check token signature", similarity=0.3, word_score=9.0)

    assert is_answered("token signature check", by_words)


def test_one_common_word_of_many_does_not_make_a_far_meaning_relevant() -> None:
    weak = [candidate(f"{idx}.py", f"f{idx}", "lattice", similarity=0.2, word_score=1.0) for idx in range(9)]

    assert not is_answered("quantum chromodynamics lattice simulation", *weak)


def test_symbol_that_is_defined_here_is_always_relevant() -> None:
    assert is_answered("Engine.run", candidate("a.go", "Engine.Run", similarity=0.05))


def test_symbol_that_nothing_here_bears_is_not_relevant() -> None:
    assert not is_answered("fooBarBaz", candidate("a.go", "Engine.Run", similarity=0.2))


def test_before_vectors_are_in_words_alone_decide() -> None:
    with_words = candidate("a.py", "sign", "check token signature", similarity=None, word_score=9.0)
    without = candidate("a.py", "run", similarity=None)

    assert is_answered("token signature", with_words)
    assert not is_answered("token signature", without)


@given(st.text())
def test_any_query_is_decided(query: str) -> None:
    assert is_answered(query, candidate("a.py", "run", similarity=0.1)) in (True, False)
