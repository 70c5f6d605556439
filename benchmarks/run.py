"""Run the benchmarks and keep the results: `python -m benchmarks.run [--corpora DIR] [--only NAME] [--work DIR]`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import refresh, scale, serve, startup, throughput, two_steps
from benchmarks.corpora import LARGE, LARGE_PART, SMALL, check_out
from benchmarks.measure import Row, write_result

TINY_MODEL = {"WHENCE_MODEL": str(Path(__file__).parents[1] / "tests" / "models" / "tiny")}


def run_start(work: Path, corpora: Path | None) -> Sequence[Row]:
    """Import, help, and a cold search of a large indexed workspace."""
    root = _large(work, corpora)
    home = work / "home-tiny"
    refresh.bring_up_to_date(root, home, TINY_MODEL)
    return [*startup.measure_help(home), *startup.measure_cold_search(root, home, TINY_MODEL)]


def run_refresh(work: Path, corpora: Path | None) -> Sequence[Row]:
    """A refresh with nothing to do, and branch switches."""
    return refresh.measure_refresh(_large(work, corpora), work / "home-tiny", TINY_MODEL)


def run_throughput(work: Path, corpora: Path | None) -> Sequence[Row]:
    """Indexing against the bare session, several times over."""
    root = work / SMALL.folder
    if not root.exists():
        check_out(SMALL, corpora, root)
    return throughput.measure_throughput(root, work)


def run_two_steps(work: Path, corpora: Path | None) -> Sequence[Row]:
    """A first indexing, with and without the first model."""
    root = work / SMALL.folder
    if not root.exists():
        check_out(SMALL, corpora, root)
    return two_steps.measure_two_steps(root, work)


def run_scale(work: Path, corpora: Path | None) -> Sequence[Row]:
    """One large index with the model that ships: half an hour on two cores."""
    root = work / f"{LARGE.folder}-part"
    if not root.exists():
        check_out(LARGE, corpora, root, LARGE_PART)
    home = work / "home-scale"
    return scale.measure_index(root, home)


def run_queries(work: Path, corpora: Path | None) -> Sequence[Row]:
    """Questions to the same index, built first where it is missing."""
    root = work / f"{LARGE.folder}-part"
    if not root.exists():
        check_out(LARGE, corpora, root, LARGE_PART)
    home = work / "home-scale"
    scale.bring_up_to_date(root, home)
    return scale.measure_queries(root, home)


def run_serve(work: Path, corpora: Path | None) -> Sequence[Row]:
    """The language server, over the same index."""
    large, small = work / f"{LARGE.folder}-part", work / SMALL.folder
    if not large.exists():
        check_out(LARGE, corpora, large, LARGE_PART)
    if not small.exists():
        check_out(SMALL, corpora, small)
    return serve.measure_serve(large, small, work, work / "home-scale")


BENCHMARKS: dict[str, Callable[[Path, Path | None], Sequence[Row]]] = {
    "start": run_start,
    "refresh": run_refresh,
    "throughput": run_throughput,
    "two_steps": run_two_steps,
    "scale": run_scale,
    "queries": run_queries,
    "serve": run_serve,
}


def main() -> None:
    """Run what was asked for; each benchmark leaves a file of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, help="folder with <owner>+<name>/repo git directories, bare or not")
    parser.add_argument("--only", action="append", choices=sorted(BENCHMARKS), help="run this one; may be repeated")
    parser.add_argument("--work", type=Path, help="where work trees and indexes go (default: a new temporary folder)")
    arguments = parser.parse_args()
    work = arguments.work or Path(tempfile.mkdtemp(prefix="whence-bench-"))
    work.mkdir(parents=True, exist_ok=True)
    for name in arguments.only or BENCHMARKS:
        rows = BENCHMARKS[name](work.resolve(), arguments.corpora)
        write_result(name, rows, [f"`python -m benchmarks.run --only {name}`"])


def _large(work: Path, corpora: Path | None) -> Path:
    root = work / LARGE.folder
    return root if root.exists() else check_out(LARGE, corpora, root)


if __name__ == "__main__":
    main()
