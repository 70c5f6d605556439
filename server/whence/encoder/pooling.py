"""From token vectors to one unit vector a text: pure functions on arrays, knowing no model.

Every mask row has at least one 1; real tokens stand before padding.
"""

from __future__ import annotations

import numpy as np

from whence.arrays import Float32, Int64
from whence.errors import bug


def mean_pool(hidden: Float32, mask: Int64) -> Float32:
    """Average token vectors per text, ignoring padding.

    Args:
        hidden: float32 [n_texts, n_tokens, dim], last hidden layer.
        mask: int64 [n_texts, n_tokens], 1 for a real token.

    Returns:
        float32 [n_texts, dim], not scaled.

    Raises:
        Bug: hidden and mask disagree in the first two axes, or a text has no token.
    """
    _check(hidden, mask)
    weights = mask.astype(np.float32) / mask.sum(axis=1, keepdims=True, dtype=np.float32)
    pooled: Float32 = np.matmul(weights[:, None, :], hidden)[:, 0, :]
    return pooled


def cls_pool(hidden: Float32, mask: Int64) -> Float32:
    """Take each text's first token vector.

    Args:
        hidden: float32 [n_texts, n_tokens, dim], last hidden layer.
        mask: int64 [n_texts, n_tokens], 1 for a real token.

    Returns:
        float32 [n_texts, dim], not scaled.

    Raises:
        Bug: hidden and mask disagree in the first two axes, or a text has no token.
    """
    _check(hidden, mask)
    return hidden[:, 0, :]


def last_token_pool(hidden: Float32, mask: Int64) -> Float32:
    """Take each text's last real token vector.

    Args:
        hidden: float32 [n_texts, n_tokens, dim], last hidden layer.
        mask: int64 [n_texts, n_tokens], 1 for a real token.

    Returns:
        float32 [n_texts, dim], not scaled.

    Raises:
        Bug: hidden and mask disagree in the first two axes, or a text has no token.
    """
    _check(hidden, mask)
    last: Float32 = hidden[np.arange(len(hidden)), mask.sum(axis=1) - 1, :]
    return last


def cut_and_scale(pooled: Float32, dimension: int) -> Float32:
    """Keep the first `dimension` values of each row, then scale the row to length 1; an all-zero row stays zero.

    Cutting before scaling is what Matryoshka training prepares a model for (Kusupati et al., NeurIPS 2022).

    Args:
        pooled: float32 [n_texts, dim], dim at least `dimension`.
        dimension: how many values to keep.

    Returns:
        float32 [n_texts, dimension]; a dot product of two rows is their cosine in [-1, 1].
    """
    cut = pooled[:, :dimension]
    lengths = np.linalg.norm(cut, axis=1, keepdims=True)
    unit: Float32 = np.divide(cut, lengths, out=np.zeros_like(cut), where=lengths > 0)
    return unit


def _check(hidden: Float32, mask: Int64) -> None:
    if hidden.ndim != 3 or hidden.shape[:2] != mask.shape:
        bug("hidden and mask disagree", hidden=hidden.shape, mask=mask.shape)
    if not mask[:, :1].all():
        bug("a text without a token reached pooling")
