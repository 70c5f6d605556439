"""Draw a run: `python -m benchmarks.quality.plots NAME`, quality against time per question, and what each cause adds.

NAME is a run of `benchmarks.quality.run`, whose answers lie in results/local; the causes are those of the last
`benchmarks.quality.learn`. Needs matplotlib, of the dependency group `training`.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import matplotlib as mpl

mpl.use("svg")

import matplotlib.pyplot as plt

from benchmarks.measure import RESULTS
from benchmarks.quality.changes import first_right, place_of, read

TOP = 5


def main() -> None:
    """Write results/quality-time.svg and, where weights were learned here, results/quality-causes.svg."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", help="of a run")
    arguments = parser.parse_args()
    mpl.rcParams["svg.hashsalt"] = "whence"
    draw_times(points(read(arguments.name)))
    ablation = RESULTS / "local" / "ablation.json"
    if ablation.exists():
        draw_causes(json.loads(ablation.read_text(encoding="utf-8")))


def points(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, tuple[float, float]]]:
    """For each suite and retriever: mean milliseconds a question, and R@5."""
    found: defaultdict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
    for row in rows:
        found[row["suite"], row["retriever"]].append((row["ms"], place_of(first_right(row)) <= TOP))
    table: defaultdict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for (suite, retriever), of_one in found.items():
        times, right = zip(*of_one, strict=True)
        table[suite][retriever] = (sum(times) / len(times), sum(right) / len(right))
    return table


def draw_times(table: Mapping[str, Mapping[str, tuple[float, float]]]) -> None:
    """One small picture a suite."""
    figure, axes = plt.subplots(1, len(table), figsize=(3.4 * len(table), 3.2), squeeze=False)
    for axis, (suite, of_suite) in zip(axes[0], sorted(table.items()), strict=True):
        for retriever, (ms, recall) in sorted(of_suite.items()):
            axis.scatter([max(ms, 1)], [recall])
            axis.annotate(retriever, (max(ms, 1), recall), textcoords="offset points", xytext=(4, 3), fontsize=8)
        axis.set_xscale("log")
        axis.set_title(suite, fontsize=9)
        axis.set_xlabel("ms a question")
    axes[0][0].set_ylabel(f"R@{TOP}")
    figure.tight_layout()
    figure.savefig(RESULTS / "quality-time.svg", metadata={"Date": None})


def draw_causes(ablation: Mapping[str, Mapping[str, float]]) -> None:
    """How much MRR is lost where a cause is left out and the weights are learned without it, by suite."""
    whole = ablation["all"]
    causes = [name for name in ablation if name != "all"]
    figure, axis = plt.subplots(figsize=(7, 4))
    width = 0.8 / len(whole)
    for number, suite in enumerate(sorted(whole)):
        lost = [whole[suite] - ablation[cause][suite] for cause in causes]
        axis.barh([place + number * width for place in range(len(causes))], lost, height=width, label=suite)
    axis.set_yticks([place + 0.4 - width / 2 for place in range(len(causes))], causes)
    axis.invert_yaxis()
    axis.axvline(0, color="black", linewidth=0.6)
    axis.set_xlabel("MRR lost without it, repositories left out in turn")
    axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(RESULTS / "quality-causes.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
