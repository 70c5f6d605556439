"""Draws a run's log: `python -m training.curves --work DIR --run NAME --out FILE.svg`."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")

import matplotlib.pyplot as plt

SMOOTHED = 25
"""Steps of one task that a point of its curve is the mean of."""


def main() -> None:
    """Loss by task above, held-out triplets right and MRR of the held-out search below, against examples seen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--run", required=True, action="append", help="may be repeated; runs follow each other")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    losses: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    right: list[tuple[int, float]] = []
    searched: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    before = 0
    for name in arguments.run:
        log = (arguments.work / "runs" / name / "log.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in log]
        for row in rows:
            if "loss" in row:
                losses[row["task"]].append((before + row["seen"], row["loss"]))
            else:
                right.append((before + row["seen"], row["held_out"]))
                for level, value in row.get("mrr", {}).items():
                    searched[level].append((before + row["seen"], value))
        before += rows[-1]["seen"] if rows else 0
    mpl.rcParams["svg.hashsalt"] = "whence"
    figure, (above, below) = plt.subplots(2, 1, figsize=(7, 6), sharex=True)
    for task, points in sorted(losses.items()):
        above.plot(*zip(*smooth(points), strict=True), label=task)
    above.set_ylabel("loss")
    above.legend()
    below.plot(*zip(*right, strict=True), marker="o", label="triplets right")
    for level, points in sorted(searched.items()):
        below.plot(*zip(*points, strict=True), marker="o", label=f"MRR, {level}")
    below.set_ylabel("held out")
    below.legend()
    below.set_xlabel("examples seen")
    figure.tight_layout()
    figure.savefig(arguments.out, metadata={"Date": None})


def smooth(points: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Means of SMOOTHED points that follow each other."""
    groups = [points[at : at + SMOOTHED] for at in range(0, len(points), SMOOTHED)]
    return [(group[-1][0], sum(loss for _, loss in group) / len(group)) for group in groups]


if __name__ == "__main__":
    main()
