"""Which texts share a batch: pure, on lengths alone.

The texts of a batch have one length, so nothing is padded: no number of a vector depends on what shared its batch, and
attention needs no mask, which lets onnxruntime work block by block. The budget bounds the memory a batch takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MAX_BATCH_TOKENS = 512
"""Each thread works on a batch of its own. Larger batches are no quicker (from 1,024 to 8,192 a token takes 3 to 7 in
100 more time), take more memory and make a stop wait longer (benchmarks/encoder_throughput.py)."""

SLAB_TEXTS = 1024
"""Texts tokenised at a time: some 2 MB of token ids, and enough to fill batches of one length."""


def slabs_by_length(lengths: Sequence[int], n_slab: int = SLAB_TEXTS) -> Iterator[list[int]]:
    """Cut the indexes of `lengths` into lists of at most `n_slab`, longest first, equal lengths in their order."""
    order = sorted(range(len(lengths)), key=lambda text_idx: -lengths[text_idx])
    for start in range(0, len(order), n_slab):
        yield order[start : start + n_slab]


def batches_under_budget(lengths: Sequence[int], max_batch_tokens: int = MAX_BATCH_TOKENS) -> Iterator[list[int]]:
    """Cut the indexes of `lengths` into batches of rows of one length, longest first; their tokens stay in the budget.

    A single row longer than the budget is a batch of its own.
    """
    batch: list[int] = []
    for row_idx in sorted(range(len(lengths)), key=lambda row_idx: -lengths[row_idx]):
        length = lengths[row_idx]
        if batch and (length != lengths[batch[0]] or (len(batch) + 1) * length > max_batch_tokens):
            yield batch
            batch = []
        batch.append(row_idx)
    if batch:
        yield batch
