"""Finds the scales of similarity of a new model: those on which its related and unrelated pairs lie where MiniLM's do.

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

Encode = Callable[[Sequence[str]], Float32]
"""Texts to float32 [n_texts, dim] unit rows."""


def scales(triplets: Path, base: Encode, model: Encode) -> tuple[list[float], list[float]]:
    """Factor and shift for queries and passages, and for two passages."""
    held_out = held_out_of(read_triplets(triplets))
    queries, answers = [one.query for one in held_out], [one.positive for one in held_out]
    chance = random.Random(0)
    twins = [disguised(answer, chance) for answer in answers]
    return line(base, model, queries, answers), line(base, model, twins, answers)


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
