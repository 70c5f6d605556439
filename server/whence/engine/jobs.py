"""How a long job is watched and stopped: a token to cancel it, values that say how far it is.

Knows nothing of threads' owners, terminals or editors; they read the values and set the token.
"""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Callable

import attrs

from whence.errors import Cancelled


class CancelToken:
    """Tells a job to stop, by a call from any thread or by a deadline.

    The job looks at it between files and between batches, so it stops within the time of one of these.
    """

    def __init__(self, deadline: float | None = None, parent: CancelToken | None = None) -> None:
        """Make a token that turns by itself at `deadline`, in `time.monotonic()` seconds, and with its parent."""
        self._event = threading.Event()  # set by whoever cancels, from any thread
        self._deadline = deadline
        self._parent = parent

    def cancel(self) -> None:
        """Ask the job to stop."""
        self._event.set()

    def is_cancelled(self) -> bool:
        """True once somebody cancelled this token or its parent, or the deadline has passed."""
        if self._event.is_set() or (self._parent is not None and self._parent.is_cancelled()):
            return True
        return self._deadline is not None and time.monotonic() >= self._deadline

    def check(self) -> None:
        """Raise `Cancelled` once the token has turned."""
        if self.is_cancelled():
            raise Cancelled("Stopped as asked; what was done is kept")


class Phase(str, enum.Enum):
    """What an indexing job is doing."""

    LISTING = "listing"
    READING = "reading"
    EMBEDDING = "embedding"
    SETTLING = "settling"
    ASKING = "asking"
    """Of an evaluation, when its index is made."""


@attrs.frozen
class Progress:
    """How far an indexing job is. Counts are of this job, not of the whole index."""

    phase: Phase
    n_files_done: int = 0
    n_files: int = 0
    n_chunks: int = 0
    """Chunks read so far."""
    n_embedded: int = 0
    """Passages that have their vector, from the cache or from the model."""
    n_to_embed: int = 0
    """Passages that had none when they were read; grows while files are still read."""
    n_asked: int = 0
    n_to_ask: int = 0
    """Questions of an evaluation."""
    is_bridged: bool = False
    """The first model's vectors stand in for those that are still to come, so that all but a few chunks are found by
    meaning already."""
    slowed: str = ""
    """Why it goes slower than it could, as "on battery"; empty where it does not."""


OnProgress = Callable[[Progress], None]


def ignore_progress(_progress: Progress) -> None:
    """Watch nothing."""
