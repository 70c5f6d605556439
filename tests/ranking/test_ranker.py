"""Better answers stand higher, and every hit says where its score comes from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ranking.support import candidate
from whence.domain import Kind, ReasonKind
from whence.ranking.candidates import Candidate, Ranked
from whence.ranking.diversity import diversify
from whence.ranking.ranker import rank
from whence.ranking.understanding import understand


def ranked(query: str, *candidates: Candidate) -> list[Ranked]:
    return rank(understand(query), candidates)


def winner(query: str, *candidates: Candidate) -> str:
    first = ranked(query, *candidates)[0].record
    return first.symbol or first.path


def test_nothing_found_ranks_to_nothing() -> None:
    assert ranked("anything") == []


def test_closer_meaning_stands_higher() -> None:
    assert (
        winner("end a visit", candidate("a.py", "far", similarity=0.2), candidate("b.py", "near", similarity=0.5))
        == "near"
    )


def test_more_of_the_words_stand_higher() -> None:
    one = candidate("a.py", "first", "token", word_score=4.0)
    both = candidate("b.py", "second", "token signature", word_score=7.0)

    assert winner("check the token's signature", one, both) == "second"


def test_rare_word_counts_more_than_a_common_one() -> None:
    common = [candidate(f"{idx}.py", f"same{idx}", "token", word_score=3.0) for idx in range(8)]
    rare = candidate("z.py", "other", "signature", word_score=3.0)

    assert winner("token signature", *common, rare) == "other"


@pytest.mark.parametrize("query", ["parseConfig", "where is parseConfig defined", "`parseConfig`", "parse_config()"])
def test_definition_of_a_symbol_stands_above_its_use(query: str) -> None:
    use = candidate("a.py", "start", "parseConfig parseConfig", similarity=0.5, word_score=9.0)
    definition = candidate("b.py", "parseConfig", similarity=0.4, word_score=8.0)

    assert winner(query, use, definition) == "parseConfig"


def test_exact_case_stands_above_other_case() -> None:
    assert winner("Session", candidate("a.py", "session"), candidate("b.py", "Session")) == "Session"


def test_method_of_the_class_asked_for_stands_above_its_namesake() -> None:
    assert (
        winner("Engine.run", candidate("a.py", "Worker.run"), candidate("b.py", "app.Engine.run")) == "app.Engine.run"
    )


def test_definition_stands_above_a_section_of_the_same_name() -> None:
    section = candidate("doc.py", "Session", kind=Kind.SECTION)

    assert ranked("Session", section, candidate("z.py", "Session", kind=Kind.CLASS))[0].record.path == "z.py"


def test_name_made_of_the_words_stands_above_a_text_that_has_them() -> None:
    text = candidate("a.py", "unrelated", "basket total", word_score=5.0)
    named = candidate("b.py", "basketTotal", "basket total", word_score=5.0)

    assert winner("total of the basket", text, named) == "basketTotal"


def test_path_that_speaks_of_it_helps() -> None:
    here = candidate("src/session/store.py", "one", similarity=0.3)

    assert winner("session", candidate("src/price/store.py", "two", similarity=0.3), here) == "one"


@pytest.mark.parametrize(
    "path",
    [
        "tests/test_session.py",
        "src/session.test.ts",
        "examples/session.py",
        "vendor/session.go",
        "api/session_pb2.py",
        "src/session.d.ts",
        "docs/session.md",
    ],
)
def test_file_that_plays_another_part_stands_below_source(path: str) -> None:
    aside = candidate(path, "expire", similarity=0.42)

    assert (
        ranked("end of a visit", aside, candidate("lib/visit.py", "expire", similarity=0.40))[0].record.path
        == "lib/visit.py"
    )


def test_tests_stand_up_when_they_are_asked_for() -> None:
    test = candidate("tests/test_session.py", "test_expire", similarity=0.42, kind=Kind.TEST)

    assert (
        winner("tests that a visit ends", test, candidate("lib/visit.py", "expire", similarity=0.40)) == "test_expire"
    )


def test_kind_that_is_asked_for_stands_higher() -> None:
    method = candidate("a.py", "one", kind=Kind.METHOD)

    assert winner("class holding a visit", method, candidate("b.py", "two", kind=Kind.CLASS)) == "two"


def test_file_that_is_about_it_as_a_whole_helps_each_of_its_chunks() -> None:
    alone = candidate("a.py", "alone", similarity=0.40)
    together = [candidate("b.py", f"part{idx}", line=idx, similarity=0.40) for idx in range(3)]

    assert ranked("end a visit", alone, *together)[-1].record.symbol == "alone"


def test_without_any_vector_words_alone_decide_on_the_same_scale() -> None:
    hits = ranked("token signature", candidate("a.py", "sign", "token signature", similarity=None, word_score=6.0))

    assert 0.5 < hits[0].score < 1.1


def test_chunk_the_vectors_did_not_bring_counts_as_the_least_similar_one() -> None:
    unseen = candidate("a.py", "one", similarity=None)

    assert (
        winner("end a visit", unseen, candidate("b.py", "two", similarity=0.3), candidate("c.py", "x", similarity=0.2))
        == "two"
    )


def test_defining_a_symbol_is_told_as_the_reason() -> None:
    first = ranked("parseConfig", candidate("a.py", "parseConfig"))[0]

    assert first.reasons()[0].kind is ReasonKind.SYMBOL
    assert first.reasons()[0].text == "defines parseConfig"


def test_equal_candidates_stand_in_the_order_of_their_paths() -> None:
    hits = ranked("end a visit", candidate("b.py", "same"), candidate("a.py", "same"))

    assert [hit.record.path for hit in hits] == ["a.py", "b.py"]


SCORES = st.none() | st.floats(0, 40)
CANDIDATES = st.lists(
    st.builds(
        candidate,
        path=st.sampled_from(["a.py", "tests/test_a.py", "docs/a.md", "vendor/b.go"]),
        symbol=st.sampled_from(["", "parseConfig", "Engine.run"]),
        text=st.sampled_from(["read the config", "run"]),
        similarity=st.none() | st.floats(-1, 1),
        word_score=SCORES,
    ),
    max_size=6,
)


@given(st.text() | st.sampled_from(["parseConfig", "how is config read", "Engine.run tests"]), CANDIDATES)
def test_shares_add_up_to_the_score_whatever_is_asked(query: str, candidates: list[Candidate]) -> None:
    hits = diversify(understand(query), ranked(query, *candidates))

    assert all(hit.score == pytest.approx(sum(reason.score for reason in hit.reasons())) for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_class_of_that_name_stands_above_a_method_of_that_name() -> None:
    method = candidate("a.py", "defaultValidator.Engine", "engine engine", kind=Kind.METHOD, word_score=9.0)
    struct = candidate("z.py", "Engine", "engine", kind=Kind.STRUCT, word_score=8.0)

    assert winner("Engine", method, struct) == "Engine"


def test_method_is_found_by_its_bare_name() -> None:
    other = candidate("a.py", "Engine.halt", "run", kind=Kind.METHOD, word_score=9.0)

    assert winner("run", other, candidate("b.py", "Engine.run", kind=Kind.METHOD)) == "Engine.run"


def test_definition_that_its_file_is_named_after_stands_above_one_beside_it() -> None:
    beside = candidate("a/basket.py", "Discount", "total", similarity=0.4, word_score=5.0)
    eponym = candidate("b/basket_total.py", "BasketTotal", "total", similarity=0.4, word_score=5.0)
    first, _second = ranked("where sums are made", beside, eponym)

    assert first.record.name == "BasketTotal"
    assert any("named after it" in reason.text for reason in first.reasons())
