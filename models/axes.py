"""Turns a model's vectors so that their first numbers tell most: a cut vector then loses next to nothing.

A rotation changes no cosine of whole vectors. One onto the principal axes of questions and answers (PCA without
centring, as cosines are taken without it) puts what tells texts apart into the first numbers; a Matryoshka loss alone
had left a tenth of the reciprocal rank behind at 128 of 384 numbers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from proof import Float32
from training.examples import SHARES, WEB, Triplet, learned_of, read_triplets

N_TRIPLETS = 2_000

WEB_SHARE = SHARES["web"] / (SHARES["web"] + SHARES["questions"])
"""Of what is typed into a search engine among them, as among the questions that are trained on: what is rare in the
sample is lost first when vectors are cut."""


def principal_axes(triplets: Path, encode: Callable[[Sequence[str]], Float32]) -> Float32:
    """Float32 [dim, dim], orthogonal: vectors times it have their principal axes first, the largest leading.

    Args:
        triplets: of training.negatives; those of held-out repositories are left out.
        encode: texts to float32 [n_texts, dim] unit rows.
    """
    learned, n_web = learned_of(read_triplets(triplets)), round(WEB_SHARE * N_TRIPLETS)
    drawn = [
        *_drawn([one for one in learned if one.level == WEB], n_web),
        *_drawn([one for one in learned if one.level != WEB], N_TRIPLETS - n_web),
    ]
    rows = np.concatenate([encode([one.query for one in drawn]), encode([one.positive for one in drawn])])
    _, _, axes = np.linalg.svd(rows, full_matrices=False)
    return np.ascontiguousarray(axes.T, np.float32)


def _drawn(triplets: Sequence[Triplet], n: int) -> list[Triplet]:
    return random.Random(0).sample(triplets, min(n, len(triplets)))
