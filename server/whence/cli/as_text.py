"""Answers as text for a person: colours and links on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from whence.cli.progress import format_seconds

if TYPE_CHECKING:
    from whence.cli.services import Check, Removed
    from whence.domain import Hit, IndexCounts, IndexStatus, SearchResult
    from whence.engine.evaluate import Answered, Asked, Evaluated
    from whence.engine.similar import SimilarResult
    from whence.engine.tally import RefreshReport
    from whence.engine.workspace import FileExplanation

_CONTROLS = dict.fromkeys((*range(9), *range(10, 32), *range(127, 160), 0x2028, 0x2029, *range(0x202A, 0x202F)))
_CONTROLS |= dict.fromkeys(range(0x2066, 0x206A))
_ESCAPED = {code: chr(code).encode("unicode_escape").decode("ascii") for code in _CONTROLS}
"""A name or text from a repository must not move the cursor, change colours or turn the direction of writing."""

_STYLES = {"place": "36;1", "symbol": "1", "dim": "2", "ok": "32", "bad": "31;1"}


class Paint:
    """Wraps text in terminal colours, or leaves it alone."""

    def __init__(self, *, is_coloured: bool) -> None:
        self._is_coloured = is_coloured

    def __call__(self, style: str, text: str) -> str:
        """`text` in a style by name, on one line."""
        text = plain(text)
        return f"\033[{_STYLES[style]}m{text}\033[0m" if self._is_coloured and text else text


def search_result(result: SearchResult, paint: Paint, *, with_explanation: bool) -> Iterator[str]:
    """Ranked places with snippets and reasons, then what the reader should know of the answer."""
    yield from hits(result.hits, paint, with_shares=with_explanation)
    if not result.hits:
        yield "Nothing in this code base is relevant to that."
        if result.nearest:
            yield "Nearest, though it may be about something else:"
            for near in result.nearest:
                yield f"    {paint('place', f'{near.path}:{near.span.start_line}')}  {paint('symbol', near.symbol)}"
        if result.nearest_words:
            yield f"Nearest words it has: {plain(', '.join(result.nearest_words))}"
    if not result.counts.is_complete:
        yield paint("dim", _completeness(result.counts))
    if with_explanation:
        stages = "  ".join(f"{stage} {ms:.1f} ms" for stage, ms in result.stage_ms.items())
        yield paint("dim", stages)


def _completeness(counts: IndexCounts) -> str:
    """What an answer could not know yet."""
    told = [f"Meaning is known for {counts.n_embedded:,} of {counts.n_chunks:,} chunks so far"]
    if counts.n_first:
        told.append(f"{counts.n_first:,} chunks are found by a faster model's meaning until then")
    if counts.n_by_meaning < counts.n_chunks:
        told.append("the rest is found by words only")
    return f"{'; '.join(told)}."


def hits(found: Sequence[Hit], paint: Paint, *, with_shares: bool = False) -> Iterator[str]:
    """Places in rank order, a blank line between them."""
    for rank, hit in enumerate(found, start=1):
        yield from _hit(rank, hit, paint, with_shares=with_shares)
        yield ""


def similar_result(result: SimilarResult, paint: Paint) -> Iterator[str]:
    """Exact copies, then code that is alike."""
    target = result.target
    name = target.symbol or f"lines {target.span.start_line}-{target.span.end_line}"
    yield f"Like {paint('symbol', name)} in {paint('place', f'{result.path}:{target.span.start_line}')}:"
    yield ""
    if result.copies:
        yield "Exact copies"
        for hit in result.copies:
            yield f"  {paint('place', f'{hit.path}:{hit.span.start_line}')}  {paint('symbol', hit.symbol)}"
        yield ""
    yield from hits(result.hits, paint)
    if not (result.hits or result.copies):
        yield "Nothing in this code base is alike enough."


def refresh_report(report: RefreshReport, status: IndexStatus) -> Iterator[str]:
    """What a refresh did, in a line or two."""
    if report.reset_reason:
        yield f"Begun anew: {report.reset_reason}"
    total_s = report.stage_s.get("total", 0.0)
    counts = status.counts
    yield (
        f"{counts.n_files:,} files, {counts.n_chunks:,} chunks, {counts.n_embedded:,} with vectors; "
        f"{report.n_files_changed:,} changed, {report.n_files_dropped:,} dropped, "
        f"{report.n_files_unchanged:,} unchanged; "
        f"{report.n_encoded:,} embedded, {report.n_reused:,} reused; {format_seconds(total_s)}"
    )


def status(status: IndexStatus) -> Iterator[str]:
    """The state of an index, a line a fact."""
    counts = status.counts
    yield f"root      {plain(status.root)}"
    yield f"state     {status.state.value}{f' ({status.detail})' if status.detail else ''}"
    yield f"files     {counts.n_files:,}"
    yield f"chunks    {counts.n_chunks:,}, {counts.n_embedded:,} with vectors"
    if counts.n_first:
        by_first = f"{counts.n_first:,} by {plain(status.first_model)} until then"
        yield f"meaning   {counts.n_embedded:,} of {counts.n_chunks:,} chunks by {plain(status.model)}, {by_first}"
    if status.model:
        yield f"model     {status.model}"
    yield f"folder    {status.index_dir}"
    shared = f"{format_bytes(status.cache_bytes)} of vectors shared by all folders"
    yield f"size      {format_bytes(status.disk_bytes)}, and {shared}"
    if status.changed_at is not None:
        yield f"changed   {format_seconds(max(0.0, time.time() - status.changed_at))} ago"
    if status.writer_pid is not None:
        yield f"writer    process {status.writer_pid} is indexing now"


def file_explanation(explanation: FileExplanation, paint: Paint) -> Iterator[str]:
    """How a file stands to the index."""
    verdict = "indexed" if explanation.is_indexed else "left out"
    yield f"{paint('place', explanation.path)}  {verdict}: {plain(explanation.reason)}"
    for chunk in explanation.chunks:
        lines = f"{chunk.span.start_line}-{chunk.span.end_line}"
        yield f"  {lines:>13}  {chunk.kind.value:<11} {paint('symbol', chunk.symbol)}"


def checks(found: Iterable[Check], paint: Paint) -> Iterator[str]:
    """What the doctor found, a line each, with what to do beneath what failed."""
    for check in found:
        yield f"{paint('ok', 'ok  ') if check.is_ok else paint('bad', 'FAIL')}  {check.name:<12} {check.detail}"
        if not check.is_ok and check.advice:
            yield f"      {check.advice}"


def evaluated(evaluated: Evaluated, paint: Paint, n_misses: int) -> Iterator[str]:
    """A table of how well search answered, what its figures mean, and the questions answered worst."""
    of_all = f" of {evaluated.n_files_listed:,}" if evaluated.n_files < evaluated.n_files_listed else ""
    chosen = ", chosen by chance" if of_all else ""
    yield (
        f"Search among {evaluated.n_files:,}{of_all} files of {plain(evaluated.root)}{chosen}; "
        f"model {plain(evaluated.model)}, {evaluated.dimension} dimensions"
    )
    yield ""
    yield paint("dim", f"{'':<16}{'questions':>9}  {'R@1':<21}{'R@5':<21}{'R@20':<21}MRR")
    yield from _asked("doc comments", evaluated.docs)
    yield from _asked("commit messages", evaluated.commits)
    yield ""
    yield from (paint("dim", line) for line in _EVALUATION_EXPLAINED)
    for name, asked in (("doc comments", evaluated.docs), ("commit messages", evaluated.commits)):
        if worst := asked.worst[:n_misses]:
            yield ""
            yield f"Answered worst of the {name}:"
            for miss in worst:
                yield from _miss(miss, paint)


def removed(found: Sequence[Removed]) -> Iterator[str]:
    """What was removed."""
    if not found:
        yield "There was nothing to remove."
    for item in found:
        yield f"Removed {item.path} ({format_bytes(item.n_bytes)})"


def plain(text: str) -> str:
    """Text with its control characters shown instead of obeyed."""
    return text.translate(_ESCAPED)


def format_bytes(n_bytes: int) -> str:
    """A size as a person says it."""
    size = float(n_bytes)
    for unit in ("B", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def is_coloured() -> bool:
    """True where stdout is a terminal and the user did not turn colours off (no-color.org)."""
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


_EVALUATION_EXPLAINED = (
    "Doc comments: their first sentence, asked of an index in which every doc comment is blanked out.",
    "Commit messages: subject lines, asked of the files as they are; what the commit changed is right.",
    "R@k: a right place is among the first k. In brackets: 95 % intervals, by bootstrap over the questions.",
)


def _asked(name: str, asked: Asked) -> Iterator[str]:
    if not asked.answered:
        yield f"{name:<16}{asked.n_available:>9,}  too few to measure by"
        return
    measures = asked.measures
    shares = (measures.recall_at_1, measures.recall_at_5, measures.recall_at_20, measures.mrr)
    figures = (f"{one.mean:.2f} ({one.low:.2f} to {one.high:.2f})" for one in shares)
    yield f"{name:<16}{len(asked.answered):>9,}  {''.join(f'{figure:<21}' for figure in figures)}".rstrip()


def _miss(miss: Answered, paint: Paint) -> Iterator[str]:
    rank = f"came {miss.rank}." if miss.rank else "not found"
    yield f"  {plain(miss.question.text)}"
    for place in miss.question.places[:1]:
        yield f"      {rank}  {paint('place', f'{place.path}:{place.line}')}  {paint('symbol', place.symbol)}"
    if miss.first:
        where = f"{miss.first.path}:{miss.first.span.start_line}"
        yield f"      first was  {paint('place', where)}  {paint('symbol', miss.first.symbol)}"
    else:
        yield "      nothing was said to be relevant"


def _hit(rank: int, hit: Hit, paint: Paint, *, with_shares: bool) -> Iterator[str]:
    place = paint("place", f"{hit.path}:{hit.span.start_line}")
    named = f"  {paint('symbol', hit.symbol)}" if hit.symbol else ""
    yield f"{rank:>2}. {place}{named}  {paint('dim', f'{hit.kind.value}, {hit.score:.2f}')}"
    for line in hit.snippet.split("\n"):
        yield f"      {plain(line)}"
    if with_shares:
        for reason in hit.reasons:
            yield paint("dim", f"    {reason.score:+.3f}  {reason.kind.value}: {reason.text}")
    elif hit.reasons:
        yield paint("dim", f"    why: {'; '.join(reason.text for reason in hit.reasons)}")
    if hit.copies:
        yield paint("dim", f"    the same text: {', '.join(hit.copies)}")
