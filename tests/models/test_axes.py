"""Turning vectors onto their principal axes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from axes import agreement_axes, principal_axes
from whence.arrays import Float32

DIM = 8


def encode(texts: Sequence[str]) -> Float32:
    """Unit rows that differ in the last two numbers most."""
    chance = np.random.default_rng(len(texts))
    rows = chance.normal(size=(len(texts), DIM)) * np.array([0.01] * (DIM - 2) + [1.0, 2.0])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture
def triplets(tmp_path: Path) -> Path:
    row = {"repo": "o/n", "level": "L1", "positive": "p", "negatives": [], "symbol": "f", "calls": []}
    path = tmp_path / "triplets.jsonl"
    path.write_text("".join(json.dumps({**row, "query": f"q{idx}"}) + "\n" for idx in range(40)), encoding="utf-8")
    return path


def test_cosines_of_whole_vectors_stay_as_they_are(triplets: Path) -> None:
    rows, turned = encode(["x"] * 20), encode(["x"] * 20) @ principal_axes(triplets, encode)

    np.testing.assert_allclose(rows @ rows.T, turned @ turned.T, atol=1e-5)


def test_the_first_numbers_tell_most(triplets: Path) -> None:
    rows = encode(["x"] * 20)
    turned = rows @ principal_axes(triplets, encode)

    assert np.square(rows[:, :2]).sum() < 0.1 * np.square(rows).sum()
    assert np.square(turned[:, :2]).sum() > 0.99 * np.square(turned).sum()


def test_questions_as_typed_are_two_fifths_of_what_the_axes_are_of(tmp_path: Path) -> None:
    row = {"repo": "o/n", "positive": "p", "negatives": [], "symbol": "f", "calls": []}
    levels = ["L0"] * 3_000 + ["L1"] * 4_000 + ["L2"] * 4_000
    path = tmp_path / "triplets.jsonl"
    lines = (json.dumps({**row, "level": level, "query": f"{level} {idx}"}) for idx, level in enumerate(levels))
    path.write_text("\n".join(lines), encoding="utf-8")
    asked: list[str] = []

    def noted(texts: Sequence[str]) -> Float32:
        asked.extend(text for text in texts if text != "p")
        return encode(texts)

    principal_axes(path, noted)

    assert (len(asked), sum(text.startswith("L0") for text in asked)) == (5_000, 2_000)


def test_what_questions_and_answers_share_leads_and_where_they_are_opposed_nothing_is_left(tmp_path: Path) -> None:
    n = 400
    row = {"repo": "o/n", "level": "L1", "positive": "p", "negatives": [], "symbol": "f", "calls": []}
    path = tmp_path / "triplets.jsonl"
    path.write_text("".join(json.dumps({**row, "query": f"q{idx}"}) + "\n" for idx in range(n)), encoding="utf-8")
    chance = np.random.default_rng(0)
    meant, by_chance = chance.normal(size=(n, 2)), chance.normal(size=(2, n, 2))

    def encoded(texts: Sequence[str]) -> Float32:
        """Two numbers of meaning, two by chance, and one that tells a question from an answer."""
        is_answer = texts[0] == "p"
        opposed = np.full((n, 1), 5.0 if is_answer else -5.0)
        return np.asarray(np.hstack([meant, by_chance[int(is_answer)], opposed]), np.float32)

    axes = agreement_axes(path, encoded)

    assert np.square(axes[:2, :2]).sum() > 0.9 * np.square(axes[:, :2]).sum()
    assert np.square(axes[4]).max() < 0.01
