"""Notices that the editor which started the server is gone, so that no server outlives its editor.

Knows process ids alone. The end of the stream is the other sign of a lost client; the transport sees that one itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""Between two looks at the process table. A look costs some 20 µs; with the transport's grace of 3 s the server is gone
within the 5 s promised."""


def watch_parent(pid: int, on_gone: Callable[[], None]) -> threading.Event:
    """Call `on_gone` once, from a daemon thread, when the process `pid` has ended.

    A process that cannot be seen at the first look is not watched: an editor outside of the server's container gives
    a pid that means nothing inside of it. The end of its stream still ends the server.

    Args:
        pid: as the client gave it in `initialize`.
        on_gone: is called at most once, from another thread; should return soon.

    Returns:
        Set it to stop watching.
    """
    stopped = threading.Event()
    threading.Thread(target=_watch, args=(pid, on_gone, stopped), name="whence-parent", daemon=True).start()
    return stopped


def _watch(pid: int, on_gone: Callable[[], None], stopped: threading.Event) -> None:
    import psutil  # 20 ms that the answer to `initialize` need not wait for

    def lives(process: psutil.Process) -> bool:
        try:
            # is_running compares the creation time, so a pid given to another process meanwhile does not count;
            # a zombie has ended and only waits to be asked how.
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        except psutil.Error:  # another user's process, on Windows and macOS: whether it is there is all one may know
            return psutil.pid_exists(pid)

    try:
        parent = psutil.Process(pid)
    except (psutil.Error, ValueError, OverflowError):
        logger.warning("process %s, named by the client as its own, cannot be seen from here; it is not watched", pid)
        return
    while lives(parent):
        if stopped.wait(LOOK_EVERY_S):
            return
    logger.info("process %d, which started this server, is gone", pid)
    on_gone()
