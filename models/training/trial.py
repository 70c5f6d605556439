"""A search over repositories that are never trained on: held-out questions, and their answers among other definitions.

`python -m training.trial --work DIR [--weights FILE …]` prints R@1, R@5 and MRR by level for the published weights and
for each file of trained ones, and how well held-out tasks (training.tasks) are found by what states them and by their
solutions in Python. It tells how training goes; what ships is judged by benchmarks/quality, elsewhere.
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
from training.hiding import hide_name
from training.mine import Pair
from training.tasks import is_held_out, task_of
from whence.arrays import Float32

SOURCE = "python"
"""The language whose solutions are asked for their counterparts."""

MIN_SOLUTIONS = 8
"""Of held-out tasks in a language; among fewer anything is found."""

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


def task_grounds(pairs: Iterable[Pair]) -> list[Ground]:
    """Two for each language: what states a held-out task, and its solution in Python, over the language's solutions."""
    held = [one for one in pairs if one.origin == "task" and is_held_out(one.path)]
    solutions: defaultdict[str, dict[str, Pair]] = defaultdict(dict)
    stated: dict[str, str] = {}
    for one in held:
        task = task_of(one.path)
        solutions[one.language].setdefault(task, one)
        if len(one.query) > len(stated.get(task, "")):
            stated[task] = one.query
    sources = {task: hide_name(one.passage, one.symbol) for task, one in solutions[SOURCE].items()}
    found = []
    for language, solving in solutions.items():
        row = {task: idx for idx, task in enumerate(solving)}
        texts = tuple(one.passage for one in solving.values())
        if len(texts) >= MIN_SOLUTIONS:
            found.append(_tasks_asked("task", stated, row, texts))
            if language != SOURCE:
                found.append(_tasks_asked("counterpart", sources, row, texts))
    return found


def _tasks_asked(level: str, asked: Mapping[str, str], row: Mapping[str, int], texts: tuple[str, ...]) -> Ground:
    tasks = [task for task in asked if task in row]
    return Ground(
        tuple(asked[task] for task in tasks), (level,) * len(tasks), tuple(row[task] for task in tasks), texts
    )


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

    from training.encoder import BAG_SHARE, Encoder, averaged, bag_of, side_by_side

    parser = arguments_of(__doc__)
    parser.add_argument("--weights", type=Path, action="append", default=[], help="of training.train; may be repeated")
    parser.add_argument("--share", type=float, action="append", help="of the trained weights (1); may be repeated")
    parser.add_argument("--rest", type=Path, help="weights or a model folder that the rest is of (the published ones)")
    parser.add_argument("--bag", type=Path, help="of training.static; stands beside the encoder in every row")
    parser.add_argument("--bag-share", type=float, default=BAG_SHARE, help=f"of the bag in a cosine ({BAG_SHARE})")
    parser.add_argument("--bf16", action="store_true", help="multiply in bfloat16")
    parser.add_argument("--pool", type=int, default=POOL, help="further definitions of a repository")
    arguments = parser.parse_args()
    pairs, triplets = read_examples(arguments.work)
    where, tasks = grounds(arguments.work, triplets, arguments.pool), task_grounds(pairs)
    encoder = Encoder("cuda" if torch.cuda.is_available() else "cpu").eval()
    published = {name: value.clone() for name, value in encoder.bert.state_dict().items()}
    device = encoder.device
    vectors: Encode = encoder.vectors
    if arguments.bag is not None:
        vectors = side_by_side(encoder, bag_of(arguments.bag), arguments.bag_share)

    def try_out(name: str) -> None:
        with torch.autocast(device, torch.bfloat16, enabled=arguments.bf16):
            tell(name, {**search(vectors, where), **_without_all(search(vectors, tasks))})

    try_out("published")
    rest = published
    if arguments.rest is not None:
        encoder.begin_with(arguments.rest)
        rest = {name: value.clone() for name, value in encoder.bert.state_dict().items()}
        try_out("the rest")
    for path in arguments.weights:
        trained = torch.load(path, map_location=encoder.device, weights_only=True)
        for share in arguments.share or [1.0]:
            encoder.bert.load_state_dict(averaged(rest, trained, share))
            try_out(f"{path.parent.name}, share {share:g}")


def _without_all(found: Mapping[str, Found]) -> Mapping[str, Found]:
    return {level: one for level, one in found.items() if level != "all"}


def tell(name: str, found: Mapping[str, Found]) -> None:
    """Print a line a level."""
    for level, one in found.items():
        print(f"{name}, {level}: {one}", flush=True)


if __name__ == "__main__":
    main()
