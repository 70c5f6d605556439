"""One client's session: the folders it has open, its settings, and the lanes on which work is done.

Belongs to the event loop, which alone reads and changes it; threads get a workspace and return a value.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import attrs

from whence.errors import UsageError, WhenceError
from whence.lsp.services import Services
from whence.lsp.settings import Settings
from whence.lsp.uris import find_folder, local_path, same_place, uri_in

if TYPE_CHECKING:
    from whence.engine.keeper import Keeper, Standing
    from whence.engine.workspace import Workspace

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)

LOADING_SWITCH_S = 0.00005
"""While libraries load, a thread that wants the interpreter waits so long for another. With Python's own 5 ms a status,
some forty system calls, took up to 390 ms beside the import of LanceDB and 80 at the 95th percentile with 0.5 ms; so it
takes 28. After it 5 ms are right: a search's two threads would take it from each other, at a twentieth of the time
(benchmarks, serve and queries)."""

SEARCH_THREADS = 4
"""Requests that are carried out at once; more wait their turn."""


@attrs.frozen(eq=False)
class Folder:
    """One open folder. `uri` is spelt as the client spells it."""

    uri: str
    name: str
    path: Path
    workspace: Workspace


@attrs.frozen
class Located:
    """A file in an open folder; `path` is relative to it, with '/' separators."""

    folder: Folder
    path: str

    @property
    def uri(self) -> str:
        """The file's URI, as the client would spell it."""
        return uri_in(self.folder.uri, self.path)


class Session:
    """What all handlers share."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.settings = Settings()
        self.folders: list[Folder] = []
        self.changing_folders = asyncio.Lock()
        """Held while folders of a session that goes on are opened and closed."""
        self.is_ready = asyncio.Event()
        """Set once the folders of `initialize` are open."""
        self.is_settled = asyncio.Event()
        """Set once those folders are being brought up to date, or are not to be."""
        self.on_standing: Callable[[Folder, Standing], None] = lambda _folder, _standing: None
        self._keeper: Keeper | None = None  # made by the first folder: the engine is imported no earlier
        self._requests = ThreadPoolExecutor(SEARCH_THREADS, "whence-request")
        self._documents = ThreadPoolExecutor(1, "whence-documents")
        self._background = ThreadPoolExecutor(1, "whence-background")
        self._loading = ThreadPoolExecutor(1, "whence-loading")
        self._loaded: asyncio.Future[None] | None = None

    @property
    def keeper(self) -> Keeper:
        """Runs indexing jobs."""
        if self._keeper is None:
            from whence.engine.keeper import Keeper

            loop = asyncio.get_running_loop()

            def tell(workspace: Workspace, standing: Standing) -> None:
                with suppress(RuntimeError):  # the loop has ended: a job that took its time to stop has nobody to tell
                    loop.call_soon_threadsafe(self._take_standing, workspace, standing)

            self._keeper = Keeper(self.services.refresh, tell)
        return self._keeper

    async def carry_out(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the work of a request on a thread; cancelling leaves it to end by itself."""
        return await self._on(self._requests, partial(work, *args, **kwargs))

    async def carry_out_in_order(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Take up what was typed: one document after another, and never behind the model."""
        return await self._on(self._documents, partial(work, *args, **kwargs))

    async def carry_out_later(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work nobody waits for, one thing at a time."""
        return await self._on(self._background, partial(work, *args, **kwargs))

    async def load(self) -> None:
        """Wait for the heavy libraries and the model; the first call begins."""
        self.load_soon()
        assert self._loaded is not None
        await asyncio.shield(self._loaded)

    def load_soon(self) -> None:
        """Begin to load the heavy libraries, without waiting."""
        if self._loaded is None:
            self._loaded = asyncio.ensure_future(self._on(self._loading, self._warm_up))

    def _warm_up(self) -> None:
        usual = sys.getswitchinterval()
        sys.setswitchinterval(LOADING_SWITCH_S)
        try:
            self.services.warm_up()
        finally:
            sys.setswitchinterval(usual)

    @property
    def is_loaded(self) -> bool:
        """True once the heavy libraries are there."""
        return self._loaded is not None and self._loaded.done()

    async def open_folder(self, uri: str, name: str) -> Folder | None:
        """Open a folder; None, and a line in the log, where it is none on this machine."""
        path = local_path(uri)
        if path is None:
            logger.warning("%s is not a folder on this machine; it is not searched", uri)
            return None
        if any(same_place(folder.uri, uri) for folder in self.folders):
            return None
        try:
            workspace = await self.carry_out(self.services.open, path)
        except (WhenceError, OSError) as failure:
            logger.warning("%s is not searched: %s", uri, failure)
            return None
        folder = Folder(uri, name or path.name, path, workspace)
        self.folders.append(folder)
        return folder

    async def close_folder(self, uri: str) -> Folder | None:
        """Close a folder, None where it was not open."""
        folder = self.folder_of(uri)
        if folder is not None:
            self.folders.remove(folder)
            await self.carry_out(self.keeper.forget, folder.workspace)
            await self.carry_out(folder.workspace.close)
        return folder

    async def reopen_folder(self, folder: Folder) -> Folder | None:
        """Open a folder anew, as the services are now, in the place of the one that was open; it is never missing.

        None, and a line in the log, where it cannot be opened any more; then the old one stays. For a caller that holds
        `changing_folders`.
        """
        try:
            workspace = await self.carry_out(self.services.open, folder.path)
        except (WhenceError, OSError) as failure:
            logger.warning("%s is not opened anew: %s", folder.uri, failure)
            return None
        anew = attrs.evolve(folder, workspace=workspace)
        self.folders[self.folders.index(folder)] = anew
        await self.carry_out(self.keeper.forget, folder.workspace)
        await self.carry_out(folder.workspace.close)
        return anew

    def is_indexing(self, folder: Folder) -> bool:
        """True while a folder is brought up to date, or is about to be."""
        # While folders are opened anew, with other models, their indexes do not fit until the keeper has begun.
        are_opening = not self.is_settled.is_set() or self.changing_folders.locked()
        is_about_to = self.settings.index.on_open and are_opening
        return is_about_to or self.keeper.is_busy(folder.workspace)

    def folder_of(self, uri: str) -> Folder | None:
        """The open folder with this URI, however it is encoded."""
        return next((folder for folder in self.folders if same_place(folder.uri, uri)), None)

    def chosen(self, uris: Sequence[str]) -> list[Folder]:
        """The folders with these URIs, or all.

        Raises:
            UsageError: one of them is not open.
        """
        chosen = []
        for uri in uris:
            folder = self.folder_of(uri)
            if folder is None:
                raise UsageError(f"{uri} is not an open folder; open it first, or leave it out")
            chosen.append(folder)
        return chosen or list(self.folders)

    def locate(self, uri: str) -> Located | None:
        """The open folder a file is in; None for what is in none, or is no file."""
        path = local_path(uri)
        if path is None:
            return None
        found = find_folder([folder.path for folder in self.folders], path)
        return None if found is None or not found.relative else Located(self.folders[found.folder_idx], found.relative)

    def located(self, uri: str) -> Located:
        """The same.

        Raises:
            UsageError: it is in no open folder.
        """
        found = self.locate(uri)
        if found is None:
            raise UsageError(f"{uri} is not a file in an open folder; open the folder it is in")
        return found

    async def close(self) -> None:
        """Stop everything; what is indexed is kept."""
        if self._keeper is not None:
            await asyncio.to_thread(self._keeper.close)
        for folder in self.folders:
            folder.workspace.close()
        for lane in (self._requests, self._documents, self._background, self._loading):
            lane.shutdown(wait=False, cancel_futures=True)

    def _take_standing(self, workspace: Workspace, standing: Standing) -> None:
        for folder in self.folders:
            if folder.workspace is workspace:
                self.on_standing(folder, standing)

    async def _on(self, lane: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(lane, work)
