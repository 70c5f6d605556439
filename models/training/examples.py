"""What is trained on, batch by batch: mined pairs, questions with look-alikes, and code beside its like.

A batch is of one task. Questions come from one repository at a time, so that the other answers of the batch are hard;
pairs come from everywhere, languages by the square root of what there is of them.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from training.hiding import blurred
from training.mine import Pair
from training.twins import disguised
from whence.text.identifiers import split_identifier

HELD_OUT = frozenset({"encode/uvicorn", "square/moshi", "labstack/echo", "scrapy/scrapy", "doctrine/orm", "puma/puma"})
"""Repositories whose questions are never trained on: their triplets tell how training goes."""

SHARES: Mapping[str, float] = {"pairs": 0.45, "questions": 0.4, "twins": 0.15}
"""Of the batches, where every task has examples."""


@attrs.frozen
class Triplet:
    """A question, the passage that answers it, and passages that look as if they did."""

    repo: str
    level: str
    query: str
    positive: str
    negatives: tuple[str, ...]
    symbol: str
    calls: tuple[str, ...]


@attrs.frozen
class Example:
    """One row of a batch."""

    query: str
    positive: str
    negative: str | None
    symbol: str
    calls: tuple[str, ...]

    def is_kin(self, other: Example) -> bool:
        """Whether the two are of one definition, or one calls the other: then neither stands against the other."""
        name, others = self.symbol.split(".")[-1], other.symbol.split(".")[-1]
        return name == others or name in other.calls or others in self.calls


def read_triplets(path: Path) -> list[Triplet]:
    """What training.negatives wrote."""
    with path.open(encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return [Triplet(**{**row, "negatives": tuple(row["negatives"]), "calls": tuple(row["calls"])}) for row in rows]


class Batches:
    """An endless, seeded stream of batches; `state` makes it go on where it was."""

    def __init__(self, pairs: Sequence[Pair], triplets: Sequence[Triplet], size: int, seed: int) -> None:
        self._pairs = by_language(pairs)
        self._triplets: defaultdict[str, list[Triplet]] = defaultdict(list)
        for one in triplets:
            if one.repo not in HELD_OUT:
                self._triplets[one.repo].append(one)
        self._size = size
        self._seed = seed
        self._tasks = {
            task: share for task, share in SHARES.items() if (self._triplets if task == "questions" else self._pairs)
        }

    def batch(self, step: int) -> tuple[str, list[Example]]:
        """The task and the examples of one step; the same for the same seed and step."""
        chance = random.Random(f"{self._seed} {step}")
        task = chance.choices(list(self._tasks), list(self._tasks.values()))[0]
        if task == "questions":
            return task, list(self._questions(chance))
        chosen = self._some_pairs(chance, 2 * self._size)
        rows = self._twins(chosen, chance) if task == "twins" else self._mined(chosen, chance)
        return task, list(_distinct(rows))[: self._size]

    def _questions(self, chance: random.Random) -> Iterator[Example]:
        """Questions of one repository, and of a second one where it has few."""
        repos = list(self._triplets)
        weights = [len(self._triplets[repo]) for repo in repos]
        chosen: list[Triplet] = []
        while len(chosen) < self._size:
            of_repo = self._triplets[chance.choices(repos, weights)[0]]
            chosen += chance.sample(of_repo, min(len(of_repo), self._size - len(chosen)))
        rows = (
            Example(
                one.query,
                blurred(one.query, one.positive, one.symbol, chance) if chance.random() < 0.5 else one.positive,
                chance.choice(one.negatives) if one.negatives else None,
                one.symbol,
                one.calls,
            )
            for one in chosen
        )
        yield from _distinct(rows)

    def _mined(self, pairs: Sequence[Pair], chance: random.Random) -> Iterator[Example]:
        for one in pairs:
            yield Example(one.query, blurred(one.query, one.passage, one.symbol, chance), None, one.symbol, one.calls)

    def _twins(self, pairs: Sequence[Pair], chance: random.Random) -> Iterator[Example]:
        for one in pairs:
            if one.origin != "name":  # there the name is hidden already
                yield Example(disguised(one.passage, chance), one.passage, None, one.symbol, one.calls)

    def _some_pairs(self, chance: random.Random, count: int) -> list[Pair]:
        languages = list(self._pairs)
        weights = [len(self._pairs[language]) ** 0.5 for language in languages]
        return [chance.choice(self._pairs[language]) for language in chance.choices(languages, weights, k=count)]


def by_language(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """Pairs by language; a pair of common words alone tells nothing and is left out."""
    grouped: defaultdict[str, list[Pair]] = defaultdict(list)
    for one in pairs:
        if len(split_identifier(one.query)) >= 2:
            grouped[one.language].append(one)
    return dict(grouped)


def _distinct(rows: Iterator[Example]) -> Iterator[Example]:
    """Rows of which no two ask or answer the same."""
    queries: set[str] = set()
    answers: set[str] = set()
    for row in rows:
        if row.query not in queries and row.positive not in answers:
            queries.add(row.query)
            answers.add(row.positive)
            yield row
