"""Which questions a change has won and lost: `python -m benchmarks.quality.changes BEFORE AFTER [--retriever whence]`.

BEFORE and AFTER are names of runs of `benchmarks.quality.run`, whose answers to single questions lie in results/local.
A question is won where its first right hit stands higher than before. Also the questions that were answered worst, with
where each part of the search had the answer: what neither words nor vectors bring, no ranker can put first.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from benchmarks.measure import RESULTS

WHOLE = "whence"
PARTS = ("words", "vectors")
N_WORST = 10

Key = tuple[str, str, str]
"""Suite, folder and question."""


@attrs.frozen
class Change:
    """One question whose first right hit moved; ranks are 1-based, None for not among the hits."""

    suite: str
    task: str
    query: str
    before: int | None
    after: int | None

    @property
    def is_won(self) -> bool:
        """True where the right hit stands higher than before."""
        return place_of(self.after) < place_of(self.before)

    def __str__(self) -> str:
        return f"{'won' if self.is_won else 'lost'} {told(self.before)} → {told(self.after)}: {self.task}: {self.query}"


def main() -> None:
    """Print sums by suite, then each question that moved, then the worst ones."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("before", help="name of a run")
    parser.add_argument("after", help="name of a later run")
    parser.add_argument("--retriever", default=WHOLE)
    arguments = parser.parse_args()
    before, after = (read(name) for name in (arguments.before, arguments.after))
    changes = differences(ranks(before, arguments.retriever), ranks(after, arguments.retriever))
    print("\n".join([*summary(changes), "", *map(str, changes), "", *worst(after)]))


def read(name: str) -> list[dict[str, Any]]:
    """How each question of a run was answered; ends the program where there is no such run."""
    path = RESULTS / "local" / f"{name}.jsonl"
    if not path.exists():
        sys.exit(f"{path}: no such run; known are {', '.join(sorted(one.stem for one in path.parent.glob('*.jsonl')))}")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def ranks(rows: Iterable[Mapping[str, Any]], retriever: str) -> dict[Key, int | None]:
    """Rank of the first right hit of each question, as one retriever answered it."""
    return {
        (row["suite"], row["task"], row["query"]): first_right(row) for row in rows if row.get("retriever") == retriever
    }


def first_right(row: Mapping[str, Any]) -> int | None:
    """Rank of the first right hit of one row."""
    return min((rank for rank in row["ranks"] if rank), default=None)


def differences(before: Mapping[Key, int | None], after: Mapping[Key, int | None]) -> list[Change]:
    """Questions asked in both runs whose rank differs: the widest moves, by reciprocal rank, first."""
    moved = [Change(*key, before[key], after[key]) for key in after if key in before and before[key] != after[key]]
    return sorted(
        moved, key=lambda one: (one.suite, -abs(1 / place_of(one.after) - 1 / place_of(one.before)), one.query)
    )


def summary(changes: Iterable[Change]) -> list[str]:
    """A line a suite: how many were won and lost."""
    of_suite: defaultdict[str, list[Change]] = defaultdict(list)
    for one in changes:
        of_suite[one.suite].append(one)
    return [
        f"{suite}: {sum(one.is_won for one in moved)} won, {sum(not one.is_won for one in moved)} lost"
        for suite, moved in sorted(of_suite.items())
    ]


def worst(rows: Sequence[Mapping[str, Any]], n_shown: int = N_WORST) -> list[str]:
    """For each suite the questions answered worst, those first whose answer the parts of the search do bring."""
    whole = ranks(rows, WHOLE)
    parts = {name: ranks(rows, name) for name in PARTS}
    lines = []
    for suite in sorted({suite for suite, *_ in whole}):
        keys = [key for key in whole if key[0] == suite]
        nearest = {key: min(place_of(of_part.get(key)) for of_part in parts.values()) for key in keys}
        keys.sort(key=lambda key: (-place_of(whole[key]), nearest[key], key))
        lines.append(f"worst of {suite}:")
        for key in keys[:n_shown]:
            of_parts = ", ".join(f"{name} {told(of_part.get(key))}" for name, of_part in parts.items() if of_part)
            lines.append(f"- {told(whole[key])} ({of_parts or 'the whole alone was asked'}): {key[1]}: {key[2]}")
    return lines


def place_of(rank: int | None) -> float:
    """A rank to compare with: what was not found comes last."""
    return rank or math.inf


def told(rank: int | None) -> str:
    """A rank in words."""
    return f"rank {rank}" if rank else "not found"


if __name__ == "__main__":
    main()
