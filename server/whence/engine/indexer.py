"""Carry out a plan: words first, for every file, then vectors. What is done stays done wherever the job is stopped."""

from __future__ import annotations

import time

from whence.engine.embedding import VectorsPass
from whence.engine.jobs import CancelToken, OnProgress, Phase
from whence.engine.plan import Plan
from whence.engine.ports import Files, Model, Store, VectorCache
from whence.engine.reading import ToEmbed, WordsPass
from whence.engine.tally import RefreshReport, Tally
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
            try:
                self._carry_out(plan, writes, tally, on_progress, token)
            except Cancelled:
                is_complete = False
                writes.wait()
        tally.stage_s["write"] = writes.busy_s
        tally.stage_s["total"] = time.perf_counter() - start
        return tally.report(is_complete=is_complete, reset_reason=reset_reason)

    def _carry_out(
        self, plan: Plan, writes: WriteLane, tally: Tally, on_progress: OnProgress, token: CancelToken
    ) -> None:
        if plan.is_empty:
            return
        tally.n_files_dropped = len(plan.drop)
        if plan.drop:
            writes.submit(self._store.drop, plan.drop)
        ports = (self._files, self._store, self._cache, self._model, writes, tally, on_progress, token)
        left = WordsPass(*ports).run(plan.read)
        writes.wait()
        if not plan.is_settled_but_for_vectors:
            self._settle(writes, tally, on_progress, is_final=False)
        VectorsPass(*ports).run(ToEmbed(left.carried, [*left.uncarried, *plan.embed]))
        writes.wait()
        self._settle(writes, tally, on_progress, is_final=True)

    def _settle(self, writes: WriteLane, tally: Tally, on_progress: OnProgress, *, is_final: bool) -> None:
        on_progress(tally.progress(Phase.SETTLING))
        with tally.time("settle"):
            writes.submit(self._store.settle, is_final)
            writes.wait()
