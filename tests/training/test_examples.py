import random

import attrs

from training.examples import Batches, Triplet, chances, counterparts, kin, main_languages
from training.mine import Pair
from training.twins import disguised

CODE = (
    "function sum prices\ndef sum_prices(basket, rate):\ntotal = 0\n"
    "for item in basket:\ntotal += item.price\nreturn total * rate"
)


def pair(number: int, language: str = "python", symbol: str | None = None, calls: tuple[str, ...] = ()) -> Pair:
    name = symbol or f"do_thing_{number}"
    passage = f"function {name}\ndef {name}(a):\nreturn work_{number}(a)"
    return Pair("o/n", "doc", language, f"does the thing number {number}", passage, name, "a.py", number, calls)


def triplet(repo: str, number: int, level: str = "L1") -> Triplet:
    return Triplet(
        repo, level, f"question {number} of {repo}", f"answer {number} of {repo}", ("wrong",), f"f{number}", ()
    )


def test_a_batch_depends_on_seed_and_step_alone() -> None:
    pairs = [pair(number) for number in range(60)]
    one, other = Batches(pairs, [], 8, 7), Batches(pairs, [], 8, 7)
    assert [one.batch(step) for step in range(6)] == [other.batch(step) for step in range(6)]
    assert Batches(pairs, [], 8, 8).batch(0) != one.batch(0)


def test_questions_of_held_out_repositories_are_never_in_a_batch() -> None:
    triplets = [triplet(repo, number) for repo in ("o/n", "encode/uvicorn") for number in range(30)]
    batches = Batches([], triplets, 8, 7)
    queries = {row.query for step in range(40) for row in batches.batch(step)[1]}
    assert queries
    assert not any("uvicorn" in query for query in queries)


def test_questions_typed_into_a_search_engine_have_batches_of_their_own() -> None:
    triplets = [triplet("o/n", number, level) for level in ("L0", "L1", "L2") for number in range(20)]
    triplets = [attrs.evolve(one, query=f"{one.level} {one.query}") for one in triplets]
    batches = Batches([], triplets, 8, 7)
    levels = {(task, row.query[:2]) for step in range(40) for task, rows in [batches.batch(step)] for row in rows}
    assert levels == {("web", "L0"), ("questions", "L1"), ("questions", "L2")}


def test_questions_about_a_language_come_by_the_square_root_of_their_number() -> None:
    n_of_repo = {"a/py": 300, "b/py": 100, "c/zig": 100}
    groups = {repo: [triplet(repo, number) for number in range(n_rows)] for repo, n_rows in n_of_repo.items()}

    weights = chances(groups, {"a/py": "python", "b/py": "python", "c/zig": "zig"})

    assert weights["a/py"] == 3 * weights["b/py"]
    assert weights["a/py"] + weights["b/py"] == 2 * weights["c/zig"]


def test_a_repository_is_of_the_language_that_most_of_its_pairs_are_in() -> None:
    assert main_languages([pair(1, "lua"), pair(2, "c"), pair(3, "lua")]) == {"o/n": "lua"}


def test_no_two_rows_of_a_batch_ask_or_answer_the_same() -> None:
    batches = Batches([pair(number % 5) for number in range(50)], [], 16, 7)
    for step in range(10):
        rows = batches.batch(step)[1]
        assert len({row.query for row in rows}) == len(rows) == len({row.positive for row in rows})


def test_definitions_of_one_telling_name_in_two_languages_are_counterparts() -> None:
    pairs = [pair(1, "go", "ReadHeader"), pair(2, "python", "read_header"), pair(3, "python", "run")]
    assert [[one.symbol for one in same] for same in counterparts(pairs)] == [["ReadHeader", "read_header"]]


def test_kin_by_call_or_name_do_not_stand_against_each_other() -> None:
    batches = Batches([pair(1, calls=("do_thing_2",)), pair(2), pair(3)], [], 3, 7)
    rows = next(
        rows for step in range(50) for task, rows in [batches.batch(step)] if task == "pairs" and len(rows) == 3
    )
    at = {row.symbol: idx for idx, row in enumerate(rows)}
    one, other = at["do_thing_1"], at["do_thing_2"]
    assert kin(rows) == {(one, other), (other, one)}


def test_disguised_code_keeps_its_keywords_and_loses_most_of_its_names() -> None:
    clothes = [disguised(CODE, random.Random(seed)) for seed in range(20)]
    assert all("return" in text for text in clothes)
    assert all("sum prices" not in text for text in clothes)
    assert sum("basket" in text for text in clothes) < 10
