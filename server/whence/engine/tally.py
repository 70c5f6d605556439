"""What an indexing job works with and counts while it runs, and the report it leaves."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import attrs

from whence.engine.jobs import CancelToken, OnProgress, Phase, Progress
from whence.engine.ports import Files, Model, Store, VectorCache
from whence.engine.writes import WriteLane


@attrs.frozen
class RefreshReport:
    """What a refresh did. Stage seconds overlap: one batch is read while another thread writes the previous one."""

    n_files_read: int = 0
    n_files_changed: int = 0
    n_files_dropped: int = 0
    n_files_left_out: int = 0
    """Files read and left out by their content."""
    n_files_unchanged: int = 0
    n_chunks: int = 0
    """Chunks of the changed files."""
    n_encoded: int = 0
    """Passages the model encoded."""
    n_reused: int = 0
    """Chunks that lacked a vector and got a known one."""
    stage_s: Mapping[str, float] = attrs.field(factory=dict)
    is_complete: bool = True
    """False when the job was stopped first; what it did is kept."""
    reset_reason: str | None = None
    """Why an index that was found had to be set aside and begun anew."""


@attrs.define
class Tally:
    """Running counts of one job. Touched by the job's own thread only."""

    n_files: int = 0
    n_files_done: int = 0
    n_files_changed: int = 0
    n_files_dropped: int = 0
    n_files_left_out: int = 0
    n_files_unchanged: int = 0
    n_chunks: int = 0
    n_to_embed: int = 0
    n_encoded: int = 0
    n_reused: int = 0
    is_bridged: bool = False
    stage_s: dict[str, float] = attrs.field(factory=dict)

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Add the time spent inside to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.stage_s[stage] = self.stage_s.get(stage, 0.0) + time.perf_counter() - start

    def progress(self, phase: Phase) -> Progress:
        """The counts as a watcher sees them."""
        return Progress(
            phase=phase,
            n_files_done=self.n_files_done,
            n_files=self.n_files,
            n_chunks=self.n_chunks,
            n_embedded=self.n_encoded,
            n_to_embed=self.n_to_embed,
            is_bridged=self.is_bridged,
        )

    def report(self, *, is_complete: bool, reset_reason: str | None) -> RefreshReport:
        """The counts at the end of the job."""
        return RefreshReport(
            n_files_read=self.n_files_done,
            n_files_changed=self.n_files_changed,
            n_files_dropped=self.n_files_dropped,
            n_files_left_out=self.n_files_left_out,
            n_files_unchanged=self.n_files_unchanged,
            n_chunks=self.n_chunks,
            n_encoded=self.n_encoded,
            n_reused=self.n_reused,
            stage_s=dict(self.stage_s),
            is_complete=is_complete,
            reset_reason=reset_reason,
        )


@attrs.frozen
class Job:
    """What both halves of one refresh work with."""

    files: Files
    store: Store
    cache: VectorCache
    model: Model
    writes: WriteLane
    tally: Tally
    on_progress: OnProgress
    token: CancelToken
    first_model: Model | None = None
    """Whose vectors stand in where many are lacking; None for nobody's."""

    def tell(self, phase: Phase) -> None:
        """Let the watcher know how far the job is."""
        self.on_progress(self.tally.progress(phase))
