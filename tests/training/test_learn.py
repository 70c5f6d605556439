import attrs
import numpy as np
import pytest

from benchmarks.quality.learn import LEARNED, Asked, climb, functions_of
from benchmarks.quality.questions import Place, Question
from tests.ranking.support import candidate
from whence.ranking.understanding import Shape, understand
from whence.ranking.weights import Weights, weights_for

CODE = b"""
class Shop:
    def price(self):
        def rounded(value):
            return round(value)

        return rounded(self.raw)


def close(shop):
    return shop.end()
"""


def test_functions_stand_alone_without_those_inside_them() -> None:
    found = dict(functions_of("shop.py", CODE))
    assert list(found) == [3, 10]
    assert found[3].startswith("def price(self):\n    def rounded(value):\n")
    assert found[10] == "def close(shop):\n    return shop.end()\n"


def test_no_test_is_a_function_to_be_found() -> None:
    assert not list(functions_of("tests/test_shop.py", CODE))


def test_climbing_raises_the_weight_that_puts_right_places_first_and_keeps_the_sum() -> None:
    right = candidate("a.py", "one", "end a visit", similarity=0.50, word_score=8.0)
    wordy = candidate("b.py", "two", "end a visit", similarity=0.44, word_score=9.0)
    question = Question("end a visit", "L1", (Place("a.py"),))
    nothing = np.zeros((2, len(LEARNED)))
    asked = Asked("own-tune", "shop", question, understand(question.text), (right, wordy), nothing, ())
    start = attrs.evolve(weights_for(Shape.NATURAL), **dict.fromkeys(LEARNED, 0.1))

    climbed = climb([asked], start)

    assert climbed.meaning > start.meaning
    assert _sum(climbed) == pytest.approx(_sum(start))


def _sum(weights: Weights) -> float:
    return float(sum(getattr(weights, name) for name in LEARNED))
