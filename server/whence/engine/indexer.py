"""Carry out a plan: words first, for every file, then vectors. What is done stays done wherever the job is stopped.

Where many chunks lack a vector, those of a first, faster model come with the words and stand in (first_step.py).
"""

from __future__ import annotations

import time

from whence.engine.embedding import VectorsPass
from whence.engine.first_step import FirstStep
from whence.engine.jobs import CancelToken, OnProgress, Phase
from whence.engine.plan import Plan
from whence.engine.ports import Files, Model, Store, VectorCache
from whence.engine.reading import ToEmbed, WordsPass
from whence.engine.tally import Job, RefreshReport, Tally
from whence.engine.writes import WriteLane
from whence.errors import Cancelled


class Indexer:
    """Brings one store up to date, one job at a time. The caller holds the writer's lock through `store`."""

    def __init__(
        self, files: Files, store: Store, cache: VectorCache, model: Model, first_model: Model | None = None
    ) -> None:
        """Each model is loaded when the first passage has to be encoded by it, not before."""
        self._files = files
        self._store = store
        self._cache = cache
        self._model = model
        self._first_model = first_model

    def run(
        self, plan: Plan, on_progress: OnProgress, token: CancelToken, reset_reason: str | None = None
    ) -> RefreshReport:
        """Carry out `plan`; when `token` turns, finish the write at hand. `reset_reason` passes into the report."""
        tally = Tally(n_files=len(plan.read), n_files_unchanged=plan.n_unchanged)
        start = time.perf_counter()
        is_complete = True
        with WriteLane() as writes:
            job = Job(
                files=self._files,
                store=self._store,
                cache=self._cache,
                model=self._model,
                writes=writes,
                tally=tally,
                on_progress=on_progress,
                token=token,
                first_model=self._first_model,
            )
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
    first_step = FirstStep(job)
    left = WordsPass(job, first_step).run(plan.read)
    job.writes.wait()
    if not plan.is_settled_but_for_vectors:
        _settle(job, is_final=False)
    if first_step.cover([*left.uncarried, *plan.embed]):
        _settle(job, is_final=False)
    job.tally.is_bridged = first_step.stands_in()
    VectorsPass(job).run(ToEmbed(left.carried, [*left.uncarried, *plan.embed]))
    job.writes.wait()
    _settle(job, is_final=True)


def _settle(job: Job, *, is_final: bool) -> None:
    job.tell(Phase.SETTLING)
    with job.tally.time("settle"):
        job.writes.submit(job.store.settle, is_final)
        job.writes.wait()
