"""The table of the comparison with peers: one measure after the other, every peer with its ratio to Whence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from benchmarks.measure import Row, percentile
from benchmarks.quality.scoring import Scored, figure

MEGABYTE = 1e6


@attrs.frozen
class Indexed:
    """One folder, indexed once."""

    folder: str
    wall_s: float
    peak_bytes: int
    disk_bytes: int
    n_chunks: int


@attrs.frozen
class Asked:
    """The questions about one folder, asked once each."""

    folder: str
    number: int
    """1 for the first round, which quality is taken from."""
    scored: tuple[Scored, ...]
    ms: tuple[float, ...]
    peak_bytes: int


@attrs.frozen
class Measured:
    """All of one contender; nothing in `indexed` where it has no index."""

    name: str
    indexed: tuple[Indexed, ...]
    ways: Mapping[str, tuple[Asked, ...]]
    """By the label of each way to ask."""


def rows_of(measured: Sequence[Measured]) -> Iterator[Row]:
    """All rows; Whence comes first, the others with their ratios to it."""
    ways = {label: asked for one in measured for label, asked in one.ways.items()}
    yield from _quality(ways)
    yield from _index(measured, "index time", lambda one: sum(each.wall_s for each in one), "s")
    yield from _time(ways)
    yield from _index(
        measured, "peak memory, indexing", lambda one: max(each.peak_bytes for each in one) / MEGABYTE, "MB"
    )
    yield from _memory(measured)
    yield from _index(
        measured, "size on disk", lambda one: sum(each.disk_bytes for each in one) / MEGABYTE, "MB", digits=2
    )
    for one in measured:
        if one.indexed:
            yield Row(f"pieces of text: {one.name}", f"{sum(each.n_chunks for each in one.indexed):,}")


def published_row(labels: Path | None, folders: Sequence[str]) -> Iterator[Row]:
    """What semble published for the same folders, with its own model; nothing where that is not at hand."""
    path = labels / "semble-dev" / "published.json" if labels else None
    if path is None or not path.exists():
        return
    known = json.loads(path.read_text(encoding="utf-8"))["repos"]
    if all(folder in known for folder in folders):
        each = ", ".join(f"{folder} {known[folder]['semble']:.3f}" for folder in folders)
        mean = _mean([known[folder]["semble"] for folder in folders])
        yield Row("NDCG@10, semble with its own model, as published, not run here", f"mean {mean:.3f} ({each})")


def _quality(ways: Mapping[str, Sequence[Asked]]) -> Iterator[Row]:
    first = {label: [one for one in asked if one.number == 1] for label, asked in ways.items()}
    means = {label: _mean([_ndcg(one) for one in asked]) for label, asked in first.items()}
    (reference, *_) = first
    ours = [scored.ndcg for one in first[reference] for scored in one.scored]
    for label, asked in first.items():
        scored = [each for one in asked for each in one.scored]
        told = ", ".join(
            f"{name} {figure(values)}"
            for name, values in {
                "NDCG@10": [each.ndcg for each in scored],
                "R@1": [each.recall(1) for each in scored],
                "R@5": [each.recall(5) for each in scored],
            }.items()
        )
        against = ""
        if label != reference:
            better = sum(each.ndcg > our for each, our in zip(scored, ours, strict=True))
            worse = sum(each.ndcg < our for each, our in zip(scored, ours, strict=True))
            ratio = means[label] / means[reference]
            against = f", **{ratio:.2f} times**; better than {reference} on {better}, worse on {worse}"
        what = f"NDCG@10, mean of {len(asked)} folders: {label}"
        yield Row(what, f"**{means[label]:.3f}**{against}; over {len(scored)} questions: {told}")
    for idx, one in enumerate(first[reference]):
        each = ", ".join(f"{label} {_ndcg(asked[idx]):.3f}" for label, asked in first.items())
        yield Row(f"NDCG@10, {one.folder}, {len(one.scored)} questions", each)


def _index(
    measured: Sequence[Measured], what: str, of: Callable[[Sequence[Indexed]], float], unit: str, digits: int = 1
) -> Iterator[Row]:
    """A figure of every contender that indexes, and of each folder."""
    ours = of(measured[0].indexed)
    for one in measured:
        if one.indexed:
            each = ", ".join(f"{folder.folder} {of([folder]):.{digits}f}" for folder in one.indexed)
            ratio = "" if one is measured[0] else f", **{of(one.indexed) / ours:.2f} times**"
            yield Row(f"{what}: {one.name}", f"**{of(one.indexed):.{digits}f} {unit}**{ratio} ({each})")


def _time(ways: Mapping[str, Sequence[Asked]]) -> Iterator[Row]:
    all_ms = {label: [ms for one in asked for ms in one.ms] for label, asked in ways.items()}
    ours = next(iter(all_ms.values()))
    for label, ms in all_ms.items():
        told = [
            f"{name} **{percentile(ms, share):.1f} ms**"
            + (f", **{percentile(ms, share) / percentile(ours, share):.2f} times**" if ms is not ours else "")
            for name, share in (("p50", 0.5), ("p95", 0.95))
        ]
        yield Row(f"question, warm: {label}", "; ".join(told) + f" (n {len(ms)})")


def _memory(measured: Sequence[Measured]) -> Iterator[Row]:
    """Of the processes that answer."""
    indexing = [one for one in measured if one.indexed]
    peaks = {
        label: max(one.peak_bytes for one in asked) / MEGABYTE
        for contender in indexing
        for label, asked in contender.ways.items()
    }
    ours = next(iter(peaks.values()))
    for label, peak in peaks.items():
        ratio = "" if peak is ours else f", **{peak / ours:.2f} times**"
        yield Row(f"peak memory, answering: {label}", f"**{peak:.1f} MB**{ratio}")


def _ndcg(asked: Asked) -> float:
    return _mean([scored.ndcg for scored in asked.scored])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
