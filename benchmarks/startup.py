"""Cold start: import, `--help`, and a whole search of an indexed workspace beside a bare `import lancedb`."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.measure import Row, median, run_child

RUNS = 7


def measure_help(home: Path) -> list[Row]:
    """Import of whence.cli and `whence --help`, each in a fresh process, beside an empty Python."""
    empty, imported, helped = [], [], []
    for _ in range(RUNS):
        empty.append(run_child("-c", "", home=home).wall_s)
        imported.append(run_child("-c", "import whence.cli", home=home).wall_s)
        helped.append(run_child("-m", "whence", "--help", home=home).wall_s)
    note = f"(empty Python {median(empty):.2f} s)"
    return [
        Row("import of `whence.cli`", f"{median(imported):.2f} s {note}", "≤ 0.3 s", median(imported) <= 0.3),
        Row("`whence --help`", f"{median(helped):.2f} s {note}", "≤ 0.3 s", median(helped) <= 0.3),
    ]


def measure_cold_search(root: Path, home: Path, environment: dict[str, str]) -> list[Row]:
    """`whence search` on an indexed workspace, in turn with a bare `import lancedb`."""
    bare, searched = [], []
    status = json.loads(
        run_child("-m", "whence", "status", "--json", "--root", str(root), home=home, environment=environment).out
    )
    question = "where are consumer group rebalances decided"
    for _ in range(RUNS):
        bare.append(run_child("-c", "import lancedb", home=home).wall_s)
        command = ["-m", "whence", "search", question, "--root", str(root)]
        searched.append(run_child(*command, home=home, environment=environment).wall_s)
    over = [search - alone for search, alone in zip(searched, bare, strict=True)]
    return [
        Row(
            f"cold `whence search`, {status['files']:,} files, refresh included",
            f"{median(searched):.2f} s; `import lancedb` {median(bare):.2f} s; median difference {median(over):.2f} s",
            "≤ import + 1 s",
            median(over) <= 1.0,
        )
    ]
