"""The composition root: which adapter serves which port. With doctor.py, the only module that knows all of them.

Adapters are imported where they are first needed, so that `whence --help` loads none.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from whence.cli import run
from whence.cli.services import Check, Removed
from whence.cli.streams import leave
from whence.domain import ModelChoice
from whence.errors import ModelError, UsageError, WhenceError

if TYPE_CHECKING:
    from whence.encoder.lazy import LazyModel
    from whence.engine.evaluate import Evaluator
    from whence.engine.jobs import CancelToken, OnProgress
    from whence.engine.tally import RefreshReport
    from whence.engine.workspace import Workspace
    from whence.files.workspace import WorkspaceFiles
    from whence.store.home import IndexHome, Stored

logger = logging.getLogger(__name__)

STOP_WITHIN_S = 0.7
"""After Ctrl-C; a second is promised."""


def main() -> NoReturn:
    """Run the `whence` command."""
    leave(run(LocalServices(), sys.argv[1:], STOP_WITHIN_S))


class LocalServices:
    """Everything on this machine: the user's files, an index in the cache folder, the model from its folder."""

    def __init__(self, n_threads: int | None = None) -> None:
        """Compute vectors on so many threads; None for one a core."""
        # Before numpy is imported: its threads keep a core busy for some 20 ms after each product of a search.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self._model: LazyModel | None = None  # made once, so that preloading and searching share one
        self._first_model: LazyModel | None = None  # made once, so that indexing and searching share one
        self._n_threads = n_threads
        self._choice = ModelChoice.BOTH
        self._choosing = threading.RLock()  # held to make and to take the models

    def find_root(self, start: Path) -> Path:
        """The git work tree around `start`, else `start` itself."""
        start = start.resolve()
        return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)

    def open(self, root: Path) -> Workspace:
        """A workspace over `root`; nothing is read or loaded yet."""
        from whence.engine.workspace import Workspace

        home = _home()
        root = _checked_root(root, home)
        with self._choosing:
            model, first_model = self._lazy_model(), self._lazy_first_model()
        return Workspace(root, _files(root, home), home, home.vector_cache(), model, first_model)

    def evaluator(self, root: Path, scratch: Path, model: Path | None, dimension: int | None) -> Evaluator:
        """What measures search on `root`, its indexes in the folder `scratch`; nothing is read or loaded yet."""
        from whence.encoder.lazy import LazyModel
        from whence.encoder.model_folder import default_model_dir
        from whence.engine.evaluate import Evaluator, Homes
        from whence.files.history import GitHistory
        from whence.store.home import IndexHome

        home = _home()
        root = _checked_root(root, home)
        lazy_model = LazyModel(model or default_model_dir(), self._n_threads, dimension)
        homes = Homes(without_docs=IndexHome(scratch / "without-docs"), as_is=IndexHome(scratch / "as-is"))
        return Evaluator(root, _files(root, home), GitHistory(str(root)), homes, home.vector_cache(), lazy_model)

    def preload(self) -> None:
        """Load the table library and the model in the background, one thread each."""
        from whence.store.preload import preload

        for load in (preload, self._lazy_model().load):
            threading.Thread(target=_quietly, args=(load,), daemon=True).start()

    def serve(self, tcp: tuple[str, int] | None) -> int:
        """Be a language server for one client; the exit code."""
        import asyncio

        from whence.lsp.server import serve

        return asyncio.run(serve(self, tcp))

    def model_name(self) -> str:
        """The model that makes vectors, as its folder names it; '' where it cannot be read."""
        try:
            return self._lazy_model().name
        except ModelError:
            return ""

    def limit_threads(self, n_threads: int) -> None:
        """Compute vectors on so many threads from the next job on."""
        self._n_threads = n_threads

    def choose_models(self, choice: ModelChoice) -> bool:
        """Make vectors with other models in folders opened from now on; False where they are chosen already."""
        with self._choosing:
            is_new = choice is not self._choice
            if is_new:
                self._choice = choice
                self._model = self._first_model = None
            return is_new

    def refresh(
        self, workspace: Workspace, paths: Sequence[str] | None, on_progress: OnProgress, token: CancelToken
    ) -> RefreshReport:
        """Bring a workspace up to date: here if it is little, else in a process of its own."""
        from whence.encoder.model_folder import environment_of
        from whence.refreshing import refresh

        environ = environment_of(self._choice)
        return refresh(workspace, paths, on_progress, token, n_threads=self._n_threads or 1, environ=environ)

    def warm_up(self) -> None:
        """Load the table library and the model, and return when both are there."""
        from whence.store.preload import preload, start_threads

        preload()
        start_threads()
        _quietly(self._lazy_model().load)

    def watch(self, root: Path, stop: threading.Event) -> Iterator[set[Path]]:
        """Paths below `root` that changed, in groups, until `stop` is set."""
        from whence.files.watching import watch_folder

        return watch_folder(root, stop)

    def checks(self) -> Sequence[Check]:
        """Look at everything an installation needs."""
        from whence.doctor import check_all
        from whence.encoder.model_folder import default_model_dir, first_model_dir

        return check_all(_home().folder, default_model_dir(), first_model_dir())

    def clean(self, root: Path) -> Sequence[Removed]:
        """Remove the index of one root."""
        return _removed(_home().remove(root.resolve()))

    def clean_all(self) -> Sequence[Removed]:
        """Remove every index and the shared vectors."""
        return _removed(_home().remove_all())

    def _lazy_model(self) -> LazyModel:
        from whence.encoder.lazy import LazyModel
        from whence.encoder.model_folder import model_dirs

        with self._choosing:
            if self._model is None:
                self._model = LazyModel(model_dirs(self._choice)[0], self._n_threads)
            return self._model

    def _lazy_first_model(self) -> LazyModel | None:
        from whence.encoder.lazy import LazyModel
        from whence.encoder.model_folder import model_dirs

        with self._choosing:
            folder = model_dirs(self._choice)[1]
            if self._first_model is None and folder is not None:
                model = LazyModel(folder, self._n_threads)
                try:
                    model.fingerprint  # noqa: B018  # from here on its identity is known; only loading may fail
                except ModelError as failure:
                    logger.warning("the first model is left out: %s", failure)
                else:
                    self._first_model = model
            return self._first_model


def _checked_root(root: Path, home: IndexHome) -> Path:
    """A root by its real path.

    Raises:
        UsageError: it is not a folder, or none to index.
    """
    if not root.is_dir():
        raise UsageError(f"{root} is not a folder; name one with --root")
    root = root.resolve()
    _refuse_odd_root(root, home.folder)
    return root


def _files(root: Path, home: IndexHome) -> WorkspaceFiles:
    """The files of a root; indexes that lie in it are none of them."""
    from whence.files.options import FileOptions
    from whence.files.workspace import WorkspaceFiles
    from whence.text.secrets import mask_secrets

    return WorkspaceFiles(root, FileOptions(index_folder=str(home.folder)), mask_secrets)


def _refuse_odd_root(root: Path, home: Path) -> None:
    """Version control's own files and Whence's own hold nothing that anybody asks for."""
    if root.is_relative_to(home.resolve()):
        raise UsageError(f"{root} is where Whence keeps its indexes; name another folder with --root")
    if ".git" in root.parts and not (root / ".git").exists():
        raise UsageError(f"{root} belongs to version control; name the work tree with --root")


def _home() -> IndexHome:
    """The user's indexes; one that another version of chunking or masking made counts as of an older format."""
    from whence.chunking.chunker import CHUNKER_VERSION
    from whence.store.home import IndexHome
    from whence.text.passages import PASSAGE_VERSION
    from whence.text.secrets import SECRETS_VERSION

    versions = f"chunks-{CHUNKER_VERSION} passages-{PASSAGE_VERSION} secrets-{SECRETS_VERSION}"
    return IndexHome.of_user(content=versions)


def _removed(stored: Sequence[Stored]) -> list[Removed]:
    return [Removed(str(item.path), item.n_bytes) for item in stored]


def _quietly(load: Callable[[], object]) -> None:
    """Run a load nobody waits for; whoever needs its outcome loads again and gets the error."""
    try:
        load()
    except WhenceError as exc:
        logger.debug("preloading failed: %s", exc)
