"""Where a refresh runs: a small one here and now, a large one in a process of its own (worker.py)."""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from whence import errors
from whence.domain import IndexState
from whence.engine.jobs import CancelToken, OnProgress, Phase, Progress
from whence.engine.tally import RefreshReport
from whence.engine.workspace import Workspace
from whence.errors import StoreError, WhenceError

logger = logging.getLogger(__name__)

FEW_FILES = 24
"""Read and embedded here: half a second's work, while a new process takes two seconds to load its libraries."""

LOOK_S = 0.05
STOP_S = 10.0
"""For a worker to finish the write at hand once it is told to stop; then it is killed, which loses that write alone."""

START_WORKER = "import sys; sys.path = [path for path in sys.path if path]; from whence.worker import main; main()"
"""Without the current folder, which Python puts first: it is the user's, and may hold a `queue.py` or `json.py`."""

Line: TypeAlias = "Mapping[str, Any] | None"


def refresh(
    workspace: Workspace,
    paths: Sequence[str] | None,
    on_progress: OnProgress,
    token: CancelToken,
    *,
    n_threads: int,
    environ: Mapping[str, str] = MappingProxyType({}),
) -> RefreshReport:
    """Bring a workspace up to date; the other arguments and errors as `Workspace.refresh`.

    A process of its own takes `n_threads` cores, and has the variables of `environ` beside this one's.
    """
    if paths is not None:
        state = workspace.state()
        if state is IndexState.MISSING:
            return RefreshReport()  # nobody asked for an index yet, or it was removed
        if state is IndexState.USABLE and len(paths) <= FEW_FILES:
            return workspace.refresh(on_progress, token, paths)
    on_progress(Progress(Phase.LISTING))
    n_files = workspace.n_files_to_do()
    if n_files == 0:
        return RefreshReport()
    if n_files is not None and n_files <= FEW_FILES:
        return workspace.refresh(on_progress, token)
    workspace.ensure_free()  # asked here: to start a process in order to hear that another one writes takes a second
    try:
        return _refresh_in_worker(workspace.root, n_threads, environ, on_progress, token)
    finally:
        workspace.look_again()


def _refresh_in_worker(
    root: Path, n_threads: int, environ: Mapping[str, str], on_progress: OnProgress, token: CancelToken
) -> RefreshReport:
    """Raises: what the worker's refresh raised; StoreError: the worker died."""
    command = [sys.executable, "-c", START_WORKER, str(root), str(n_threads)]
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows would open one
    worker = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        creationflags=flags,
        env={**os.environ, **environ},
    )
    lines: queue.SimpleQueue[Line] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(worker, lines), name="whence-worker-reader", daemon=True)
    reader.start()
    try:
        return _follow(worker, lines, on_progress, token)
    finally:
        _end(worker)
        reader.join()


def _follow(
    worker: subprocess.Popen[bytes], lines: queue.SimpleQueue[Line], on_progress: OnProgress, token: CancelToken
) -> RefreshReport:
    killed_at: float | None = None
    while True:
        if token.is_cancelled() and killed_at is None:
            killed_at = time.monotonic() + STOP_S
            assert worker.stdin is not None
            worker.stdin.close()
        if killed_at is not None and time.monotonic() > killed_at:
            worker.kill()
        try:
            line = lines.get(timeout=LOOK_S)
        except queue.Empty:
            continue
        if line is None:
            if token.is_cancelled():
                return RefreshReport(is_complete=False)
            raise StoreError(f"The indexing process ended with code {worker.wait()}; reindex to go on where it was")
        if "progress" in line:
            fields = dict(line["progress"])
            on_progress(Progress(**{**fields, "phase": Phase(fields["phase"])}))
        elif "report" in line:
            return RefreshReport(**line["report"])
        else:
            raise _failure_of(line["failure"])


def _read(worker: subprocess.Popen[bytes], lines: queue.SimpleQueue[Line]) -> None:
    assert worker.stdout is not None
    with worker.stdout:
        for line in worker.stdout:
            with suppress(ValueError):  # a library's own words, or a line that a dying worker did not end
                told = json.loads(line)
                if isinstance(told, dict):
                    lines.put(told)
    lines.put(None)


def _end(worker: subprocess.Popen[bytes]) -> None:
    assert worker.stdin is not None
    worker.stdin.close()
    try:
        worker.wait(STOP_S)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def _failure_of(told: Mapping[str, str]) -> WhenceError:
    """The error the worker ended with, as the same class where it is one of ours."""
    kind = getattr(errors, told["kind"], StoreError)
    return kind(told["text"]) if issubclass(kind, WhenceError) else StoreError(told["text"])
