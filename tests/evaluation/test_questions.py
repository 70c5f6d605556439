"""Questions made of doc comments and commits, and the measures of their answers."""

from __future__ import annotations

import pytest

from whence.chunking.chunker import outline
from whence.domain import ChunkId, FileHash, Hit, Kind, Source, Span
from whence.evaluation.measures import figure, measure
from whence.evaluation.questions import Place, Question, ask_docs, by_chance, changed, join_same
from whence.evaluation.wording import commit_question, doc_question


def source(path: str, text: str) -> Source:
    return Source(path=path, data=text.encode(), file_hash=FileHash(""), size=len(text), mtime_ns=0)


def asked(path: str, text: str) -> list[Question]:
    return ask_docs(path, outline(source(path, text)))


def changed_symbols(before: str, after: str) -> list[str]:
    old, new = source("a.py", before), source("a.py", after)
    return changed((old, outline(old)), (new, outline(new)))


def hit(path: str, start_line: int, end_line: int, symbol: str = "", copies: tuple[str, ...] = ()) -> Hit:
    span = Span(start_line, end_line, 0, 1)
    return Hit(path, span, symbol, Kind.FUNCTION, "python", 1.0, (), "", ChunkId(1), copies)


@pytest.mark.parametrize(
    ("doc", "question"),
    [
        ("Forget the customer, i.e. sign out. Later: more.", "Forget the customer, i.e. sign out"),
        ("count tells how many sheep\nsleep.\n\nSecond paragraph.", "tells how many sheep sleep"),
        ("The count() tells how many sheep sleep", "tells how many sheep sleep"),
        ("Gives {@link Herd} of `sheep` by <b>night</b>.\n@param night when", "Gives Herd of sheep by night"),
        ('Tells how many sheep sleep."', "Tells how many sheep sleep"),
        ("How many sheep sleep.\nArgs:\n    night: when", "How many sheep sleep"),
        ("夜に眠っている羊を数える。次の文。", "夜に眠っている羊を数える"),
        ("@brief Counts sheep by night\n@param night when", "Counts sheep by night"),
    ],
)
def test_first_sentence_of_a_doc_is_the_question(doc: str, question: str) -> None:
    assert doc_question(doc, "count") == question


@pytest.mark.parametrize(
    "doc",
    [
        "",
        "Constructor.",
        "Copyright 2020 The Sheep Authors of the world",
        "TODO: count the sheep here too",
        "Deprecated: use something else for sheep",
        "{@inheritDoc}",
        "if (sheep.asleep()) { n += 1; } return n;",
        "count implements the Herd interface of sheep",
        "@param night when the sheep sleep",
        "-----------------",
    ],
)
def test_doc_that_says_too_little_is_no_question(doc: str) -> None:
    assert doc_question(doc, "count") == ""


@pytest.mark.parametrize(
    ("subject", "question"),
    [
        ("fix(router): keep escaped slashes in paths (#123)", "keep escaped slashes in paths"),
        ("[HERD-12] Count sheep asleep, fixes #4", "Count sheep asleep"),
        (":bug: Count sheep only once", "Count sheep only once"),
        ("HERD-12: Count sheep only once.", "Count sheep only once"),
    ],
)
def test_subject_line_is_a_question_without_its_decoration(subject: str, question: str) -> None:
    assert commit_question(subject) == question


@pytest.mark.parametrize(
    "subject",
    [
        "Merge branch 'main' into sheep",
        'Revert "Count sheep by night"',
        "Bump sheep from 1.0 to 1.1",
        "chore(deps): bump sheep to the newest",
        "docs: tell how sheep are counted",
        "Reformat all code with black",
        "Fix typo in the name of sheep",
        "Update dependencies of the herd",
        "Update sheep, goat to 1.12.9",
        "Add some tests for the herd",
        "v1.2.3",
        "wip",
        "Fix",
        "",
    ],
)
def test_routine_commit_is_no_question(subject: str) -> None:
    assert commit_question(subject) == ""


def test_question_knows_where_its_definition_stands() -> None:
    text = 'class Herd:\n    def count(self):\n        """Tell how many sheep sleep."""\n        return 1\n'

    assert asked("herd.py", text) == [
        Question("Tell how many sheep sleep", (Place("herd.py", "Herd.count", 2),), "herd.py:2")
    ]


def test_tests_and_constants_are_not_asked_for() -> None:
    assert asked("tests/test_herd.py", 'def test_count():\n    """Tells how many sheep sleep."""\n') == []
    assert asked("herd.go", "package herd\n\n// How many sheep sleep by night.\nconst Count = 1\n") == []


def test_sentence_at_two_places_is_one_question_and_at_many_none() -> None:
    def question(idx: int) -> Question:
        return Question("Close the gate", (Place("a.py", f"close_{idx}", idx),), f"a.py:{idx}")

    assert [len(one.places) for one in join_same(map(question, range(2)))] == [2]
    assert join_same(map(question, range(9))) == []


def test_only_definitions_whose_own_code_differs_are_changed() -> None:
    count = '    def count(self):\n        """Old."""\n        return 1\n'
    before = f"class Herd:\n{count}\n    def sleep(self):\n        pass\n"
    after = before.replace("Old", "New").replace("pass", "return 2").replace("return 1", "return   1")

    assert changed_symbols(before, after) == ["Herd.sleep"]
    assert changed_symbols(before, before + "\n\ndef added():\n    return 3\n") == ["added"]


def test_hit_is_right_by_symbol_by_line_and_as_a_copy() -> None:
    place = Place("a.py", "Herd.count", 12)

    assert place.is_shown_by(hit("a.py", 40, 50, "Herd.count"))
    assert place.is_shown_by(hit("a.py", 10, 20, "Herd"))
    assert place.is_shown_by(hit("b.py", 1, 5, "Fold.count", copies=("a.py:11",)))
    assert not place.is_shown_by(hit("a.py", 20, 30, "Herd.sleep"))
    assert not place.is_shown_by(hit("b.py", 10, 20, "Herd.count", copies=("a.py:1",)))


def test_order_by_chance_is_the_same_each_time_and_keeps_when_something_is_added() -> None:
    names = [f"file{idx}" for idx in range(50)]

    chosen = by_chance(names, str)

    assert chosen == by_chance(reversed(names), str) != names
    assert [name for name in by_chance([*names, "new"], str) if name != "new"] == chosen


def test_measures_are_means_with_an_interval_around_them() -> None:
    measures = measure([1, 2, None, 20])

    assert (measures.recall_at_1.mean, measures.recall_at_5.mean, measures.recall_at_20.mean) == (0.25, 0.5, 0.75)
    assert measures.mrr.mean == pytest.approx((1 + 1 / 2 + 1 / 20) / 4)
    assert measures.recall_at_5.low <= 0.5 <= measures.recall_at_5.high
    assert figure([1.0, 1.0]).low == figure([1.0, 1.0]).high == 1.0
    assert figure([0.0, 1.0] * 10) == figure([0.0, 1.0] * 10)
