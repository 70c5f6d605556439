"""Proves a graph against its original: real passages in padded batches, held against expected vectors by cosine."""

from __future__ import annotations

import random
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

Float32 = npt.NDArray[np.float32]

REPOSITORY = Path(__file__).parents[1]

N_PASSAGES = 600
PASSAGE_LINES = (1, 2, 3, 5, 8, 12, 20, 30, 45, 60)
SEED = 7
BATCH_TEXTS = 16


@dataclass(frozen=True)
class Proof:
    """Cosines of one graph's vectors with the original's."""

    mean: float
    least: float
    n_bytes: int

    def row(self, name: str) -> str:
        """A line of a card's table."""
        return f"| {name} | {self.n_bytes / 1e6:.1f} MB | {self.mean:.5f} | {self.least:.5f} |"


def real_passages() -> list[str]:
    """Pieces of code and prose, 1 to 60 lines each, the same ones on each run over the same files."""
    files = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    files += sorted((REPOSITORY / "server").rglob("*.py")) + sorted(REPOSITORY.glob("*.md"))
    chance = random.Random(SEED)
    passages: list[str] = []
    while len(passages) < N_PASSAGES:
        lines = chance.choice(files).read_text(encoding="utf-8", errors="replace").splitlines()
        n_lines = chance.choice(PASSAGE_LINES)
        start = chance.randrange(max(1, len(lines) - n_lines))
        passage = "\n".join(lines[start : start + n_lines]).strip()
        if passage:
            passages.append(passage)
    return passages


def prove(path: Path, tokenizer: Tokenizer, passages: Sequence[str], expected: Float32) -> Proof:
    """Run a graph over all passages in padded batches and compare with the original's unit vectors."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    cosines: list[float] = []
    for start in range(0, len(passages), BATCH_TEXTS):
        encodings = [tokenizer.encode(passage).ids for passage in passages[start : start + BATCH_TEXTS]]
        ids = np.zeros((len(encodings), max(map(len, encodings))), np.int64)
        mask = np.zeros_like(ids)
        for row_idx, row in enumerate(encodings):
            ids[row_idx, : len(row)] = row
            mask[row_idx, : len(row)] = 1
        hidden: Any = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        pooled = (hidden * mask[:, :, None]).sum(axis=1)
        pooled /= np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-9)
        cosines += (pooled * expected[start : start + BATCH_TEXTS]).sum(axis=1).tolist()
    return Proof(float(np.mean(cosines)), min(cosines), path.stat().st_size)
