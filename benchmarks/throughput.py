"""Indexing against what the bare onnxruntime session reaches on the same passages, in turn, several times over."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.measure import Row, median, run_child_for_json

RUNS = 3


def measure_throughput(root: Path, work: Path) -> list[Row]:
    """Index a folder from nothing and run its passages through the bare session, A B A B."""
    ratios, others, rates = [], [], []
    run = {}
    for _ in range(RUNS):
        home = work / "home-throughput"
        shutil.rmtree(home, ignore_errors=True)
        run = run_child_for_json("-m", "benchmarks.child", "index", str(root), home=home)
        bare = run_child_for_json("-m", "benchmarks.child", "bare", str(root), home=home)
        ratios.append(bare["session_s"] / run["total_s"])
        others.append(1 - run["stage_s"].get("encode", 0.0) / run["total_s"])
        rates.append(run["n_encoded"] / run["total_s"])
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in run["stage_s"].items())
    return [
        Row(
            f"indexing {run['n_files']} files, {run['n_chunks']:,} chunks, against the bare session",
            f"{median(ratios):.0%} of its speed ({min(ratios):.0%} to {max(ratios):.0%}; {median(rates):.0f} chunks/s)",
            "≥ 70 %",
            median(ratios) >= 0.7,
        ),
        Row("everything but embedding", f"{median(others):.1%} of wall time", "≤ 15 %", median(others) <= 0.15),
        Row("seconds by stage, last run; reading and writing overlap", stages),
    ]
