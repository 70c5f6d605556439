import numpy as np
import pytest

from training.examples import Triplet
from training.trial import Found, ground, search


def triplet(number: int, level: str = "L1") -> Triplet:
    return Triplet("o/n", level, f"question {number}", f"answer {number}", (f"alike {number}", "no part"), "f", ())


def test_the_share_found_first_and_among_five_and_the_mean_reciprocal_rank() -> None:
    found = Found.of([1, 2, 5, 10])
    assert (found.n, found.first, found.first_five) == (4, 0.25, 0.75)
    assert found.reciprocal_rank == pytest.approx((1 + 1 / 2 + 1 / 5 + 1 / 10) / 4)


def test_questions_are_asked_of_answers_written_look_alikes_and_others_each_once() -> None:
    where = ground([triplet(1), triplet(2), triplet(1, "L2")], ["other", "answer 2"])
    assert where.passages == ("answer 1", "answer 2", "alike 1", "alike 2", "other")
    assert where.answers == (0, 1, 0)


def test_a_search_says_for_each_level_how_well_the_answers_were_found() -> None:
    vectors = {
        "question 1": [1.0, 0.0],
        "question 2": [0.0, 1.0],
        "answer 1": [1.0, 0.0],
        "answer 2": [0.8, 0.6],
        "alike 1": [0.6, 0.8],
        "alike 2": [-1.0, 0.0],
    }
    where = ground([triplet(1), triplet(2, "L2")], [])
    found = search(lambda texts: np.array([vectors[text] for text in texts], np.float32), [where])
    assert {level: one.reciprocal_rank for level, one in found.items()} == {"L1": 1.0, "L2": 0.5, "all": 0.75}
