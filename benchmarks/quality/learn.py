"""Learn the weights of questions in natural language: `PYTHONPATH=models python -m benchmarks.quality.learn …`.

Asks every tune suite, reads each cause off the ranker itself by ranking with that weight alone, and finds the weights
under which right places come first: a softmax over a question's candidates (ListNet's top one, Cao and others, 2007),
held near the weights in use, none below zero. Says what they reach on repositories left out in turn, then writes
ranking/weights.toml. Needs scipy, of the dependency group `training`, and models/ on the path.

With --climb: goes on from the weights in use by the measures themselves, a weight at a time, as long as that pays.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from benchmarks.corpora import Corpus
from benchmarks.measure import RESULTS
from benchmarks.quality.questions import Place, Question, Task
from benchmarks.quality.scoring import Found, Scored, score
from benchmarks.quality.suites import SUITES, Sources, json_lines, own_questions
from training.corpus import read_manifest
from training.examples import HELD_OUT, WEB
from training.sheets import questions_about
from whence.app import LocalServices
from whence.chunking.chunker import outline
from whence.domain import FileHash, Kind, Source
from whence.ranking import weights as weights_module
from whence.ranking.candidates import Candidate
from whence.ranking.diversity import diversify
from whence.ranking.ranker import rank
from whence.ranking.roles import Role, roles_of
from whence.ranking.understanding import QueryForm, Shape, understand
from whence.ranking.weights import Weights, weights_for

Vector = npt.NDArray[np.float64]

LEARNED = weights_module.CAUSES
TUNE_SUITES = ("semble-dev", "own", "cqs")
COUNTS = {"semble-dev": 3.0, "own-tune": 2.0, "held-out": 2.0}
"""How much a suite counts beside the others' 1: semble's is the public measure, own and held-out ask in other words."""

SHARPNESS = 10.0
"""Scores are about 1 at most; the softmax sees them so many times as far apart."""

PULL = 0.01
"""Weight of the squared distance to the weights in use: of 0.001 to 0.1, about the best on repositories left out."""

SMALLEST = 0.001

STRIDES = (0.35, 0.2)
"""Climbing: by so much of itself is a weight raised or lowered, first in large steps."""

MIN_GAIN = 0.0005
"""Climbing: a smaller gain is none."""

GONE = 0.5
"""Climbing: the share of the way that is gone. Over folders left out the whole way gave nothing."""


@attrs.frozen
class Asked:
    """One question with the candidates that were brought, and what each cause says of them."""

    suite: str
    folder: str
    question: Question
    form: QueryForm
    candidates: tuple[Candidate, ...]
    causes: Vector
    """[n_candidates, n_learned]: the score with that weight 1 and all others 0, the file's role counted in."""
    targets: tuple[Vector, ...]
    """For each target that was brought, the indices of its candidates."""


def main() -> None:
    """Learn, say how good it is, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=Path, required=True, help="folder with semble-dev/")
    parser.add_argument("--corpora", type=Path, help="folder with <owner>+<name>/repo git directories, bare or not")
    parser.add_argument("--work", type=Path, help="where work trees and indexes go (default: a new temporary folder)")
    parser.add_argument("--without", action="append", default=[], metavar="FOLDER", help="leave out a suite's folder")
    parser.add_argument("--climb", action="store_true", help="a weight at a time, by the measures themselves")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    work = (arguments.work or Path(tempfile.mkdtemp(prefix="whence-quality-"))).resolve()
    os.environ["WHENCE_HOME"] = str(work / "home")
    sources = Sources(arguments.labels, arguments.corpora, work)
    asked = [
        one
        for suite in (*(SUITES[name] for name in TUNE_SUITES), held_out, functions)
        for task in suite(sources)
        if task.split == "tune" and task.name not in arguments.without
        for one in ask(task)
    ]
    if not asked:
        sys.exit("no tune suite's data was found; name folders with --labels and --corpora")
    start = weights_for(Shape.NATURAL)
    if arguments.climb:
        climbed = climb(asked, start)
        if not arguments.dry_run:
            write(climbed)
        return
    left_out: dict[int, Weights] = {}
    for folder in sorted({one.folder for one in asked}):
        learned = learn([one for one in asked if one.folder != folder], start)
        left_out.update((id(one), learned) for one in asked if one.folder == folder)
    learned = learn(asked, start)
    tell("in use", answered_by(asked, start))
    found = answered(asked, left_out)
    tell("learned, each repository left out in turn", found)
    tell("learned", answered_by(asked, learned))
    table = {"all": mrr_of(found)}
    for name in LEARNED:
        without = [known for known in LEARNED if known != name]
        of_folder = {
            folder: learn([one for one in asked if one.folder != folder], start, without)
            for folder in sorted({one.folder for one in asked})
        }
        found = answered(asked, {id(one): of_folder[one.folder] for one in asked})
        tell(f"left out in turn, without {name}", found)
        table[name] = mrr_of(found)
    (RESULTS / "local").mkdir(parents=True, exist_ok=True)
    (RESULTS / "local" / "ablation.json").write_text(json.dumps(table, indent=1), encoding="utf-8")
    print({name: round(getattr(learned, name), 3) for name in LEARNED})
    if not arguments.dry_run:
        write(learned)


def held_out(sources: Sources) -> Iterator[Task]:
    """Questions about repositories that the model is never trained on, written to tell how its training goes."""
    for one in read_manifest():
        if one.full_name in HELD_OUT:
            tree = sources.tree(Corpus(one.owner, one.name, one.commit))
            yield Task("held-out", one.name, tree, own_questions(questions_about(one)), split="tune")


def functions(sources: Sources) -> Iterator[Task]:
    """Questions as typed into a search engine, over Python functions that stand alone: no name of a file tells."""
    files: dict[str, str] = {}
    questions: list[Question] = []
    for one in read_manifest():
        if one.full_name not in HELD_OUT or "python" not in one.languages:
            continue
        tree = sources.tree(Corpus(one.owner, one.name, one.commit))
        file_of: dict[tuple[str, int], str] = {}
        for path in sorted(tree.rglob("*.py")):
            relative = path.relative_to(tree).as_posix()
            for line, text in functions_of(relative, path.read_bytes()):
                file_of[relative, line] = f"f{len(files):05}.py"
                files[file_of[relative, line]] = text
        for asked in json_lines(questions_about(one).read_bytes()):
            gold = file_of.get((asked["gold"][0]["path"], asked["gold"][0]["start_line"]))
            if asked["level"] == WEB and gold is not None:
                questions.append(Question(asked["query"], asked["level"], (Place(gold),)))
    yield Task("functions", "python", sources.folder("functions", files), tuple(questions), split="tune")


def functions_of(path: str, data: bytes) -> Iterator[tuple[int, str]]:
    """First line, 1-based, and text of each function and method of a file that is no test; none of those in another."""
    if Role.TEST in roles_of(path, Kind.FUNCTION):
        return
    end = 0
    for one in outline(Source(path, data, FileHash(""), len(data), 0)):
        if one.kind in (Kind.FUNCTION, Kind.METHOD) and one.span.start_byte >= end:
            end = one.span.end_byte
            start = data.rfind(b"\n", 0, one.span.start_byte) + 1
            yield one.span.start_line, dedent(data[start:end].decode("utf-8", "replace")) + "\n"


def ask(task: Task) -> Iterator[Asked]:
    """Bring the candidates of a folder's questions in natural language."""
    workspace = LocalServices().open(task.root)
    workspace.refresh()
    for question in task.questions:
        form = understand(question.text)
        if form.shape not in (Shape.NATURAL, Shape.MIXED):
            continue
        candidates = tuple(workspace.candidates(question.text))
        targets = [
            np.array([idx for idx, one in enumerate(candidates) if _is_right(question, target, one)])
            for target in range(len(question.targets))
        ]
        causes = causes_of(form, candidates, weights_for(Shape.NATURAL))
        found = tuple(target for target in targets if len(target))
        yield Asked(task.suite, task.name, question, form, candidates, causes, found)
    workspace.close()
    print(f"{task.suite} {task.name}", file=sys.stderr)


def causes_of(form: QueryForm, candidates: Sequence[Candidate], used: Weights) -> Vector:
    """What each cause says of each candidate, [n_candidates, n_learned]."""
    nothing = attrs.evolve(used, **dict.fromkeys(LEARNED, 0.0))
    row_of = {one.record.chunk_id: idx for idx, one in enumerate(candidates)}
    causes = np.zeros((len(candidates), len(LEARNED)))
    for column, name in enumerate(LEARNED):
        # A file's whole is made of the other causes, so it is what its weight adds to the weights in use.
        of = used if name == "file" else attrs.evolve(nothing, **{name: 1.0})
        for hit in rank(form, candidates, of):
            causes[row_of[hit.record.chunk_id], column] = hit.score
        if name == "file":
            for hit in rank(form, candidates, attrs.evolve(used, file=0.0)):
                causes[row_of[hit.record.chunk_id], column] -= hit.score
            causes[:, column] /= used.file
    return causes


def learn(asked: Sequence[Asked], start: Weights, names: Sequence[str] = LEARNED) -> Weights:
    """The weights near `start` under which right places come first; those not in `names` are 0."""
    from scipy.optimize import minimize

    kept = np.array([name in names for name in LEARNED])
    before = np.array([getattr(start, name) for name in LEARNED]) * kept
    n_of = Counter(one.suite for one in asked)
    shares = [COUNTS.get(one.suite, 1.0) / n_of[one.suite] for one in asked]
    total = sum(share for share, one in zip(shares, asked, strict=True) if one.targets)

    def loss(values: Vector) -> tuple[float, Vector]:
        lost, slope = 0.0, np.zeros_like(values)
        for share, one in zip(shares, asked, strict=True):
            scores = SHARPNESS * (one.causes @ values)
            odds = np.exp(scores - scores.max(initial=0.0))
            likely = odds / odds.sum()
            for target in one.targets:
                right = np.zeros_like(likely)
                right[target] = odds[target] / odds[target].sum()
                lost -= share * float(np.log(likely[target].sum())) / len(one.targets)
                slope -= share * SHARPNESS * (one.causes.T @ (right - likely)) / len(one.targets)
        away = SHARPNESS * (values - before)
        return lost / total + PULL * float(away @ away), slope / total + 2 * PULL * SHARPNESS * away

    found = minimize(
        loss, before, jac=True, method="L-BFGS-B", bounds=[(0, None) if is_kept else (0, 0) for is_kept in kept]
    )
    values = {name: round(float(value), 3) for name, value in zip(LEARNED, found.x, strict=True)}
    return attrs.evolve(start, **{name: value if value >= SMALLEST else 0.0 for name, value in values.items()})


def climb(asked: Sequence[Asked], start: Weights) -> Weights:
    """The weights towards which coordinate ascent by `_worth` goes: what the softmax of `learn` stands for."""
    best, found = start, answered_by(asked, start)
    tell("in use", found)
    for stride in STRIDES:
        gains = []
        for name, factor in itertools.product(LEARNED, (1 / (1 + stride), 1 + stride)):
            gain = _worth(answered_by(asked, _scaled(best, name, factor))) - _worth(found)
            if gain > MIN_GAIN:
                gains.append((gain, name, factor))
        for _, name, factor in sorted(gains, reverse=True):
            tried = _scaled(best, name, factor)
            reached = answered_by(asked, tried)
            if _worth(reached) > _worth(found) + MIN_GAIN:
                best, found = tried, reached
                tell(f"{name} {factor:.2f} times", found)
    return attrs.evolve(
        start, **{name: (1 - GONE) * getattr(start, name) + GONE * getattr(best, name) for name in LEARNED}
    )


def _scaled(weights: Weights, name: str, factor: float) -> Weights:
    """One weight, so many times; the sum of all is kept, as scores stay on their scale."""
    causes = {one: getattr(weights, one) * (factor if one == name else 1.0) for one in LEARNED}
    scale = sum(getattr(weights, one) for one in LEARNED) / sum(causes.values())
    return attrs.evolve(weights, **{one: scale * value for one, value in causes.items()})


def _worth(found: Answers) -> float:
    """NDCG@10 of semble's, and of each other suite mostly MRR; times what a suite counts."""
    worth = COUNTS["semble-dev"] * _ndcg_of(found.get("semble-dev", ()))
    for suite, scored in found.items():
        if suite != "semble-dev":
            each = [0.6 * one.reciprocal_rank + 0.25 * one.recall(5) + 0.15 * one.recall(10) for _, one in scored]
            worth += COUNTS.get(suite, 1.0) * float(np.mean(each))
    return worth


def _ndcg_of(scored: Sequence[tuple[str, Scored]]) -> float:
    """NDCG@10, the mean over folders; 0 without questions."""
    ndcg_of: defaultdict[str, list[float]] = defaultdict(list)
    for folder, of_one in scored:
        ndcg_of[folder].append(of_one.ndcg)
    return float(np.mean([np.mean(values) for values in ndcg_of.values()])) if ndcg_of else 0.0


Answers: TypeAlias = Mapping[str, Sequence[tuple[str, Scored]]]
"""By suite: the folder and the score of each question."""


def answered(asked: Sequence[Asked], weights: dict[int, Weights]) -> Answers:
    """How each question is answered under the weights of its own."""
    by_suite: defaultdict[str, list[tuple[str, Scored]]] = defaultdict(list)
    for one in asked:
        hits = diversify(one.form, rank(one.form, one.candidates, weights[id(one)]))
        by_suite[one.suite].append((one.folder, score(one.question, [_found(hit.candidate) for hit in hits])))
    return by_suite


def answered_by(asked: Sequence[Asked], weights: Weights) -> Answers:
    """The same under one table of weights for all."""
    return answered(asked, dict.fromkeys(map(id, asked), weights))


def mrr_of(found: Answers) -> dict[str, float]:
    """By suite: MRR over all questions."""
    return {suite: float(np.mean([of_one.reciprocal_rank for _, of_one in scored])) for suite, scored in found.items()}


def tell(what: str, found: Answers) -> None:
    """Print the figures of each suite."""
    for suite, scored in found.items():
        folders = _ndcg_of(scored)
        recall = {depth: np.mean([of_one.recall(depth) for _, of_one in scored]) for depth in (1, 5, 20)}
        mrr = np.mean([of_one.reciprocal_rank for _, of_one in scored])
        told = ", ".join(f"R@{depth} {value:.3f}" for depth, value in recall.items())
        print(f"{what}: {suite} n {len(scored)}: NDCG@10, mean of folders {folders:.3f}, {told}, MRR {mrr:.3f}")


def write(learned: Weights) -> None:
    """Put the learned table in the place of [natural], its sum as it was: the order stays, and so does the scale."""
    path = Path(weights_module.__file__).with_name("weights.toml")
    used = weights_for(Shape.NATURAL)
    factor = sum(getattr(used, name) for name in LEARNED) / sum(getattr(learned, name) for name in LEARNED)
    table = "".join(f"{name} = {round(factor * getattr(learned, name), 3)}\n" for name in LEARNED)
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(?s)(?<=\[natural\]\n).*?(?=\n\[)", lambda _: table, text), encoding="utf-8")


def _is_right(question: Question, target: int, candidate: Candidate) -> bool:
    found = _found(candidate)
    return question.targets[target].holds(found.path, found.start_line, found.end_line, found.symbol)


def _found(candidate: Candidate) -> Found:
    record = candidate.record
    return Found(record.path, record.span.start_line, record.span.end_line, record.symbol)


if __name__ == "__main__":
    main()
