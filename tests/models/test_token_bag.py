"""A text as a bag of tokens."""

from __future__ import annotations

import numpy as np
import pytest

from token_bag import Bag
from whence.arrays import Float32


@pytest.fixture
def table() -> Float32:
    """Token 0 says nothing; 1 and 2 stand at right angles."""
    return np.array([[0, 0], [1, 0], [0, 2]], np.float32)


def test_a_text_is_the_sum_of_its_tokens_at_length_1(table: Float32) -> None:
    (row,) = Bag(table, power=0.5).vectors([[1, 2]])

    np.testing.assert_allclose(row, np.array([1, 2]) / np.sqrt(5), rtol=1e-6)


@pytest.mark.parametrize(("power", "counted"), [(0.0, 4.0), (0.5, 2.0), (1.0, 1.0)])
def test_a_token_said_again_counts_less_the_higher_the_power(table: Float32, power: float, counted: float) -> None:
    (row,) = Bag(table, power).vectors([[1, 2, 1, 1, 1]])

    assert row[0] / row[1] == pytest.approx(counted / 2)


def test_the_order_of_tokens_says_nothing(table: Float32) -> None:
    one, other = Bag(table, 0.7).vectors([[1, 1, 2], [2, 1, 1]])

    np.testing.assert_array_equal(one, other)


def test_a_text_without_a_telling_token_is_zeros(table: Float32) -> None:
    assert not Bag(table, 0.7).vectors([[], [0, 0]]).any()
