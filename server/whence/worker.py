"""A process of its own for large indexing jobs; its arguments are the root and how many threads it may take.

An editor's requests then share neither the lock on the interpreter nor the priority, and what a parser leaks goes.

Tells how far it is as JSON lines on stdout: {"progress": …}, at last {"report": …} or {"failure": …}. Stops when its
stdin ends, which is also how it notices that whoever started it is gone; what is done is kept. Where it cannot stop
in time it ends all the same: nobody else would end it then.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from whence.app import LocalServices
from whence.engine.jobs import CancelToken
from whence.errors import WhenceError
from whence.pacing import Pace

if TYPE_CHECKING:
    from whence.engine.jobs import Progress

TELL_S = 0.1
"""Between two lines of one phase."""

STOP_S = 10.0
"""For the write at hand, after stdin has ended."""

LOWEST_NICE = 19


def main() -> None:
    """Bring one root up to date."""
    root, n_threads = sys.argv[1:]
    _lower_priority()
    token = CancelToken()
    threading.Thread(target=_stop_with_stdin, args=(token,), daemon=True).start()
    services = LocalServices(int(n_threads))
    try:
        with closing(services.open(Path(root))) as workspace:
            report = workspace.refresh(_Teller(), token)
    except (WhenceError, OSError) as failure:
        _print({"failure": {"kind": type(failure).__name__, "text": " ".join(str(failure).split())}})
    else:
        _print({"report": attrs.asdict(report)})
    sys.stdout.flush()
    os._exit(0)  # native threads of the libraries need not be waited for


class _Teller:
    """Prints progress, not oftener than anyone reads it, and keeps the pace."""

    def __init__(self) -> None:
        self._last: tuple[object, float] = (None, 0.0)
        self._pace = Pace()

    def __call__(self, progress: Progress) -> None:
        self._pace.keep()
        now = time.monotonic()
        phase, told_at = self._last
        if progress.phase is not phase or now - told_at >= TELL_S:
            self._last = (progress.phase, now)
            told = attrs.evolve(progress, slowed=self._pace.reason)
            _print({"progress": {**attrs.asdict(told), "phase": told.phase.value}})


def _print(value: object) -> None:
    with suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()


def _stop_with_stdin(token: CancelToken) -> None:
    with suppress(OSError, ValueError):
        while sys.stdin.buffer.read(1):
            pass
    token.cancel()
    time.sleep(STOP_S)
    os._exit(1)


def _lower_priority() -> None:
    import psutil

    with suppress(psutil.Error, OSError):
        process = psutil.Process()
        process.nice(getattr(psutil, "IDLE_PRIORITY_CLASS", LOWEST_NICE))  # the former on Windows
