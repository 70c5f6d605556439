"""Which texts share a batch: pure, on lengths alone.

A batch is a rectangle, so a short text beside a long one is padded. Sorting by length keeps the padding small; the
budget bounds the rectangle, and with it the memory one batch takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MAX_BATCH_TOKENS = 512
"""Padding included; each thread works on a batch of its own. From 512 to 4,096 a token takes the same time; larger
batches pad more, take more memory and make a stop wait longer (benchmarks/encoder_throughput.py)."""

SLAB_TEXTS = 1024
"""Texts tokenised at a time: some 2 MB of token ids, and enough to fill batches of one length."""


def slabs_by_length(lengths: Sequence[int], n_slab: int = SLAB_TEXTS) -> Iterator[list[int]]:
    """Cut the indexes of `lengths` into lists of at most `n_slab`, longest first, equal lengths in their order."""
    order = sorted(range(len(lengths)), key=lambda text_idx: -lengths[text_idx])
    for start in range(0, len(order), n_slab):
        yield order[start : start + n_slab]


def batches_under_budget(lengths: Sequence[int], max_batch_tokens: int = MAX_BATCH_TOKENS) -> Iterator[list[int]]:
    """Cut the indexes of `lengths` into batches, longest first: rows times longest row stays within the budget.

    A single row longer than the budget is a batch of its own.
    """
    batch: list[int] = []
    for row_idx in sorted(range(len(lengths)), key=lambda row_idx: -lengths[row_idx]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > max_batch_tokens:
            yield batch
            batch = []
        batch.append(row_idx)
    if batch:
        yield batch
