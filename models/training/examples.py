"""What is trained on, batch by batch: mined pairs, questions with look-alikes, and code beside its like.

A batch is of one task, and of one language or even one repository, as a search is: then the other answers of the batch
are hard ones. Languages and repositories come by the square root of what there is of them. So do the languages of
questions, but for what is typed into a search engine: nearly all of that is about Python.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

import attrs

from training.corpus import last_name
from training.hiding import blurred, hide_name
from training.mine import Pair, read_pairs
from training.tasks import is_held_out, task_of
from training.twins import disguised
from training.wording import typed
from whence.text.identifiers import split_identifier

T = TypeVar("T")

QUESTION_BLURRED = 0.5
"""Share of the questions whose answer has shared words hidden."""

WEB_BLURRED = 0.25
"""The same of what is typed into a search engine, which often has the code's words."""

HELD_OUT = frozenset(
    {
        *("encode/uvicorn", "square/moshi", "labstack/echo", "scrapy/scrapy", "doctrine/orm", "puma/puma"),
        *("mahmoud/boltons", "openstack/oslo.utils"),
    }
)
"""Repositories whose questions are never trained on: their triplets tell how training goes."""

WEB = "L0"
"""Level of the questions that are typed as into a search engine."""

SHARES: Mapping[str, float] = {
    "pairs": 0.14,
    "questions": 0.36,
    "web": 0.24,
    "tasks": 0.12,
    "disguised": 0.02,
    "counterparts": 0.12,
}
"""Of the batches, where every task has examples."""

TYPED = 0.35
"""Share of the mined sentences that are put as somebody would type them."""

SENTENCES = frozenset({"doc", "commit", "prose", "task"})
"""Origins of pairs whose query is a sentence."""

ONE_REPOSITORY = 0.6
"""Share of the batches of pairs that come from one repository; the others come from one language."""

MAX_SAME_NAME = 8
"""Definitions of one name in the corpus, above which they do different things."""

MIN_NAME_WORDS = 2

MAX_GROUPS = 50
"""Repositories or languages a batch is filled from, where each has few examples; then it stays small."""


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


def read_examples(work: Path) -> tuple[list[Pair], list[Triplet]]:
    """The pairs and triplets of a work folder, none of a kind that was not made yet."""
    pairs, triplets = work / "pairs.jsonl", work / "triplets.jsonl"
    return read_pairs(pairs) if pairs.exists() else [], read_triplets(triplets) if triplets.exists() else []


def held_out_of(triplets: Iterable[Triplet]) -> list[Triplet]:
    """Those of the repositories that are never trained on."""
    return [one for one in triplets if one.repo in HELD_OUT]


def learned_of(triplets: Iterable[Triplet]) -> list[Triplet]:
    """Those of all other repositories."""
    return [one for one in triplets if one.repo not in HELD_OUT]


def texts_of(examples: Sequence[Example]) -> list[str]:
    """What is encoded for a batch: questions, their answers in the same order, and further wrong answers."""
    negatives = [one.negative for one in examples if one.negative is not None]
    return [*(one.query for one in examples), *(one.positive for one in examples), *negatives]


def read_triplets(path: Path) -> list[Triplet]:
    """What training.negatives wrote."""
    with path.open(encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return [Triplet(**{**row, "negatives": tuple(row["negatives"]), "calls": tuple(row["calls"])}) for row in rows]


class Batches:
    """An endless, seeded stream of batches."""

    def __init__(
        self,
        pairs: Sequence[Pair],
        triplets: Sequence[Triplet],
        size: int,
        seed: int,
        tasks: Collection[str] = tuple(SHARES),
    ) -> None:
        telling = [one for one in pairs if len(split_identifier(one.query)) >= MIN_NAME_WORDS]
        solving = {one.repo for one in telling if one.origin == "task"}
        telling = [one for one in telling if one.repo not in solving or not is_held_out(one.path)]
        self._languages = _grouped(telling, lambda one: one.language)
        self._repos = _grouped(telling, lambda one: f"{one.repo} {one.language}")
        self._tasks_of = _grouped((one for one in telling if one.repo in solving), lambda one: one.language)
        self._counterparts = counterparts(telling)
        asked = learned_of(triplets)
        self._questions_of = _grouped((one for one in asked if one.level != WEB), lambda one: one.repo)
        self._web_of = _grouped((one for one in asked if one.level == WEB), lambda one: one.repo)
        languages = main_languages(telling)
        self._question_chances = chances(self._questions_of, languages)
        self._web_chances = {repo: len(of_repo) for repo, of_repo in self._web_of.items()}
        self._size = size
        self._seed = seed
        known = {
            "pairs": self._languages,
            "questions": self._questions_of,
            "web": self._web_of,
            "tasks": self._tasks_of,
            "disguised": self._languages,
            "counterparts": self._counterparts,
        }
        self._tasks = {task: share for task, share in SHARES.items() if known[task] and task in tasks}

    def batch(self, step: int) -> tuple[str, list[Example]]:
        """The task and the examples of one step; the same for the same seed and step."""
        chance = random.Random(f"{self._seed} {step}")
        task = chance.choices(list(self._tasks), list(self._tasks.values()))[0]
        rows = {
            "pairs": self._mined,
            "questions": lambda of: self._asked(of, self._questions_of, self._question_chances, QUESTION_BLURRED),
            "web": lambda of: self._asked(of, self._web_of, self._web_chances, WEB_BLURRED),
            "tasks": lambda of: self._worded(self._of_groups(self._tasks_of, of), of),
            "disguised": self._disguised,
            "counterparts": self._counterparts_of_two_languages,
        }[task](chance)
        return task, list(islice(_distinct(rows), self._size))

    def _asked(
        self,
        chance: random.Random,
        groups: Mapping[str, Sequence[Triplet]],
        weights: Mapping[str, float],
        share: float,
    ) -> Iterator[Example]:
        """Questions of one repository, and of further ones where it has few; a share of the answers is blurred."""
        for _ in range(MAX_GROUPS):
            of_repo = groups[chance.choices(list(weights), list(weights.values()))[0]]
            for one in chance.sample(of_repo, min(len(of_repo), self._size)):
                is_blurred = chance.random() < share
                passage = blurred(one.query, one.positive, one.symbol, chance) if is_blurred else one.positive
                negative = chance.choice(one.negatives) if one.negatives else None
                yield Example(one.query, passage, negative, one.symbol, one.calls)

    def _mined(self, chance: random.Random) -> Iterator[Example]:
        return self._worded(self._alike(chance), chance)

    def _worded(self, pairs: Iterable[Pair], chance: random.Random) -> Iterator[Example]:
        for one in pairs:
            is_typed = one.origin in SENTENCES and chance.random() < TYPED
            query = typed(one.query, one.language, chance) if is_typed else one.query
            yield Example(query, blurred(query, one.passage, one.symbol, chance), None, one.symbol, one.calls)

    def _disguised(self, chance: random.Random) -> Iterator[Example]:
        for one in self._alike(chance):
            if one.origin != "name":  # there the name is hidden already
                yield Example(disguised(one.passage, chance), one.passage, None, one.symbol, one.calls)

    def _counterparts_of_two_languages(self, chance: random.Random) -> Iterator[Example]:
        for same in chance.sample(self._counterparts, min(len(self._counterparts), 2 * self._size)):
            one, other = chance.sample(same, 2)
            if one.language != other.language:
                yield Example(
                    hide_name(one.passage, one.symbol), hide_name(other.passage, other.symbol), None, other.symbol, ()
                )

    def _alike(self, chance: random.Random) -> Iterator[Pair]:
        """Pairs of one repository or of one language."""
        return self._of_groups(self._repos if chance.random() < ONE_REPOSITORY else self._languages, chance)

    def _of_groups(self, groups: Mapping[str, Sequence[Pair]], chance: random.Random) -> Iterator[Pair]:
        """Pairs of one group, then of further ones."""
        names = list(groups)
        weights = [len(groups[name]) ** 0.5 for name in names]
        for _ in range(MAX_GROUPS):
            group = groups[chance.choices(names, weights)[0]]
            yield from chance.sample(group, min(len(group), 2 * self._size))


def main_languages(pairs: Iterable[Pair]) -> dict[str, str]:
    """The language that most pairs of a repository are in."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in pairs:
        counted[one.repo][one.language] += 1
    return {repo: of_repo.most_common(1)[0][0] for repo, of_repo in counted.items()}


def chances(groups: Mapping[str, Sequence[Triplet]], language_of: Mapping[str, str]) -> dict[str, float]:
    """How often each repository's questions come, as weights: a language by the square root of its questions."""
    n_of_language = Counter[str]()
    for repo, of_repo in groups.items():
        n_of_language[language_of.get(repo, "")] += len(of_repo)
    return {repo: len(of_repo) / n_of_language[language_of.get(repo, "")] ** 0.5 for repo, of_repo in groups.items()}


def kin(examples: Sequence[Example]) -> set[tuple[int, int]]:
    """Pairs of examples, both ways, of one name or of which one calls the other: neither stands against the other."""
    bearers: defaultdict[str, list[int]] = defaultdict(list)
    for idx, one in enumerate(examples):
        bearers[last_name(one.symbol)].append(idx)
    found = set()
    for idx, one in enumerate(examples):
        for name in (last_name(one.symbol), *one.calls):
            found |= {pair for other in bearers.get(name, ()) if other != idx for pair in ((idx, other), (other, idx))}
    return found


def counterparts(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Definitions that solve one task, or bear one telling name, in two languages or more: likely to do the same."""
    solving = _grouped((one for one in pairs if one.origin == "task"), lambda one: task_of(one.path))
    places = {(one.repo, one.path, one.start_line): one for one in pairs}
    by_name = _grouped(list(places.values()), lambda one: " ".join(split_identifier(last_name(one.symbol))))
    bearing = [
        same for name, same in by_name.items() if len(name.split()) >= MIN_NAME_WORDS and len(same) <= MAX_SAME_NAME
    ]
    return [same for same in (*solving.values(), *bearing) if len({one.language for one in same}) > 1]


def _grouped(items: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    groups: defaultdict[str, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return dict(groups)


def _distinct(rows: Iterator[Example]) -> Iterator[Example]:
    """Rows of which no two ask or answer the same."""
    queries: set[str] = set()
    answers: set[str] = set()
    for row in rows:
        if row.query not in queries and row.positive not in answers:
            queries.add(row.query)
            answers.add(row.positive)
            yield row
