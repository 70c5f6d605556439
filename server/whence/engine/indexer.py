"""Carry out a plan: words first, for every file, then vectors. What is done stays done wherever the job is stopped."""

from __future__ import annotations

import time

from whence.engine.embedding import VectorsPass
from whence.engine.jobs import CancelToken, OnProgress, Phase
from whence.engine.plan import Plan
from whence.engine.ports import Files, Model, Store, VectorCache
from whence.engine.reading import ToEmbed, WordsPass
from whence.engine.tally import Job, RefreshReport, Tally
from whence.engine.writes import WriteLane
from whence.errors import Cancelled


class Indexer:
    """Brings one store up to date, one job at a time. The caller holds the writer's lock through `store`."""

    def __init__(self, files: Files, store: Store, cache: VectorCache, model: Model) -> None:
        """The model is loaded when the first passage has to be encoded, not before."""
        self._files = files
        self._store = store
        self._cache = cache
        self._model = model

    def run(
        self, plan: Plan, on_progress: OnProgress, token: CancelToken, reset_reason: str | None = None
    ) -> RefreshReport:
        """Carry out `plan`; when `token` turns, finish the write at hand. `reset_reason` passes into the report."""
        tally = Tally(n_files=len(plan.read), n_files_unchanged=plan.n_unchanged)
        start = time.perf_counter()
        is_complete = True
        with WriteLane() as writes:
            job = Job(self._files, self._store, self._cache, self._model, writes, tally, on_progress, token)
            try:
                _carry_out(plan, job)
            except Cancelled:
                is_complete = False
                writes.wait()
        tally.stage_s["write"] = writes.busy_s
        tally.stage_s["total"] = time.perf_counter() - start
        return tally.report(is_complete=is_complete, reset_reason=reset_reason)


def _carry_out(plan: Plan, job: Job) -> None:
    if plan.is_empty:
        return
    job.tally.n_files_dropped = len(plan.drop)
    if plan.drop:
        job.writes.submit(job.store.drop, plan.drop)
    left = WordsPass(job).run(plan.read)
    job.writes.wait()
    if not plan.is_settled_but_for_vectors:
        _settle(job, is_final=False)
    VectorsPass(job).run(ToEmbed(left.carried, [*left.uncarried, *plan.embed]))
    job.writes.wait()
    _settle(job, is_final=True)


def _settle(job: Job, *, is_final: bool) -> None:
    job.tell(Phase.SETTLING)
    with job.tally.time("settle"):
        job.writes.submit(job.store.settle, is_final)
        job.writes.wait()
