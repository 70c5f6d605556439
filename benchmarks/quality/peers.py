"""Whence and its peers, side by side: `python -m benchmarks.quality.peers [--labels DIR] [--corpora DIR] [--only R] …`.

The same repositories of semble's benchmark, the same questions, one run: semble and VectorCode from PyPI, each in an
environment of its own under the work folder and with the MiniLM that whence-code was trained from, and ripgrep with the
questions' words. Each indexes in a process of its own, and answers inside one running process, by its Python API.
Takes turns folder by folder, so that what else the machine does falls on all. A peer that cannot be had is left out,
and said to be. Some ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from benchmarks.measure import write_result
from benchmarks.quality.peer_child import CHUNKS_KEPT, FILES
from benchmarks.quality.peer_process import Command, PeerFailed, running
from benchmarks.quality.peer_setup import (
    RIPGREP,
    SEMBLE,
    VECTORCODE,
    Environment,
    Models,
    SetupFailed,
    make_models,
    offline,
    programs_of,
    python_of,
)
from benchmarks.quality.peer_table import Asked, Indexed, Measured, published_row, rows_of
from benchmarks.quality.questions import Task
from benchmarks.quality.scoring import Found, score
from benchmarks.quality.suites import Sources, semble_dev

CHECKOUT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("peer_child.py")

REPOS = ("express", "model2vec", "sinatra", "gin")
"""Small ones, in four languages."""

LIMIT = 10
"""Hits asked for; semble's rule looks at ten."""

ROUNDS = 2
"""Times every question is asked, each in a process that has not seen it."""

WARM_UP = ("where is the main loop", "main", "how are errors logged")
"""Asked first and not counted: they load what is loaded once."""


@attrs.frozen
class Contender:
    """One program of the comparison."""

    name: str
    command: Command
    """Without root and home, which come last."""
    modes: tuple[str, ...] = ("",)
    has_index: bool = True

    def label(self, mode: str) -> str:
        """What a mode is called in the table."""
        return f"{self.name}, {mode}" if mode else self.name


def main() -> None:
    """Set up, measure, keep the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=Path, help="folder with semble-dev/")
    parser.add_argument("--corpora", type=Path, help="folder with <owner>+<name>/repo git directories, bare or not")
    parser.add_argument("--work", type=Path, help="where all goes that is made (default: a new temporary folder)")
    parser.add_argument("--only", action="append", metavar="REPO", help="this repository; may be repeated")
    arguments = parser.parse_args()
    work = (arguments.work or Path(tempfile.mkdtemp(prefix="whence-peers-"))).resolve()
    work.mkdir(parents=True, exist_ok=True)
    names = arguments.only or REPOS
    tasks = list(semble_dev(Sources(arguments.labels, arguments.corpora, work), names))
    if not tasks:
        sys.exit("no labels were found; name the folder that holds semble-dev/ with --labels")
    left_out: list[str] = []
    contenders = list(set_up(work, left_out))
    load = os.getloadavg()[0]
    measured = list(measure(contenders, tasks, work, left_out))
    loads = f"load {load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end"
    rows = [*rows_of(measured), *published_row(arguments.labels, [task.name for task in tasks])]
    asked = " ".join(f"--only {name}" for name in arguments.only or ())
    command = f"`python -m benchmarks.quality.peers --labels DIR --corpora DIR {asked}".rstrip() + "`"
    versions = [one.versions(work) for one in (SEMBLE, VECTORCODE, RIPGREP)]
    write_result("peers", rows, [command, *notes(versions, loads), *(f"**left out: {one}**" for one in left_out)])


def set_up(work: Path, left_out: list[str]) -> Iterator[Contender]:
    """Whence, and the peers that can be had; why the others cannot goes to `left_out`."""
    harness = (sys.executable, "-m", "benchmarks.quality.peer_child")
    yield Contender("Whence", Command((*harness, "whence"), {}, CHECKOUT))
    models: Models | None = None
    try:
        models = make_models(work)
    except SetupFailed as failure:
        leave_out(left_out, f"semble and VectorCode: no models ({failure})")
    if models is not None:
        static = {**offline(work / "home"), "PEER_MODEL": str(models.static)}
        if folder := folder_of(SEMBLE, work, left_out):
            yield Contender("semble", Command((str(python_of(folder)), "-I", str(CHILD), "semble"), static, work))
        if folder := folder_of(VECTORCODE, work, left_out):
            arguments = (str(python_of(folder)), "-I", str(CHILD), "vectorcode")
            yield Contender("VectorCode", Command(arguments, offline(models.home), work), (FILES, CHUNKS_KEPT))
    path = os.environ["PATH"]
    if shutil.which("rg") is None:
        folder = folder_of(RIPGREP, work, left_out)
        if folder is None:
            return
        path = f"{programs_of(folder)}{os.pathsep}{path}"
    yield Contender("ripgrep", Command((*harness, "ripgrep"), {"PATH": path}, CHECKOUT), has_index=False)


def folder_of(environment: Environment, work: Path, left_out: list[str]) -> Path | None:
    """A peer's environment; None where it cannot be made."""
    try:
        return environment.make(work)
    except SetupFailed as failure:
        leave_out(left_out, f"{environment.name}: {failure}")
        return None


def leave_out(left_out: list[str], what: str) -> None:
    """Say so now and in the result."""
    print(f"LEFT OUT: {what}", file=sys.stderr)
    left_out.append(what)


def measure(
    contenders: Sequence[Contender], tasks: Sequence[Task], work: Path, left_out: list[str]
) -> Iterator[Measured]:
    """Have every contender index and answer every task, in turn; one that fails is out of the whole comparison."""
    fit = list(contenders)
    indexed: dict[str, list[Indexed]] = {one.name: [] for one in fit}
    asked: dict[str, list[Asked]] = {one.label(mode): [] for one in fit for mode in one.modes}
    for task in tasks:
        steps = ["index", *(["ask"] * ROUNDS)]
        for number, step in enumerate(steps):
            for contender in list(fit):
                print(f"{task.name}: {contender.name}, {step}", file=sys.stderr)
                try:
                    if step == "index":
                        indexed[contender.name].append(index(contender, task, work))
                    else:
                        for mode in contender.modes:
                            asked[contender.label(mode)].append(ask(contender, mode, task, work, number))
                except PeerFailed as failure:
                    if contender.name == "Whence":
                        sys.exit(f"Whence failed on {task.name}: {failure}")
                    leave_out(left_out, f"{contender.name}, which failed on {task.name}: {failure}")
                    fit.remove(contender)
    for contender in fit:
        labels = [contender.label(mode) for mode in contender.modes]
        ways = {label: tuple(asked[label]) for label in labels}
        yield Measured(contender.name, tuple(indexed[contender.name]) if contender.has_index else (), ways)


def index(contender: Contender, task: Task, work: Path) -> Indexed:
    """Index a folder into an empty home, in a process of its own."""
    home = home_of(contender, task, work)
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    with running(with_places(contender, task, home), work / "logs" / f"{contender.name}-index.log") as process:
        n_chunks = process.do(do="index")["n_chunks"]
    disk_bytes = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    return Indexed(task.name, process.usage.wall_s, process.usage.peak_bytes, disk_bytes, n_chunks)


def ask(contender: Contender, mode: str, task: Task, work: Path, number: int) -> Asked:
    """Ask every question inside one process, each for the first time."""
    command = with_places(contender, task, home_of(contender, task, work))
    with running(command, work / "logs" / f"{contender.name}-ask.log") as process:
        process.do(do="open")
        for text in WARM_UP:
            process.do(do="ask", text=text, mode=mode, limit=LIMIT)
        replies = [process.do(do="ask", text=one.text, mode=mode, limit=LIMIT) for one in task.questions]
    hits = [[Found(*hit) for hit in reply["hits"]] for reply in replies]
    scored = tuple(score(question, found) for question, found in zip(task.questions, hits, strict=True))
    return Asked(task.name, number, scored, tuple(reply["ms"] for reply in replies), process.usage.peak_bytes)


def home_of(contender: Contender, task: Task, work: Path) -> Path:
    """Where a contender keeps what it makes of a folder."""
    return work / "indexes" / contender.name / task.name


def with_places(contender: Contender, task: Task, home: Path) -> Command:
    """The command for a folder."""
    command = contender.command
    return attrs.evolve(command, arguments=(*command.arguments, str(task.root), str(home)))


def notes(versions: Sequence[str], loads: str) -> list[str]:
    """How to read the table."""
    told = f"""
{"; ".join(filter(None, versions))}
NDCG@10 by semble's rule, ten hits asked for; the rest with 95 % intervals by bootstrap; each ratio is to Whence
times: in turn folder by folder, {ROUNDS} rounds, {loads}; compare the ratios, not the seconds
index time: one process from its start to its end, loading of libraries and model within
question: inside one running process, after three others; memory: the largest sum over a process and those it started
Whence: its engine as the language server asks it, vectors on one thread when asked, on all when indexing
semble: SembleIndex.from_path and .search, with a static model distilled from MiniLM the way of model2vec
that is not the model trained on code which semble downloads by default, and with which its figures were published
VectorCode: its functions vectorise and build_query_results, with the Chroma server it starts by itself
its model is Chroma's MiniLM function, not sentence-transformers: float32, same weights, texts padded to 256 tokens
`files` is its default: a hit is a whole file; every question loads the model anew and keeps it, so memory grows
`chunks, model kept` lists chunks, and leaves that load out
ripgrep: one process a question; no index, and it ends too soon for its memory to be looked at
"""
    return told.strip().splitlines()


if __name__ == "__main__":
    main()
