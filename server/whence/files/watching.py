"""Watches a folder for an editor that cannot."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

STEP_MS = 50
DEBOUNCE_MS = 200
"""Changes are gathered for so long; a branch switch comes in a few groups."""


def watch_folder(root: Path, stop: threading.Event) -> Iterator[set[Path]]:
    """Absolute paths below `root` that changed, were made or deleted, in groups, until `stop` is set.

    Raises:
        OSError, RuntimeError: the folder is gone, or the system's limit of watches is reached.
    """
    from watchfiles import watch

    if not root.is_dir():  # watchfiles would wait for it for ever, having been told to pass over what it may not read
        raise FileNotFoundError(f"{root} is not a folder")
    changes = watch(
        root,
        watch_filter=None,
        debounce=DEBOUNCE_MS,
        step=STEP_MS,
        stop_event=stop,
        rust_timeout=1_000,
        yield_on_timeout=False,
        raise_interrupt=False,
        ignore_permission_denied=True,
    )
    for group in changes:
        yield {Path(path) for _change, path in group}
