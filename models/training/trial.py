"""A search over repositories that are never trained on: held-out questions, and their answers among other definitions.

`python -m training.trial --work DIR [--weights FILE …]` prints R@1, R@5 and MRR by level for the published weights and
for each file of trained ones. It tells how training goes; what ships is judged by benchmarks/quality, elsewhere.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np

from training.corpus import arguments_of, read_definitions, read_manifest
from training.examples import Triplet, held_out_of, read_examples
from whence.arrays import Float32

POOL = 300
"""Definitions of a repository, drawn once, that stand beside the answers and the look-alikes of its questions."""

Encode = Callable[[Sequence[str]], Float32]
"""Texts to unit rows [n_texts, dim], in their order."""


@attrs.frozen
class Found:
    """How well the answers of some questions were found."""

    n: int
    first: float
    """R@1."""
    first_five: float
    """R@5."""
    reciprocal_rank: float
    """MRR."""

    @classmethod
    def of(cls, ranks: Sequence[int]) -> Found:
        """From the place of each answer, 1 for the first."""
        array = np.asarray(ranks, float)
        return cls(len(ranks), float((array == 1).mean()), float((array <= 5).mean()), float((1 / array).mean()))

    def __str__(self) -> str:
        return f"R@1 {self.first:.3f}, R@5 {self.first_five:.3f}, MRR {self.reciprocal_rank:.3f} (n {self.n})"


@attrs.frozen
class Ground:
    """The questions of one repository and the passages they are asked of; the answer's row for each question."""

    questions: tuple[str, ...]
    levels: tuple[str, ...]
    answers: tuple[int, ...]
    passages: tuple[str, ...]


def grounds(work: Path, triplets: Iterable[Triplet], pool: int = POOL) -> list[Ground]:
    """One for each held-out repository, always the same."""
    of_repo: defaultdict[str, list[Triplet]] = defaultdict(list)
    for one in held_out_of(triplets):
        of_repo[one.repo].append(one)
    found = []
    for repository in read_manifest():
        asked = of_repo.get(repository.full_name)
        if asked:
            others = [one.passage for one in read_definitions(work, repository) if not one.is_test]
            drawn = random.Random(0).sample(others, min(pool, len(others)))
            found.append(ground(asked, drawn))
    return found


def ground(asked: Sequence[Triplet], others: Sequence[str]) -> Ground:
    """Questions over their answers, the look-alike written for each, and other passages, each passage once."""
    texts = [*(one.positive for one in asked), *(text for one in asked for text in one.negatives[:1]), *others]
    row = {text: idx for idx, text in enumerate(dict.fromkeys(texts))}
    return Ground(
        tuple(one.query for one in asked),
        tuple(one.level for one in asked),
        tuple(row[one.positive] for one in asked),
        tuple(row),
    )


def search(encode: Encode, where: Iterable[Ground]) -> Mapping[str, Found]:
    """By level, and `all`."""
    ranks: defaultdict[str, list[int]] = defaultdict(list)
    for one in where:
        scores = encode(one.questions) @ encode(one.passages).T
        for level, answer, row in zip(one.levels, one.answers, scores, strict=True):
            rank = 1 + int((row > row[answer]).sum())
            ranks[level].append(rank)
            ranks["all"].append(rank)
    return {level: Found.of(of_level) for level, of_level in sorted(ranks.items())}


def main() -> None:
    """Print a table."""
    import torch

    from training.encoder import Encoder, averaged

    parser = arguments_of(__doc__)
    parser.add_argument("--weights", type=Path, action="append", default=[], help="of training.train; may be repeated")
    parser.add_argument("--share", type=float, action="append", help="of the trained weights (1); may be repeated")
    parser.add_argument("--pool", type=int, default=POOL, help="further definitions of a repository")
    arguments = parser.parse_args()
    where = grounds(arguments.work, read_examples(arguments.work)[1], arguments.pool)
    encoder = Encoder("cuda" if torch.cuda.is_available() else "cpu").eval()
    published = {name: value.clone() for name, value in encoder.bert.state_dict().items()}
    tell("published", search(encoder.vectors, where))
    for path in arguments.weights:
        trained = torch.load(path, map_location=encoder.device, weights_only=True)
        for share in arguments.share or [1.0]:
            encoder.bert.load_state_dict(averaged(published, trained, share))
            tell(f"{path.parent.name}, share {share:g}", search(encoder.vectors, where))


def tell(name: str, found: Mapping[str, Found]) -> None:
    """Print a line a level."""
    for level, one in found.items():
        print(f"{name}, {level}: {one}", flush=True)


if __name__ == "__main__":
    main()
