"""One file, one definition or one copied text does not fill the answer."""

from __future__ import annotations

from tests.ranking.support import candidate
from whence.domain import Kind
from whence.ranking.candidates import Candidate, Ranked
from whence.ranking.diversity import diversify
from whence.ranking.ranker import rank
from whence.ranking.understanding import understand


def answer(*candidates: Candidate, query: str = "end a visit") -> list[Ranked]:
    form = understand(query)
    return diversify(form, rank(form, candidates))


def test_copies_are_one_hit_that_names_the_others() -> None:
    hits = answer(
        candidate("a.py", "expire", "same text", similarity=0.4),
        candidate("b.py", "expire", "same   text", similarity=0.4, line=7),
    )

    assert [(hit.record.path, hit.copies) for hit in hits] == [("a.py", ("b.py:7",))]


def test_parts_of_a_definition_are_one_hit_its_best_part() -> None:
    parts = [
        candidate(
            "a.py", "Session.expire", f"part {idx}", similarity=0.3 + idx / 10, line=idx, signature="def expire(self):"
        )
        for idx in range(3)
    ]

    assert [hit.record.span.start_line for hit in answer(*parts)] == [2]


def test_overloads_are_hits_of_their_own() -> None:
    hits = answer(
        candidate("A.java", "A.run", "one", signature="void run()"),
        candidate("A.java", "A.run", "two", signature="void run(int times)"),
    )

    assert len(hits) == 2


def test_blocks_without_a_name_are_hits_of_their_own() -> None:
    assert (
        len(answer(candidate("a.py", text="one", kind=Kind.BLOCK), candidate("a.py", text="two", kind=Kind.BLOCK))) == 2
    )


def test_a_short_question_names_a_subject_and_other_files_come_before_the_many_hits_of_one() -> None:
    many = [candidate("a.py", f"f{idx}", f"end a visit {idx}", similarity=0.50, line=idx) for idx in range(5)]

    hits = answer(*many, candidate("b.py", "other", "end a visit", similarity=0.42))

    assert [hit.record.path for hit in hits[:2]] == ["a.py", "b.py"]
    assert len(hits) == 6


DESCRIBED = "a visit that nobody has ended goes on after the night is over"


def test_a_long_question_describes_one_place_and_those_of_one_file_are_different_guesses() -> None:
    many = [candidate("a.py", f"f{idx}", f"text {idx}", similarity=0.50, line=idx) for idx in range(3)]

    hits = answer(*many, candidate("b.py", "other", similarity=0.42), query=DESCRIBED)

    assert [hit.record.path for hit in hits] == ["a.py", "a.py", "a.py", "b.py"]


def test_one_file_does_not_fill_the_answer_to_a_long_question_either() -> None:
    many = [candidate("a.py", f"f{idx}", f"text {idx}", similarity=0.50, line=idx) for idx in range(10)]
    others = [candidate(f"b{idx}.py", "other", f"another {idx}", similarity=0.42) for idx in range(4)]

    hits = answer(*many, *others, query=DESCRIBED)

    assert {f"b{idx}.py" for idx in range(4)} <= {hit.record.path for hit in hits[:10]}
