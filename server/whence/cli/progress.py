"""Show how far indexing is: a bar on a terminal, plain lines elsewhere. On stderr: stdout holds answers only."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from whence.engine.jobs import OnProgress, Phase, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

LINE_EVERY_S = 5.0
"""In a pipe or a log, one line this often: enough to see it is alive, few enough to read."""

QUIET_S = 0.4
"""A refresh shorter than this shows nothing: most are, and a flicker tells nobody anything."""

_PHASE_WORDS = {
    Phase.LISTING: "Listing files",
    Phase.READING: "Reading",
    Phase.EMBEDDING: "Embedding",
    Phase.SETTLING: "Tidying up",
    Phase.ASKING: "Asking",
}


@contextmanager
def shown_progress() -> Iterator[OnProgress]:
    """Give a watcher for one refresh, fit for where stderr goes; what it drew is gone afterwards."""
    if sys.stderr.isatty():
        with _bar() as watch:
            yield watch
    else:
        yield _Lines().watch


class _Lines:
    """Plain lines, at most one every LINE_EVERY_S."""

    def __init__(self) -> None:
        self._phase: Phase | None = None
        self._phase_start = time.monotonic()
        self._next = self._phase_start + LINE_EVERY_S

    def watch(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.phase is not self._phase:
            self._phase, self._phase_start = progress.phase, now
        if now < self._next:
            return
        self._next = now + LINE_EVERY_S
        print(f"whence: {describe(progress, now - self._phase_start)}", file=sys.stderr, flush=True)


def describe(progress: Progress, elapsed_s: float) -> str:
    """One line on how far a job is; `elapsed_s` is of its phase."""
    words = _PHASE_WORDS[progress.phase].lower()
    if progress.phase is Phase.EMBEDDING:
        share = progress.n_embedded / progress.n_to_embed if progress.n_to_embed else 1.0
        told = f"{words} {progress.n_embedded:,} of {progress.n_to_embed:,} chunks ({share:.0%})"
        if elapsed_s <= 0 or not progress.n_embedded:
            return told
        rate = progress.n_embedded / elapsed_s
        left = (progress.n_to_embed - progress.n_embedded) / rate
        return f"{told}, {rate:,.0f}/s, about {format_seconds(left)} left"
    if progress.phase is Phase.READING:
        return f"{words} {progress.n_files_done:,} of {progress.n_files:,} files, {progress.n_chunks:,} chunks"
    if progress.phase is Phase.ASKING:
        return f"{words} {progress.n_asked:,} of {progress.n_to_ask:,} questions"
    return words


def format_seconds(seconds: float) -> str:
    """A duration as a person says it: 40 s, 12 min, 1 h 5 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@contextmanager
def _bar() -> Iterator[OnProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<13}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[counts]}"),
        TimeRemainingColumn(compact=True),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar, bar.add_task("Listing files", total=None, counts="", visible=False)).watch


class _Bar:
    """One bar that changes its meaning with the phase."""

    def __init__(self, bar: RichProgress, task: TaskID) -> None:
        self._bar = bar
        self._task = task
        self._phase: Phase | None = None
        self._phase_start = self._start = time.monotonic()

    def watch(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.phase is not self._phase:
            self._phase, self._phase_start = progress.phase, now
            self._bar.reset(self._task, description=_PHASE_WORDS[progress.phase], total=None, counts="")
        visible = now - self._start > QUIET_S
        if progress.phase is Phase.READING:
            counts = f"{progress.n_files_done:,}/{progress.n_files:,} files, {progress.n_chunks:,} chunks"
            self._bar.update(
                self._task, completed=progress.n_files_done, total=progress.n_files, counts=counts, visible=visible
            )
        elif progress.phase is Phase.EMBEDDING:
            rate = progress.n_embedded / max(now - self._phase_start, 1e-3)
            counts = f"{progress.n_embedded:,}/{progress.n_to_embed:,} chunks, {rate:,.0f}/s"
            self._bar.update(
                self._task, completed=progress.n_embedded, total=progress.n_to_embed, counts=counts, visible=visible
            )
        elif progress.phase is Phase.ASKING:
            counts = f"{progress.n_asked:,}/{progress.n_to_ask:,} questions"
            self._bar.update(
                self._task, completed=progress.n_asked, total=progress.n_to_ask, counts=counts, visible=visible
            )
        else:
            self._bar.update(self._task, visible=visible)
