"""How soon a folder that nobody has indexed can be searched by meaning, with and without the first model.

`python -m benchmarks.two_steps FOLDER` measures any folder; `benchmarks.run --only two_steps`, a small code base.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measure import Row, run_child_for_json, write_result

WITHOUT = {"WHENCE_FIRST_MODEL": "none"}

MOMENTS = {
    "first_words_s": "the first words can be searched",
    "first_meaning_s": "the first chunks can be searched by meaning",
    "words_s": "every chunk can be searched by words",
    "meaning_s": "every chunk can be searched by meaning",
    "total_s": "every chunk has the model's own vector",
}


def measure_two_steps(root: Path, work: Path) -> list[Row]:
    """Index a folder from nothing in both ways; seconds from the start of the work, imports included."""
    both = [_run(root, work, environment) for environment in ({}, WITHOUT)]
    n_chunks = both[0]["n_chunks"]
    rows = [
        Row(f"{n_chunks:,} chunks: seconds until {words}", " / without: ".join(f"{run[key]:.1f}" for run in both))
        for key, words in MOMENTS.items()
    ]
    first_s = both[0]["first_s"]
    share = f"{first_s:.1f} s, {first_s / both[0]['total_s']:.1%} of the run"
    return [*rows, Row("encoding by the first model, its loading included", share)]


def _run(root: Path, work: Path, environment: dict[str, str]) -> dict[str, Any]:
    home = work / "home-two-steps"
    shutil.rmtree(home, ignore_errors=True)
    run: dict[str, Any] = run_child_for_json(
        "-m", "benchmarks.child", "steps", str(root), home=home, environment=environment
    )
    return run


def main() -> None:
    """Measure one folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    with tempfile.TemporaryDirectory(prefix="whence-bench-") as work:
        rows = measure_two_steps(folder.resolve(), Path(work))
    write_result("two_steps", rows, [f"`python -m benchmarks.two_steps {folder.name}`, the folder of that name"])


if __name__ == "__main__":
    main()
