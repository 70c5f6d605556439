"""Turns a model's vectors so that their first numbers tell most: a cut vector then loses next to nothing.

A rotation changes no cosine of whole vectors. One onto the principal axes of questions and answers (PCA without
centring, as cosines are taken without it) puts what tells texts apart into the first numbers; a Matryoshka loss alone
had left a tenth of the reciprocal rank behind at 128 of 384 numbers.

Axes of agreement do more. Along some principal axes a question and its answer say the same, along others they lie apart
by chance, and along one, which tells prose from code, they are opposed. So the axes are those of the cross-covariance
of questions with answers, what they share leading, and each counts by how much of it is shared.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from proof import Float32
from token_bag import TINY
from training.examples import SHARES, WEB, Triplet, learned_of, read_triplets

N_TRIPLETS = 5_000

TRUST = 0.25
"""Power of the part of an axis that question and answer share, by which a product along it counts: of 0, 0.25, 0.5 and
1 the best on the tune suites (docs/decisions/0008-two-readings-of-a-text.md)."""

WEB_SHARE = SHARES["web"] / (SHARES["web"] + SHARES["questions"])
"""Of what is typed into a search engine among them, as among the questions that are trained on: what is rare in the
sample is lost first when vectors are cut."""


def principal_axes(triplets: Path, encode: Callable[[Sequence[str]], Float32]) -> Float32:
    """Float32 [dim, dim], orthogonal: vectors times it have their principal axes first, the largest leading.

    Args:
        triplets: of training.negatives; those of held-out repositories are left out.
        encode: texts to float32 [n_texts, dim] unit rows.
    """
    rows = np.concatenate(_asked_and_answered(triplets, encode))
    _, _, axes = np.linalg.svd(rows, full_matrices=False)
    return np.ascontiguousarray(axes.T, np.float32)


def agreement_axes(triplets: Path, encode: Callable[[Sequence[str]], Float32]) -> Float32:
    """Float32 [dim, dim], orthogonal but for the columns' lengths, 0 to 1: what questions and answers share leads.

    The eigenvectors of the symmetric part of the cross-covariance (maximum covariance analysis), each times
    (shared / whole) ** (TRUST / 2), which are its eigenvalue and the second moment along it, as a Wiener filter weighs
    a signal; 0 where question and answer are opposed. Rows times it are to be brought back to length 1.

    Args:
        triplets: as for `principal_axes`.
        encode: likewise.
    """
    asked, answered = _asked_and_answered(triplets, encode)
    cross = asked.T @ answered
    shared, axes = np.linalg.eigh((cross + cross.T) / 2)
    whole = np.square(asked @ axes).sum(axis=0) + np.square(answered @ axes).sum(axis=0)
    trusted = np.maximum(2 * shared / np.maximum(whole, TINY), 0.0) ** (TRUST / 2)
    return np.ascontiguousarray((axes * trusted)[:, ::-1], np.float32)


def _asked_and_answered(triplets: Path, encode: Callable[[Sequence[str]], Float32]) -> tuple[Float32, Float32]:
    """The vectors of a sample of questions, and of their answers."""
    learned, n_web = learned_of(read_triplets(triplets)), round(WEB_SHARE * N_TRIPLETS)
    drawn = [
        *_drawn([one for one in learned if one.level == WEB], n_web),
        *_drawn([one for one in learned if one.level != WEB], N_TRIPLETS - n_web),
    ]
    return encode([one.query for one in drawn]), encode([one.positive for one in drawn])


def _drawn(triplets: Sequence[Triplet], n: int) -> list[Triplet]:
    return random.Random(0).sample(triplets, min(n, len(triplets)))
