"""Pooling against sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from whence.encoder.pooling import cls_pool, cut_and_scale, last_token_pool, mean_pool
from whence.errors import Bug

HIDDEN = np.array([[[1, 2], [3, 6], [99, 99]], [[4, 0], [0, 8], [2, 1]]], np.float32)
MASK = np.array([[1, 1, 0], [1, 1, 1]], np.int64)


def test_mean_leaves_padding_out() -> None:
    np.testing.assert_allclose(mean_pool(HIDDEN, MASK), [[2, 4], [2, 3]])


def test_cls_takes_the_first_token() -> None:
    np.testing.assert_array_equal(cls_pool(HIDDEN, MASK), [[1, 2], [4, 0]])


def test_last_token_is_the_last_real_one() -> None:
    np.testing.assert_array_equal(last_token_pool(HIDDEN, MASK), [[3, 6], [2, 1]])


def test_rows_are_cut_before_they_are_scaled_to_length_one() -> None:
    np.testing.assert_allclose(cut_and_scale(np.array([[3, 4, 100]], np.float32), 2), [[0.6, 0.8]])


def test_a_row_of_zeros_stays_zero() -> None:
    np.testing.assert_array_equal(cut_and_scale(np.zeros((1, 3), np.float32), 3), [[0, 0, 0]])


@pytest.mark.parametrize("mask", [MASK[:, :2], np.array([[0, 0, 0], [1, 1, 1]], np.int64)])
@pytest.mark.parametrize("pool", [mean_pool, cls_pool, last_token_pool])
def test_a_mask_that_does_not_fit_is_a_bug(pool: object, mask: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> None:
    assert callable(pool)

    with pytest.raises(Bug):
        pool(HIDDEN, mask)
