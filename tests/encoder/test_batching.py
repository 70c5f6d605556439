"""Which texts share a batch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whence.encoder.batching import batches_under_budget, slabs_by_length


def test_batches_are_longest_first_and_fill_the_budget() -> None:
    assert list(batches_under_budget([2, 5, 2, 5, 5], max_batch_tokens=10)) == [[1, 3], [4], [0, 2]]


def test_rows_of_different_lengths_are_apart_though_the_budget_has_room() -> None:
    assert list(batches_under_budget([2, 5, 2, 4], max_batch_tokens=100)) == [[1], [3], [0, 2]]


def test_a_row_over_the_budget_is_alone() -> None:
    assert list(batches_under_budget([3, 50], max_batch_tokens=10)) == [[1], [0]]


def test_slabs_are_bounded_and_longest_first() -> None:
    assert list(slabs_by_length([1, 3, 2, 3], n_slab=3)) == [[1, 3, 2], [0]]


@given(st.lists(st.integers(0, 64), max_size=60), st.integers(1, 200))
def test_every_row_is_in_one_batch_and_no_batch_is_over_the_budget(lengths: list[int], budget: int) -> None:
    batches = list(batches_under_budget(lengths, budget))

    assert sorted(row_idx for batch in batches for row_idx in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * lengths[batch[0]] <= budget for batch in batches)
    assert all(len({lengths[row_idx] for row_idx in batch}) == 1 for batch in batches)
