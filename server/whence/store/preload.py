"""Import LanceDB: late, quietly, and only where it can run.

The import takes 1.5 to 2 s, most of it pydantic models of a cloud namespace client that `lancedb/__init__.py` imports
whatever is asked of it; no submodule can be had without that. So it happens on a background thread where there is one
(`preload`), and everything that can do without LanceDB does.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import platform
import sys
from types import ModuleType

from whence.errors import StoreUnsupported
from whence.store.platform import missing_processor_features

_QUIET = {
    "LANCEDB_LOG": "error",  # else a warning a query on stderr
    "LANCE_LOG": "error",
}
"""Set where the user has not set them. Both libraries read them once, at import. Neither reports anything to anybody:
the open source build has no telemetry, and a local folder as address opens no connection."""


_M_ARENA_MAX = -8  # malloc.h
_MAX_HEAPS = 2


def preload() -> None:
    """Import the heavy libraries, for a background thread; failures show when the store is used."""
    try:
        load_lancedb()
    except StoreUnsupported:
        return


def start_threads() -> None:
    """Have LanceDB start its threads now, at the priority of this one: they take that of whoever asks first."""
    try:
        lancedb = load_lancedb()
    except StoreUnsupported:
        return
    asyncio.run(_connect(lancedb))


async def _connect(lancedb: ModuleType) -> None:
    await lancedb.connect_async("memory://")


def load_lancedb() -> ModuleType:
    """Import lancedb.

    Raises:
        StoreUnsupported: this machine cannot run it.
    """
    if (loaded := sys.modules.get("lancedb")) is not None and hasattr(loaded, "Session"):
        return loaded
    missing = missing_processor_features()
    if missing:
        raise StoreUnsupported(
            f"This processor lacks {' and '.join(missing)}, which LanceDB on Linux x64 needs;"
            " use a machine made since 2013"
        )
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    _keep_heaps_few()
    # The import leaves half a million objects that live as long as the process. Scanning them for garbage, while they
    # are made and ever after, made a query a quarter slower.
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        import lancedb
    except ImportError as failure:
        raise StoreUnsupported(
            f"LanceDB cannot be loaded on {platform.system()} {platform.machine()}, Python {platform.python_version()}"
            f" ({failure}); see the platforms in docs/vscode.md"
        ) from failure
    finally:
        gc.freeze()
        if was_collecting:
            gc.enable()
    return lancedb


def _keep_heaps_few() -> None:
    """Let LanceDB's threads share heaps: glibc gives each its own, and what one frees another cannot use.

    A tenth less memory while 58,000 chunks are indexed. Other C libraries have no such call and need none.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _MAX_HEAPS)
