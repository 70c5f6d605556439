"""Low priority for the calling thread, where the system has such a thing."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading

LOWEST_NICE = 19

_THREAD_MODE_BACKGROUND_BEGIN = 0x00010000  # processthreadsapi.h
_PRIO_DARWIN_THREAD, _PRIO_DARWIN_BG = 3, 0x1000  # sys/resource.h


def lower_own_priority() -> None:
    """Let everything else go first; threads that this one starts do as it does. Silent where it cannot be had."""
    with contextlib.suppress(OSError, AttributeError):
        if sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST_NICE)
        elif sys.platform == "darwin":
            os.setpriority(_PRIO_DARWIN_THREAD, 0, _PRIO_DARWIN_BG)
        elif sys.platform == "win32":
            kernel = ctypes.windll.kernel32
            kernel.SetThreadPriority(kernel.GetCurrentThread(), _THREAD_MODE_BACKGROUND_BEGIN)
