"""Does "nothing relevant" come when it should, and only then? Absent things, and our own queries, of the same folders.

The decision is taken where it always is, in a search. A spy beside it lets every answer through uncut, so that one run
tells both what the cut did and what there was to keep. That is the only place in the benchmarks that reaches into the
engine.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

import attrs

from benchmarks.measure import RESULTS, Row
from benchmarks.quality.absent import Absent, read_absent
from benchmarks.quality.questions import Question
from benchmarks.quality.scoring import Found, figure, score
from benchmarks.quality.suites import OWN, Sources, own_questions, say
from whence.app import LocalServices
from whence.domain import Query
from whence.engine import search as engine
from whence.engine.workspace import Workspace
from whence.ranking import relevance
from whence.ranking.candidates import Ranked
from whence.ranking.understanding import QueryForm

MIN_REFUSED = 0.80
"""Of questions about absent things, at least; what the issue asks for."""

MIN_KEPT = 0.97
"""Of good queries whose answer is among the ten best when nothing is cut, at least."""

TEN_BEST = 10

BOUNDS = tuple(hundredths / 100 for hundredths in range(20, 131))
"""Bounds tried to find what another one would do."""


@attrs.frozen
class _Asked:
    """What a search decides from."""

    form: QueryForm
    ranked: Sequence[Ranked]

    def is_answered(self) -> bool:
        """At the bound of this moment."""
        return relevance.is_relevant(self.form, self.ranked)


@attrs.frozen
class Decided:
    """One question: whether something relevant was said to be there, and up to which bound it would be."""

    text: str
    is_answered: bool
    bound: float
    """The highest of BOUNDS at which it is answered; 0 where at none."""
    hits: tuple[Found, ...]
    """The ten best, cut or not."""


def calibration(sources: Sources) -> Iterator[Row]:
    """Rows: how much of what is absent is refused, how much of what is there is kept, and what bound does both."""
    absent: list[Decided] = []
    good: list[Decided] = []
    questions = read_absent()
    for repo in dict.fromkeys(one.repo for one in questions):
        of_repo = [one for one in questions if one.repo == repo]
        try:
            tree = sources.tree(of_repo[0].corpus)
        except subprocess.CalledProcessError:
            say(f"calibration: {repo} is not to be had")
            continue
        refused, kept = _decide(tree, of_repo)
        n_refused = sum(not one.is_answered for one in refused)
        say(f"calibration {repo}: {n_refused} of {len(refused)} refused, {len(kept)} good queries")
        absent += refused
        good += kept
    if absent:
        _keep(absent, good)
        yield from rows(absent, good)


def rows(absent: Sequence[Decided], good: Sequence[Decided]) -> Iterator[Row]:
    """What the table says of decided questions."""
    refused = figure([float(not one.is_answered) for one in absent])
    kept = figure([float(one.is_answered) for one in good])
    n_absent, n_good = f"n {refused.n}: {refused}", f"n {kept.n}: {kept}"
    yield Row(
        "calibration, nothing relevant said of absent things", n_absent, f"≥ {MIN_REFUSED}", refused.mean >= MIN_REFUSED
    )
    yield Row("calibration, good queries keep their hit", n_good, f"≥ {MIN_KEPT}", kept.mean >= MIN_KEPT)
    present = relevance.MIN_RELEVANCE
    yield Row("calibration, present bound", f"{present:.2f}")
    refusing = next((bound for bound in BOUNDS if _refused(absent, bound) >= MIN_REFUSED), BOUNDS[-1])
    keeping = max((bound for bound in BOUNDS if _kept(good, bound) >= MIN_KEPT), default=BOUNDS[0])
    tried = {f"lowest bound that refuses {MIN_REFUSED}": refusing, f"highest bound that keeps {MIN_KEPT}": keeping}
    for what, bound in tried.items():
        told = f"{bound:.2f}: refuses {_refused(absent, bound):.3f}, keeps {_kept(good, bound):.3f}"
        yield Row(f"calibration, {what}", told)


def decide(workspace: Workspace, texts: Sequence[str]) -> list[Decided]:
    """Search for every text and note the decision, at the present bound and at all others."""
    seen: list[_Asked] = []

    def spy(form: QueryForm, ranked: Sequence[Ranked]) -> bool:
        seen.append(_Asked(form, ranked))
        return True

    decided = []
    with patch.object(engine, "is_relevant", spy):
        for text in texts:
            seen.clear()
            result = workspace.search(Query(text, limit=TEN_BEST))
            hits = tuple(Found(hit.path, hit.span.start_line, hit.span.end_line, hit.symbol) for hit in result.hits)
            decided.append(Decided(text, seen[0].is_answered(), _bound_of(seen[0]), hits))
    return decided


def _decide(tree: Path, absent: Sequence[Absent]) -> tuple[list[Decided], list[Decided]]:
    """Of one folder: the absent things, and the good queries whose answer is among the ten best uncut."""
    queries = own_questions(OWN / f"{absent[0].corpus.folder}.jsonl")
    workspace = LocalServices().open(tree)
    workspace.refresh()
    refused = decide(workspace, [one.query for one in absent])
    answered = decide(workspace, [one.text for one in queries])
    workspace.close()
    return refused, [one for one, query in zip(answered, queries, strict=True) if _is_found(query, one)]


def _keep(absent: Sequence[Decided], good: Sequence[Decided]) -> None:
    """Write down each decision, beside how single questions were answered."""
    folder = RESULTS / "local"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "calibration.jsonl").open("w", encoding="utf-8") as file:
        for wanted, decided in (("refused", absent), ("answered", good)):
            for one in decided:
                told = {"query": one.text, "wanted": wanted, "answered": one.is_answered, "up to": one.bound}
                file.write(json.dumps(told, ensure_ascii=False) + "\n")


def _is_found(question: Question, decided: Decided) -> bool:
    return score(question, decided.hits).recall(TEN_BEST) == 1


def _bound_of(asked: _Asked) -> float:
    """The decision falls once as the bound rises; an answer that no bound refuses gets the highest."""
    low, high = 0, len(BOUNDS)
    while low < high:
        middle = (low + high) // 2
        with patch.object(relevance, "MIN_RELEVANCE", BOUNDS[middle]):
            is_answered = asked.is_answered()
        low, high = (middle + 1, high) if is_answered else (low, middle)
    return BOUNDS[low - 1] if low else 0.0


def _refused(absent: Sequence[Decided], bound: float) -> float:
    return sum(one.bound < bound for one in absent) / max(1, len(absent))


def _kept(good: Sequence[Decided], bound: float) -> float:
    return sum(one.bound >= bound for one in good) / max(1, len(good))
