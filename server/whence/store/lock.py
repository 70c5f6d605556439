"""One writer a workspace, across processes: a lock beside the index folder, and the writer's process id to read."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from whence.errors import StoreBusy

PATIENCE_S: Final = 0.5
"""How long to wait for a writer that is about to let go."""


class WriterLock:
    """Held from `acquire` to `release`; the system lets go of it when the process dies."""

    def __init__(self, path: Path) -> None:
        """`path` lies beside the folder it guards, so that the folder can be renamed under the lock."""
        from filelock import FileLock  # here, because reading needs no lock

        self._path = path
        # Not per thread: a store is opened by one thread and may be closed by another.
        self._lock = FileLock(path, thread_local=False)

    def acquire(self, root: str) -> None:
        """Become the writer.

        Raises:
            StoreBusy: another process, or another store of this one, is.
        """
        from filelock import Timeout

        try:
            self._lock.acquire(timeout=PATIENCE_S, poll_interval=0.05)
        except Timeout:
            pid = writer_pid(self._path)
            who = "Another process" if pid is None else f"Process {pid}"
            raise StoreBusy(f"{who} is writing the index of {root}; wait until it is done or stop it") from None
        _pid_path(self._path).write_text(f"{os.getpid()}\n", encoding="ascii")

    def release(self) -> None:
        """Let the next one write."""
        if self._lock.is_locked:
            with suppress(OSError):
                _pid_path(self._path).unlink(missing_ok=True)
            self._lock.release()


def writer_pid(lock_path: Path) -> int | None:
    """Process id of the writer; None when nobody writes. Changes nothing."""
    try:
        pid = int(_pid_path(lock_path).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return pid if _is_alive(pid) else None


def _pid_path(lock_path: Path) -> Path:
    return lock_path.with_suffix(".pid")


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        synchronize = 0x00100000  # the least right to ask for; os.kill would end the process
        handle = ctypes.windll.kernel32.OpenProcess(synchronize, False, pid)
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
