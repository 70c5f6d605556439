"""What training minimises: in-batch contrast at several lengths of the vector, with false negatives masked.

Contrast is InfoNCE (van den Oord et al., 2018) with questions against every passage of the batch; Matryoshka
(Kusupati et al., NeurIPS 2022) takes it at each length; the mask leaves out what is no wrong answer, as GISTEmbed does
(Solatorio, 2024), told by the call graph and by a guide; large batches go through gradient caching (Gao et al., 2021).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

DIMENSIONS = (384, 256, 128, 64)
TEMPERATURE = 0.05
NEAR_DUPLICATE = 0.9
"""Cosine of two passages under the guide, from which one does not stand against the other."""

GUIDE_MARGIN = 0.1
"""A passage counts as right for a question when the guide puts it nearer than the right one by so much."""

Encode = Callable[[Sequence[str]], torch.Tensor]


def contrast(
    queries: torch.Tensor,
    passages: torch.Tensor,
    is_masked: torch.Tensor,
    dimensions: Sequence[int] = DIMENSIONS,
    *,
    beside: torch.Tensor | float = 0.0,
    share: float = 0.0,
) -> torch.Tensor:
    """Mean loss over the lengths in `dimensions`.

    Args:
        queries: float [n, dim]; the right passage of query i is row i.
        passages: float [m, dim], m ≥ n; rows from n on are further wrong answers.
        is_masked: bool [n, m]; pairs that are neither right nor wrong. Never true on the diagonal.
        beside: float [n, m]; cosines of what stands beside these vectors when they are used.
        share: of `beside` in a cosine, 0 to 1.
    """
    right = torch.arange(len(queries), device=queries.device)
    total = queries.new_zeros(())
    for dimension in dimensions:
        q = torch.nn.functional.normalize(queries[:, :dimension], dim=1)
        p = torch.nn.functional.normalize(passages[:, :dimension], dim=1)
        cosines = (1 - share) * (q @ p.T) + share * beside
        scores = (cosines / TEMPERATURE).masked_fill(is_masked, float("-inf"))
        forward = torch.nn.functional.cross_entropy(scores, right)
        backward = torch.nn.functional.cross_entropy(scores[:, : len(queries)].T, right)
        total = total + forward + 0.5 * backward
    return total / (1.5 * len(dimensions))


def guided(queries: torch.Tensor, passages: torch.Tensor) -> torch.Tensor:
    """Bool [n, m]: passages that the guide's vectors say are right for a query too, or are the right one over again."""
    scores = queries @ passages.T
    n = len(queries)
    own = scores[:, :n].diagonal()
    masked = (scores > own[:, None] + GUIDE_MARGIN) | (passages[:n] @ passages.T > NEAR_DUPLICATE)
    masked[torch.arange(n), torch.arange(n)] = False
    return masked


def backward_cached(
    encode: Encode, texts: Sequence[str], loss_of: Callable[[torch.Tensor], torch.Tensor], mini_batch: int
) -> float:
    """Give every text's gradient to the encoder while only `mini_batch` of them are held with their activations.

    Encodes twice: without activations for the loss and its gradient by vector, then piece by piece with them. A batch
    that fits goes through once.
    """
    if len(texts) <= mini_batch:
        loss = loss_of(encode(texts))
        loss.backward()
        return float(loss.detach())
    with torch.no_grad():
        vectors = torch.cat([encode(texts[at : at + mini_batch]) for at in range(0, len(texts), mini_batch)])
    vectors = vectors.detach().requires_grad_()
    loss = loss_of(vectors)
    loss.backward()
    assert vectors.grad is not None
    for at in range(0, len(texts), mini_batch):
        (encode(texts[at : at + mini_batch]) * vectors.grad[at : at + mini_batch]).sum().backward()
    return float(loss.detach())
