"""What a refresh costs when little or nothing changed. With the tiny model: nothing that is measured here embeds."""

from __future__ import annotations

import subprocess
from pathlib import Path

from benchmarks.measure import Row, median, run_child_for_json

RUNS = 5
N_SWITCHED = 500


def measure_refresh(root: Path, home: Path, environment: dict[str, str]) -> list[Row]:
    """An unchanged workspace, then a branch that touches 500 files, and back, and there again."""
    bring_up_to_date(root, home, environment)
    unchanged = [_refresh(root, home, environment) for _ in range(RUNS)]
    work_s = median([run["work_s"] for run in unchanged])
    n_encoded = sum(run["n_encoded"] for run in unchanged)
    rows = [
        Row(
            f"refresh of an unchanged workspace of {unchanged[0]['n_unchanged']:,} files",
            f"{work_s:.2f} s of work, {n_encoded} passages embedded",
            "≤ 1 s, 0",
            work_s <= 1.0 and n_encoded == 0,
        )
    ]
    _make_branch(root)
    there = _refresh(root, home, environment)
    _git(root, "checkout", "-q", "-")
    back = _refresh(root, home, environment)
    _git(root, "checkout", "-q", "whence-benchmark")
    again = _refresh(root, home, environment)
    rows += [
        Row(
            f"branch switch, {there['n_changed']} files changed: first time there",
            f"{there['n_encoded']} embedded, {there['work_s']:.1f} s",
        ),
        Row(
            "and back, and there again",
            f"{back['n_encoded']} + {again['n_encoded']} embedded, {back['work_s']:.1f} + {again['work_s']:.1f} s",
            "0",
            back["n_encoded"] + again["n_encoded"] == 0,
        ),
    ]
    return rows


def bring_up_to_date(root: Path, home: Path, environment: dict[str, str]) -> None:
    """Refresh twice: files written seconds before they were first read are read once more, then their times count."""
    _refresh(root, home, environment)
    _refresh(root, home, environment)


def _refresh(root: Path, home: Path, environment: dict[str, str]) -> dict[str, float]:
    report: dict[str, float] = run_child_for_json(
        "-m", "benchmarks.child", "refresh", str(root), home=home, environment=environment
    )
    return report


def _make_branch(root: Path) -> None:
    """Commit a change to each of the first 500 Java files on a branch of its own."""
    _git(root, "checkout", "-q", "-b", "whence-benchmark")
    paths = _git(root, "ls-files", "*.java").splitlines()[:N_SWITCHED]
    for idx, path in enumerate(paths):
        file = root / path
        text = file.read_text(encoding="utf-8")
        file.write_text(f"{text}\n/** Marks this file on the branch. */\nclass Branch{idx} {{}}\n", encoding="utf-8")
    identity = ["-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org"]
    _git(root, *identity, "commit", "-qam", "Touch 500 files")


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout
