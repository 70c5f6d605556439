"""Measure how good answers are: `python -m benchmarks.quality.run [--labels DIR] [--corpora DIR] [--only SUITE] …`.

Every suite whose data is found, every retriever, in one run; one table, kept as a small dated file. How each single
question was answered is kept beside it in results/local, which is not committed, so that two runs can be compared
question by question.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from benchmarks.measure import RESULTS, Row, write_result
from benchmarks.quality.alike import precision
from benchmarks.quality.calibration import calibration
from benchmarks.quality.questions import Task
from benchmarks.quality.retrievers import RETRIEVERS, fits
from benchmarks.quality.scoring import Scored, figure, score
from benchmarks.quality.similar_suites import SIMILAR_SUITES
from benchmarks.quality.suites import SUITES, Sources
from whence.app import LocalServices

EVERY_SUITE = {**SUITES, **SIMILAR_SUITES}

MEASURES: Mapping[str, Callable[[Sources], Iterable[Row]]] = {
    "calibration": calibration,
    "alike": lambda _sources: precision(),
}
"""What is measured otherwise than by the rank of a hit: each has rows of its own."""


@attrs.frozen
class Answered:
    """How one retriever answered one task."""

    task: Task
    retriever: str
    scored: tuple[Scored, ...]
    seconds: float


def main() -> None:
    """Run what was asked for and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=Path, help="folder with semble-dev/")
    parser.add_argument("--corpora", type=Path, help="folder with <owner>+<name>/repo git directories, bare or not")
    parser.add_argument(
        "--only", action="append", choices=sorted({*EVERY_SUITE, *MEASURES}), help="this suite; may be repeated"
    )
    parser.add_argument("--retriever", action="append", choices=sorted(RETRIEVERS), help="this one; may be repeated")
    parser.add_argument("--without", action="append", default=[], metavar="FOLDER", help="leave out a suite's folder")
    parser.add_argument("--work", type=Path, help="where work trees and indexes go (default: a new temporary folder)")
    parser.add_argument("--name", default="quality", help="what the result is called")
    arguments = parser.parse_args()
    work = (arguments.work or Path(tempfile.mkdtemp(prefix="whence-quality-"))).resolve()
    work.mkdir(parents=True, exist_ok=True)
    os.environ["WHENCE_HOME"] = str(work / "home")
    sources = Sources(arguments.labels, arguments.corpora, work)
    names = [name for name in arguments.retriever or RETRIEVERS if name != "ripgrep" or shutil.which("rg")]
    only = arguments.only or [*EVERY_SUITE, *MEASURES]
    tasks = (task for suite in only if suite in EVERY_SUITE for task in EVERY_SUITE[suite](sources))
    answered = [one for task in tasks if task.name not in arguments.without for one in answer(task, names)]
    measured_otherwise = [row for measure in only if measure in MEASURES for row in MEASURES[measure](sources)]
    if not answered and not measured_otherwise:
        sys.exit("no suite's data was found; name folders with --labels and --corpora")
    keep(arguments.name, answered)
    rows = [Row(what, measured) for what, measured in table(answered)] + measured_otherwise
    write_result(arguments.name, rows, [f"`python -m benchmarks.quality.run {' '.join(sys.argv[1:])}`", *notes()])


def answer(task: Task, names: Iterable[str]) -> Iterable[Answered]:
    """Bring a task's folder up to date, and have every retriever answer its questions."""
    workspace = LocalServices().open(task.root)
    report = workspace.refresh()
    print(
        f"{task.suite} {task.name}: {workspace.status().counts.n_chunks:,} chunks, {report.n_encoded:,} embedded",
        file=sys.stderr,
    )
    for name in (name for name in names if fits(name, task)):
        start = time.perf_counter()
        lists = RETRIEVERS[name](task, workspace)
        seconds = time.perf_counter() - start
        scored = tuple(score(question, hits) for question, hits in zip(task.questions, lists, strict=True))
        yield Answered(task, name, scored, seconds)
    workspace.close()


def table(answered: Sequence[Answered]) -> Iterable[tuple[str, str]]:
    """Rows: suite, group and retriever; the figures of each."""
    by_suite: defaultdict[str, defaultdict[str, list[Answered]]] = defaultdict(lambda: defaultdict(list))
    for one in answered:
        by_suite[one.task.suite][one.retriever].append(one)
    for suite, by_retriever in by_suite.items():
        for retriever, of_suite in by_retriever.items():
            everything = [scored for one in of_suite for scored in one.scored]
            means = [_mean(scored.ndcg for scored in one.scored) for one in of_suite]
            spread = f", mean of {len(means)} folders {_mean(means):.3f}" if len(means) > 1 else ""
            seconds = sum(one.seconds for one in of_suite) / len(everything)
            yield f"{suite}, {retriever}", f"{figures(everything)}{spread}, {1000 * seconds:.0f} ms a question"
        for group in sorted(
            {scored.question.group for one in answered if one.task.suite == suite for scored in one.scored}
        ):
            for retriever, of_suite in by_retriever.items():
                part = [scored for one in of_suite for scored in one.scored if scored.question.group == group]
                yield f"{suite}, {group}, {retriever}", figures(part)


def figures(scored: Sequence[Scored]) -> str:
    """All measures of some answers in words."""
    measured = {
        "R@1": figure([one.recall(1) for one in scored]),
        "R@5": figure([one.recall(5) for one in scored]),
        "R@10": figure([one.recall(10) for one in scored]),
        "R@20": figure([one.recall(20) for one in scored]),
        "MRR": figure([one.reciprocal_rank for one in scored]),
        "NDCG@10": figure([one.ndcg for one in scored]),
    }
    negatives = [share for one in scored if (share := one.is_above_negative) is not None]
    above = f", gold above its hard negative {figure(negatives)}" if negatives else ""
    return f"n {len(scored)}: " + ", ".join(f"{name} {value}" for name, value in measured.items()) + above


def keep(name: str, answered: Sequence[Answered]) -> None:
    """Write down how each question was answered."""
    folder = RESULTS / "local"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for one in answered:
            for scored in one.scored:
                told = {
                    "suite": one.task.suite,
                    "task": one.task.name,
                    "retriever": one.retriever,
                    "query": scored.question.text,
                    "group": scored.question.group,
                    "ranks": scored.target_ranks,
                    "ndcg": round(scored.ndcg, 4),
                    "ms": round(1000 * one.seconds / max(1, len(one.scored)), 1),
                }
                file.write(json.dumps(told, ensure_ascii=False) + "\n")


def notes() -> list[str]:
    """How to read the table."""
    return [
        "means with 95 % intervals by bootstrap over the questions; a hit is right by its suite's own rule",
        "cqs-test, own-test, CoSQA, HumanEval, HumanEval-X and MBPP are never tuned on",
        "similar code is asked for through `whence similar`; BM25 gets the code as words",
        "calibration: of good queries, those whose answer is among the ten best when nothing is cut",
    ]


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known)


if __name__ == "__main__":
    main()
