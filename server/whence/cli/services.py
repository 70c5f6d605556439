"""What the command line needs from the composition root, as a protocol."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import attrs

if TYPE_CHECKING:
    from whence.engine.evaluate import Evaluator
    from whence.engine.workspace import Workspace


@attrs.frozen
class Check:
    """One line of `whence doctor`. `advice` says what to do when it failed."""

    name: str
    is_ok: bool
    detail: str
    advice: str = ""


@attrs.frozen
class Removed:
    """One folder that `whence clean` removed. `n_bytes` is what it took on disk."""

    path: str
    n_bytes: int


class Services(Protocol):
    """The use cases' surroundings: opening workspaces, and what concerns all of them."""

    def find_root(self, start: Path) -> Path:
        """The folder to work on when none is named: the git work tree around `start`, else `start`."""
        ...

    def open(self, root: Path) -> Workspace:
        """A workspace over `root`; nothing is read or loaded yet.

        Raises:
            UsageError: `root` is not a folder.
            ModelError: the model cannot be used.
        """
        ...

    def evaluator(self, root: Path, scratch: Path, model: Path | None, dimension: int | None) -> Evaluator:
        """What measures search on `root`, its indexes in the folder `scratch`; nothing is read or loaded yet.

        Args:
            root: the folder to work on; neither it nor its index is changed.
            scratch: an empty folder, the caller's to remove.
            model: a model folder instead of the usual one.
            dimension: cut vectors to this length, where the model was trained for it.

        Raises:
            UsageError: `root` is not a folder, or the dimension does not fit the model.
            ModelError: the model cannot be used.
        """
        ...

    def preload(self) -> None:
        """Start loading the heavy libraries and the model in the background; a search is about to need them."""
        ...

    def serve(self, tcp: tuple[str, int] | None) -> int:
        """Be a language server for one client, over stdio or a loopback address; the exit code.

        Raises:
            UsageError: the address is not this machine's own, or the port cannot be had.
        """
        ...

    def checks(self) -> Sequence[Check]:
        """Look at everything an installation needs."""
        ...

    def clean(self, root: Path) -> Sequence[Removed]:
        """Remove the index of one root.

        Raises:
            StoreBusy: a process is writing it.
        """
        ...

    def clean_all(self) -> Sequence[Removed]:
        """Remove every index and the shared vectors.

        Raises:
            StoreBusy: a process is writing one of them.
        """
        ...
