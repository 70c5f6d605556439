import subprocess
from pathlib import Path

import pytest

from tests.training.test_mine import commit
from training.corpus import Definition
from training.examples import Batches, Example, counterparts
from training.mine import Pair
from training.tasks import HELD_OUT_SHARE, is_held_out, solutions, task_of
from training.trial import MIN_SOLUTIONS, task_grounds

EXERCISE = "exercises/practice/two-fer"


def define(symbol: str, path: str, n_lines: int = 4) -> Definition:
    passage = "\n".join(f"{symbol} {idx}" for idx in range(n_lines))
    return Definition(path, symbol, "function", "python", 1, n_lines, "", passage, (), is_test=False)


def solution(path: str, language: str, query: str = "sort by halves") -> Pair:
    task = task_of(path)
    return Pair(f"o/{language}", "task", language, query, f"function {task}\nin {language}: {path}", task, path, 1, ())


def tasks(*, held_out: bool, count: int) -> list[str]:
    names = (f"task_{idx}" for idx in range(1_000))
    return [name for name in names if is_held_out(name) == held_out][:count]


@pytest.mark.parametrize(
    ("path", "task"),
    [
        (f"{EXERCISE}/.meta/example.py", "twofer"),
        ("exercises/practice/two-fer/.meta/src/reference/java/Twofer.java", "twofer"),
        ("sorts/merge_sort.py", "mergesort"),
        ("src/main/java/sorts/MergeSort.java", "mergesort"),
    ],
)
def test_a_task_has_one_name_in_all_languages(path: str, task: str) -> None:
    assert task_of(path) == task


def test_some_tasks_are_held_out_whatever_the_language() -> None:
    names = [f"task-{idx}" for idx in range(2_000)]
    share = sum(map(is_held_out, names)) / len(names)
    assert share == pytest.approx(HELD_OUT_SHARE, abs=0.03)
    assert all(is_held_out(f"a/{name}.py") == is_held_out(f"b/{name.replace('-', '_')}.go") for name in names)


def test_the_longest_definition_of_a_solution_answers_what_states_the_task(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    docs = tmp_path / EXERCISE / ".docs"
    docs.mkdir(parents=True)
    text = "# Instructions\n\nYour task is to share what there is with a friend.\n\nIt is like this: one for you.\n"
    (docs / "instructions.md").write_text(text)
    head = commit(tmp_path, "first")
    definitions = [
        define("helper", f"{EXERCISE}/.meta/example.py"),
        define("two_fer", f"{EXERCISE}/.meta/example.py", 9),
        define("two_fer", f"{EXERCISE}/two_fer.py", 20),
        define("merge_sort", "sorts/merge_sort.py", 5),
        define("main", "sorts/merge_sort.py", 30),
    ]
    found = [(query, one.symbol, one.path) for query, one in solutions(definitions, tmp_path / ".git", head)]
    assert found == [
        ("share what there is with a friend", "two_fer", f"{EXERCISE}/.meta/example.py"),
        ("merge sort", "merge_sort", "sorts/merge_sort.py"),
    ]


def test_solutions_of_one_task_in_two_languages_are_counterparts_however_many_there_are() -> None:
    languages = [f"language {idx}" for idx in range(20)]
    pairs = [solution(f"sorts/bubble.{idx}", language) for idx, language in enumerate(languages)]
    assert [[one.language for one in same] for same in counterparts(pairs)] == [languages]


def test_no_solution_of_a_held_out_task_is_in_a_batch() -> None:
    known, kept = tasks(held_out=False, count=30), tasks(held_out=True, count=30)
    pairs = [solution(f"{name}.{language}", language) for name in (*known, *kept) for language in ("python", "go")]
    batches = Batches(pairs, [], 8, 7)
    seen = {example.symbol for step in range(60) for example in rows(batches, step)}
    assert seen
    assert not seen & {task_of(name) for name in kept}


def test_held_out_tasks_are_asked_by_statement_and_by_their_solution_in_python() -> None:
    kept = tasks(held_out=True, count=MIN_SOLUTIONS)
    pairs = [
        solution(f"{name}.{language}", language, f"states {name}") for name in kept for language in ("python", "go")
    ]
    few = solution(f"{kept[0]}.rs", "rust")
    grounds = task_grounds([*pairs, few, solution(f"{tasks(held_out=False, count=1)[0]}.go", "go")])
    assert [one.levels[0] for one in grounds] == ["task", "task", "counterpart"]
    assert all(len(one.passages) == len(kept) for one in grounds)
    asked = grounds[2]
    assert all("in python" in question for question in asked.questions)
    assert all("in go" in asked.passages[answer] for answer in asked.answers)


def rows(batches: Batches, step: int) -> list[Example]:
    return batches.batch(step)[1]
