"""One large index, built with the model that ships: memory and disk while it grows, then queries over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.measure import Row, run_child_for_json


def measure_index(root: Path, home: Path) -> list[Row]:
    """Index the large corpus from nothing."""
    run = run_child_for_json("-m", "benchmarks.child", "index", str(root), home=home)
    above_mb = (run["peak_rss"] - run["base_rss"]) / 1e6
    disk_kb = (run["disk_bytes"] + run["cache_bytes"]) / run["n_chunks"] / 1000
    other = 1 - run["stage_s"].get("encode", 0.0) / run["total_s"]
    return [
        Row(
            f"peak memory while indexing {run['n_chunks']:,} chunks, above the process with its libraries",
            f"{above_mb:.0f} MB (libraries alone {run['base_rss'] / 1e6:.0f} MB)",
            "≤ 700 MB",
            above_mb <= 700,
        ),
        Row(
            "disk a chunk after compaction, the shared vectors counted in",
            f"{disk_kb:.2f} KB ({run['disk_bytes'] / run['n_chunks'] / 1000:.2f} without them)",
            "≤ 3 KB",
            disk_kb <= 3,
        ),
        Row(
            f"everything but embedding, {run['n_files']:,} files",
            f"{other:.1%} of {run['total_s']:.0f} s wall time",
            "≤ 15 %",
            other <= 0.15,
        ),
        Row("embedding", f"{run['n_encoded'] / run['stage_s'].get('encode', 1.0):.0f} passages/s"),
    ]


def bring_up_to_date(root: Path, home: Path) -> None:
    """Index what is not indexed yet."""
    run_child_for_json("-m", "benchmarks.child", "index", str(root), home=home)


def measure_queries(root: Path, home: Path) -> list[Row]:
    """Time questions of every form inside one process."""
    run: dict[str, Any] = run_child_for_json("-m", "benchmarks.child", "query", str(root), home=home)
    stages = "; ".join(f"{stage} {p50:.1f} / {p95:.1f}" for stage, (p50, p95) in run["stages"].items())
    return [
        Row(
            f"query inside a running process, {run['n_chunks']:,} chunks, {run['n_queries']} queries: p50",
            f"{run['p50']:.1f} ms",
            "≤ 20 ms",
            run["p50"] <= 20,
        ),
        Row("the same: p95", f"{run['p95']:.1f} ms", "≤ 50 ms", run["p95"] <= 50),
        Row(
            "the same questions with vectors on disk, p50 / p95",
            f"{run['on_disk_p50']:.1f} / {run['on_disk_p95']:.1f} ms; in memory p50 is "
            f"{run['p50'] / run['on_disk_p50']:.2f} of it",
        ),
        Row("stages, p50 / p95 in ms", stages),
    ]
