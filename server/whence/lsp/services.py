"""What the language server needs from the composition root, as a protocol."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from whence.domain import ModelChoice
    from whence.engine.jobs import CancelToken, OnProgress
    from whence.engine.tally import RefreshReport
    from whence.engine.workspace import Workspace


class Services(Protocol):
    """Opening workspaces, and what concerns all of them. Methods may be called from any thread."""

    def open(self, root: Path) -> Workspace:
        """A workspace over `root`; nothing is read or loaded yet.

        Raises:
            UsageError: `root` is not a folder.
            ModelError: the model cannot be used.
        """
        ...

    def model_name(self) -> str:
        """The model that makes vectors, as its folder names it; '' where there is none."""
        ...

    def limit_threads(self, n_threads: int) -> None:
        """Compute vectors on so many threads from the next job on."""
        ...

    def choose_models(self, choice: ModelChoice) -> bool:
        """Make vectors with other models in folders opened from now on; False where they are chosen already."""
        ...

    def refresh(
        self, workspace: Workspace, paths: Sequence[str] | None, on_progress: OnProgress, token: CancelToken
    ) -> RefreshReport:
        """Bring a workspace up to date, wherever that disturbs requests least; errors as `Workspace.refresh`."""
        ...

    def warm_up(self) -> None:
        """Load the heavy libraries and the model, and return when both are there; failures show when they are used."""
        ...

    def clean(self, root: Path) -> object:
        """Remove the index of one root.

        Raises:
            StoreBusy: a process is writing it.
        """
        ...

    def watch(self, root: Path, stop: threading.Event) -> Iterator[set[Path]]:
        """Absolute paths below `root` that changed, in groups, until `stop` is set."""
        ...
