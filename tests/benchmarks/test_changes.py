from typing import Any

from benchmarks.quality.changes import differences, ranks, summary, worst


def row(query: str, found: list[int | None], retriever: str = "whence") -> dict[str, Any]:
    return {"suite": "own-test", "task": "shelf", "retriever": retriever, "query": query, "ranks": found}


def test_a_question_is_won_where_its_first_right_hit_stands_higher() -> None:
    before = ranks([row("a", [3]), row("b", [1]), row("c", [None]), row("d", [2, 5]), row("gone", [1])], "whence")
    after = ranks([row("a", [1]), row("b", [None]), row("c", [9]), row("d", [7, 2]), row("new", [1])], "whence")
    changes = differences(before, after)
    assert [(one.query, one.is_won) for one in changes] == [("b", False), ("a", True), ("c", True)]
    assert summary(changes) == ["own-test: 2 won, 1 lost"]
    assert str(changes[0]) == "lost rank 1 → not found: shelf: b"


def test_the_worst_questions_come_with_where_the_parts_of_the_search_had_the_answer() -> None:
    rows = [
        *(row("easy", [1]), row("lost", [None]), row("hopeless", [None])),
        *(row("lost", [2], "vectors"), row("hopeless", [None], "vectors"), row("lost", [None], "words")),
    ]
    assert worst(rows, 2) == [
        "worst of own-test:",
        "- not found (words not found, vectors rank 2): shelf: lost",
        "- not found (words not found, vectors not found): shelf: hopeless",
    ]
