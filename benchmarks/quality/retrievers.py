"""What is compared: ripgrep, BM25, and Whence's parts one by one up to the whole.

All but ripgrep answer with Whence's own chunks, so that what differs is the order alone.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import attrs

from benchmarks.quality.questions import Task
from benchmarks.quality.scoring import DEPTH, Found
from whence.domain import Chunk, ChunkRecord
from whence.engine.workspace import Workspace
from whence.ranking.diversity import diversify
from whence.ranking.ranker import rank
from whence.ranking.understanding import understand
from whence.text.words import STOP_WORDS, query_words, spellings_of, words_of

CANDIDATES = 80

DEEP = 100
"""Hits asked of retrievers that find the like of code: those in other folders or languages may take no rank."""

RRF_K = 60
"""Cormack, Clarke and Büttcher, 2009."""

BM25_K1, BM25_B = 1.2, 0.75

WINDOW_LINES = 20


class Retriever(Protocol):
    """Answers every question of a task with hits, best first."""

    def __call__(self, task: Task, workspace: Workspace, /) -> Sequence[Sequence[Found]]:
        """One list of hits a question, in the order of the questions."""
        ...


def whole(task: Task, _workspace: Workspace) -> Sequence[Sequence[Found]]:
    """The command line itself: `whence search --queries - --json`."""
    asked = "".join(json.dumps({"id": str(idx), "query": one.text}) + "\n" for idx, one in enumerate(task.questions))
    command = [sys.executable, "-m", "whence", "search", "--queries", "-", "--json", "--no-refresh", "-k", str(DEPTH)]
    done = subprocess.run(
        [*command, "--root", str(task.root)], input=asked, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        sys.exit(f"{task.name}: {done.stderr}")
    hits = {answer["id"]: answer["hits"] for answer in map(json.loads, done.stdout.splitlines())}
    return [
        [Found(hit["path"], hit["start_line"], hit["end_line"], hit["symbol"]) for hit in hits[str(idx)]]
        for idx in range(len(task.questions))
    ]


def words(task: Task, workspace: Workspace) -> Sequence[Sequence[Found]]:
    """Full text alone."""
    return [_found(workspace.retrieved(one.text, DEPTH).words) for one in task.questions]


def vectors(task: Task, workspace: Workspace) -> Sequence[Sequence[Found]]:
    """Vectors alone."""
    return [_found(workspace.retrieved(one.text, DEPTH).vectors) for one in task.questions]


def fusion(task: Task, workspace: Workspace) -> Sequence[Sequence[Found]]:
    """Both, by reciprocal rank."""
    answers = []
    for question in task.questions:
        lists = workspace.retrieved(question.text, CANDIDATES)
        scores: defaultdict[ChunkRecord, float] = defaultdict(float)
        for ranked in (lists.words, lists.vectors):
            for place, record in enumerate(ranked, 1):
                scores[record] += 1 / (RRF_K + place)
        answers.append(_found(sorted(scores, key=lambda record: -scores[record])[:DEPTH]))
    return answers


def before_vectors(task: Task, workspace: Workspace) -> Sequence[Sequence[Found]]:
    """The ranker without any similarity, nothing cut: what can be answered while vectors are still to come."""
    answers = []
    for question in task.questions:
        found = [one for one in workspace.candidates(question.text) if one.word_score]
        form = understand(question.text)
        hits = diversify(form, rank(form, [attrs.evolve(one, similarity=None) for one in found]))
        answers.append(_found([hit.record for hit in hits[:DEPTH]]))
    return answers


def bm25(task: Task, workspace: Workspace) -> Sequence[Sequence[Found]]:
    """BM25 over split identifiers and their stems, in plain Python: the textbook's, with no weights for names."""
    index = Bm25(workspace)
    return [index.best(query_words(one.text)) for one in task.questions]


def similar(task: Task, workspace: Workspace) -> Sequence[Sequence[Found]]:
    """What `whence similar` finds for the definition asked about: its copies, then what is like it."""

    @lru_cache(None)
    def find(path: str, line: int) -> Sequence[Found]:
        result = workspace.similar(path, line, DEEP)
        places = (*result.copies, *result.hits)
        return [Found(hit.path, hit.span.start_line, hit.span.end_line, hit.symbol) for hit in places]

    origins = (one.origin for one in task.questions if one.origin is not None)
    return [find(origin.path, origin.start_line or 1) for origin in origins]


def ripgrep(task: Task, _workspace: Workspace) -> Sequence[Sequence[Found]]:
    """Files by how many of the question's words they hold, then by how often; the hit is where most of them stand."""
    return [_grepped(task.root, one.text) for one in task.questions]


RETRIEVERS: Mapping[str, Retriever] = {
    "ripgrep": ripgrep,
    "BM25": bm25,
    "words": words,
    "vectors": vectors,
    "fusion": fusion,
    "before vectors": before_vectors,
    "whence": whole,
    "similar": similar,
}

FOR_CODE = frozenset({"BM25", "similar"})
"""Asked for the like of a definition; the others get questions in words."""


def fits(name: str, task: Task) -> bool:
    """Whether a retriever can answer a task's questions; BM25 can answer all, given code as words."""
    return name in FOR_CODE if task.is_about_code else name != "similar"


class Chunked(Protocol):
    """What has chunks by file."""

    def paths(self) -> Sequence[str]:
        """The files."""
        ...

    def chunks(self, path: str) -> Sequence[Chunk]:
        """The chunks of a file."""
        ...


class Bm25:
    """An inverted index over the chunks of some files."""

    def __init__(self, workspace: Chunked) -> None:
        self._places: list[Found] = []
        self._lengths: list[int] = []
        self._postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for path in workspace.paths():
            for chunk in workspace.chunks(path):
                counts = Counter(words_of(chunk.text).split())
                idx = len(self._places)
                self._places.append(Found(path, chunk.span.start_line, chunk.span.end_line, chunk.symbol))
                self._lengths.append(sum(counts.values()))
                for word, count in counts.items():
                    self._postings[word].append((idx, count))
        self._mean_length = sum(self._lengths) / max(1, len(self._lengths))

    def best(self, asked: Iterable[str]) -> list[Found]:
        """The DEEP best places for some stems."""
        scores: defaultdict[int, float] = defaultdict(float)
        for word in asked:
            postings = self._postings.get(word, [])
            rarity = math.log(1 + (len(self._places) - len(postings) + 0.5) / (len(postings) + 0.5))
            for idx, count in postings:
                length = 1 - BM25_B + BM25_B * self._lengths[idx] / self._mean_length
                scores[idx] += rarity * count * (BM25_K1 + 1) / (count + BM25_K1 * length)
        best = sorted(scores, key=lambda idx: (-scores[idx], idx))[:DEEP]
        return [self._places[idx] for idx in best]


def _grepped(root: Path, text: str) -> list[Found]:
    spellings = sorted({word for word in spellings_of(text).values() if len(word) > 2 and word not in STOP_WORDS})
    if not spellings:
        return []
    patterns = [argument for word in spellings for argument in ("-e", word)]
    command = ["rg", "--ignore-case", "--fixed-strings", "--line-number", "--no-heading", "--only-matching", *patterns]
    done = subprocess.run([*command, "."], cwd=root, capture_output=True, text=True, errors="replace", check=False)
    lines_of: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for line in done.stdout.splitlines():
        path, number, word = line.split(":", 2)
        lines_of[path.removeprefix("./")].append((int(number), word.lower()))
    ranked = sorted(lines_of.items(), key=lambda item: (-len({word for _, word in item[1]}), -len(item[1]), item[0]))
    return [Found(path, *_densest(matches)) for path, matches in ranked[:DEPTH]]


def _densest(matches: Sequence[tuple[int, str]]) -> tuple[int, int]:
    """The window of WINDOW_LINES that begins at a match and holds most different words."""
    first = max(
        (number for number, _ in matches),
        key=lambda start: len({word for number, word in matches if start <= number < start + WINDOW_LINES}),
    )
    return first, first + WINDOW_LINES - 1


def _found(records: Iterable[ChunkRecord]) -> list[Found]:
    return [Found(one.path, one.span.start_line, one.span.end_line, one.symbol) for one in records]
