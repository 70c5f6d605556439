"""Ctrl-C and SIGTERM: ask the job to stop, and leave when it does not within a grace.

Leaving at once is safe at any moment: the index survives being killed. What cannot be asked to stop is the import of a
heavy library, tidying up inside the table library, and waiting for a line of standard input.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from whence.engine.jobs import CancelToken

STOPPED = 130
"""Exit code, as a shell gives it to what Ctrl-C ended."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LAST_WORDS = b"whence: Stopped; what was done is kept; run it again to go on\n"
_REMOVALS = 3
"""A thread may make a file while its folder is removed; the next removal takes that too."""

_RESTORE_TERMINAL = b"\r\x1b[K\x1b[?25h"
"""Clear the line of the progress bar and show the cursor that it hid."""


class Stop(CancelToken):
    """The token of one command. Knows the folders that must not outlive the process, however it is left."""

    def __init__(self) -> None:
        super().__init__()
        self._scratch: set[Path] = set()  # added to by the command's thread, emptied by whichever leaves

    @contextmanager
    def scratch_folder(self) -> Iterator[Path]:
        """Give an empty folder that is gone afterwards."""
        folder = Path(tempfile.mkdtemp(prefix="whence-"))
        self._scratch.add(folder)
        try:
            yield folder
        finally:
            self.remove_scratch()

    def remove_scratch(self) -> None:
        """Remove the folders; again while something still writes in them, a few times."""
        for _ in range(_REMOVALS):
            for folder in tuple(self._scratch):
                shutil.rmtree(folder, ignore_errors=True)
                if not folder.exists():
                    self._scratch.discard(folder)


@contextmanager
def stoppable(grace_s: float | None) -> Iterator[Stop]:
    """Give a token that the first Ctrl-C or SIGTERM turns; the second ends the process.

    With `grace_s`, the process also ends that many seconds after the first, unless the block was left before.
    """
    token = Stop()

    def stop(_signal_number: int, _frame: FrameType | None) -> None:
        if token.is_cancelled() and grace_s is None:
            _leave(token)
        token.cancel()

    with ExitStack() as stack:
        for name in _SIGNALS:
            stack.callback(signal.signal, name, signal.signal(name, stop))
        if grace_s is not None:
            stack.enter_context(_watched(token, grace_s))
        yield token


@contextmanager
def _watched(token: Stop, grace_s: float) -> Iterator[None]:
    """Watch signals from a thread of its own: Python calls handlers only between two steps of the main thread."""
    sender, receiver = socket.socketpair()
    with sender, receiver:
        sender.setblocking(False)
        watcher = threading.Thread(target=_watch, args=(receiver, token, grace_s), name="whence-stop", daemon=True)
        watcher.start()
        previous = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(previous)
            sender.close()  # the watcher reads the end, and ends
            watcher.join()


def _watch(receiver: socket.socket, token: Stop, grace_s: float) -> None:
    n_asked = 0  # not the token: the main thread's handler may have turned it already
    try:
        while received := receiver.recv(1):
            n_asked += received[0] in _SIGNALS
            if n_asked > 1:
                _leave(token)
            if n_asked:
                token.cancel()
                receiver.settimeout(grace_s)
    except TimeoutError:
        _leave(token)


def _leave(token: Stop) -> NoReturn:
    """End the process without waiting for anything, not even for locks of the standard streams."""
    token.remove_scratch()
    try:
        if os.isatty(2):
            os.write(2, _RESTORE_TERMINAL)
        os.write(2, _LAST_WORDS)
    except OSError:
        pass
    os._exit(STOPPED)
