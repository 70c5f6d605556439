"""Small tools for measuring: child processes with their memory, medians, tables, and the file a result is kept in."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import attrs

RESULTS = Path(__file__).parent / "results"


@attrs.frozen
class Ran:
    """One finished child process; `wall_s` from start to exit."""

    wall_s: float
    out: str


def run_child(*arguments: str, home: Path, environment: dict[str, str] | None = None) -> Ran:
    """Run `python ARGUMENTS` with indexes in `home` and wait for it; a failure ends the benchmark with its output."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "WHENCE_HOME": str(home), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    wall_s = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(arguments)} failed with {done.returncode}:\n{done.stderr}")
    return Ran(wall_s, done.stdout)


def run_child_for_json(*arguments: str, home: Path, environment: dict[str, str] | None = None) -> Any:
    """The same for a child that prints one JSON value as its last line."""
    return json.loads(run_child(*arguments, home=home, environment=environment).out.splitlines()[-1])


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie, by rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


@attrs.frozen
class Row:
    """One line of a result: what the issue asks, what was measured. `is_met` is None where there is no bound."""

    what: str
    measured: str
    bound: str = ""
    is_met: bool | None = None


def describe_machine() -> str:
    """What the numbers were measured on, without naming anybody's machine."""
    libraries = " · ".join(f"{name} {version(name)}" for name in ("onnxruntime", "lancedb", "tree-sitter"))
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{system}, {libraries}"


def write_result(name: str, rows: Sequence[Row], notes: Sequence[str]) -> Path:
    """Keep a result as a small dated Markdown file, and print it."""
    today = dt.datetime.now(tz=dt.timezone.utc).date().isoformat()
    lines = [f"# {name}, {today}", "", describe_machine(), "", "| what | measured | bound | met |", "|---|---|---|---|"]
    met = {True: "yes", False: "**no**", None: ""}
    lines += [f"| {row.what} | {row.measured} | {row.bound} | {met[row.is_met]} |" for row in rows]
    lines += ["", *(f"- {note}" for note in notes)] if notes else []
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{today}-{name}.md"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return path
