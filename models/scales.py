"""Finds the scales of similarity of a new model, and what cosine the answer to a question may be expected to have.

The scales are those on which its related and unrelated pairs lie where MiniLM's do.

Ranking's bounds were calibrated on all-MiniLM-L6-v2. Two means fix a straight line: what is related and what is not.
Questions and their answers come from held-out triplets, code and its like from the same answers in other clothes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from proof import Float32
from training.examples import held_out_of, read_triplets
from training.twins import disguised

N_QUESTIONS = 3_000
"""Questions that the expected cosine is learned from, of all repositories."""

N_WEIGHTS = 128
"""Numbers of a vector that the expected cosine is told from: vectors have their principal axes first (axes.py)."""

RIDGE = 10.0

REACHED = 0.95
"""Share of the answers that reach what may be expected. A mean would do for one model; the quicker one scatters more
about its own, and what is called irrelevant lies at the lower end."""

Encode = Callable[[Sequence[str]], Float32]
"""Texts to float32 [n_texts, dim] unit rows."""


def scales(triplets: Path, base: Encode, model: Encode) -> tuple[list[float], list[float]]:
    """Factor and shift for queries and passages, and for two passages."""
    held_out = held_out_of(read_triplets(triplets))
    queries, answers = [one.query for one in held_out], [one.positive for one in held_out]
    chance = random.Random(0)
    twins = [disguised(answer, chance) for answer in answers]
    return line(base, model, queries, answers), line(base, model, twins, answers)


def expected_cosine(triplets: Path, model: Encode) -> list[float]:
    """Weights of a question's first numbers, and a constant: together the cosine its answer may be expected to have.

    By ridge regression on questions and their answers; the constant is the one that REACHED of them are above. On
    held-out repositories it told a third of the variance (correlation 0.58 for whence-code 5).
    """
    asked = read_triplets(triplets)
    drawn = random.Random(0).sample(asked, min(N_QUESTIONS, len(asked)))
    queries = model([one.query for one in drawn])
    cosines = np.einsum("ij,ij->i", queries, model([one.positive for one in drawn]))
    rows = np.column_stack([queries[:, :N_WEIGHTS], np.ones(len(drawn))]).astype(np.float64)
    penalty = RIDGE * np.eye(rows.shape[1])
    penalty[-1, -1] = 0  # the constant is free
    weights = np.linalg.solve(rows.T @ rows + penalty, rows.T @ cosines)
    weights[-1] += np.quantile(cosines - rows @ weights, 1 - REACHED)
    return [round(float(weight), 4) for weight in weights]


def line(base: Encode, model: Encode, ones: Sequence[str], others: Sequence[str]) -> list[float]:
    """Factor and shift that bring the model's means of related and unrelated pairs to the base's.

    Text i of the one list is related to text i of the other, and to no further one.
    """
    wanted, found = _means(base(ones) @ base(others).T), _means(model(ones) @ model(others).T)
    factor = (wanted[0] - wanted[1]) / (found[0] - found[1])
    return [round(factor, 3), round(wanted[1] - factor * found[1], 3)]


def _means(cosines: Float32) -> tuple[float, float]:
    """Of the diagonal and of all else."""
    n = len(cosines)
    related = float(np.trace(cosines)) / n
    return related, float((cosines.sum() - np.trace(cosines)) / (n * (n - 1)))
