"""Learns what changes on disk: from the client where it watches files, else by watching the folders itself."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types

from whence.errors import WhenceError
from whence.lsp.protocol import WhenceProtocol
from whence.lsp.session import Folder, Session

logger = logging.getLogger(__name__)

REGISTER_S = 5.0
REGISTRATION_ID = "whence-files"

OF_VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".jj"})
"""What changes in there is never indexed itself; what it means for other files is told by those."""


class Watcher:
    """Turns changes on disk into causes for the keeper."""

    def __init__(self, session: Session, protocol: WhenceProtocol) -> None:
        self._session = session
        self._protocol = protocol
        self._client_watches = False
        self._is_started = False
        self._stops: dict[str, threading.Event] = {}  # by folder URI, for folders watched here

    async def start(self) -> None:
        """Ask the client to watch; where it cannot or will not, watch here."""
        workspace = self._protocol.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace else None
        if watched is not None and watched.dynamic_registration:
            self._client_watches = await self._register()
        self._is_started = True
        for folder in self._session.folders:
            self.folder_opened(folder)

    def folder_opened(self, folder: Folder) -> None:
        """Watch one more folder, unless the client does; before `start` nothing is watched."""
        if not self._is_started or self._client_watches or folder.uri in self._stops:
            return
        stop = self._stops[folder.uri] = threading.Event()
        loop = asyncio.get_running_loop()
        name = f"whence-watch-{folder.name}"
        threading.Thread(target=self._watch, args=(folder, stop, loop), name=name, daemon=True).start()

    def folder_closed(self, folder: Folder) -> None:
        """Watch it no longer."""
        stop = self._stops.pop(folder.uri, None)
        if stop is not None:
            stop.set()

    def close(self) -> None:
        """Watch nothing any more."""
        for stop in self._stops.values():
            stop.set()
        self._stops.clear()

    def changed(self, uris: Iterable[str]) -> None:
        """Files changed on disk, were made, renamed or deleted."""
        by_folder: dict[Folder, list[str]] = {}
        for uri in uris:
            place = self._session.locate(uri)
            if place is not None and not OF_VERSION_CONTROL.intersection(place.path.split("/")):
                by_folder.setdefault(place.folder, []).append(place.path)
        for folder, paths in by_folder.items():
            self._session.keeper.request(folder.workspace, paths)

    async def _register(self) -> bool:
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers=[types.FileSystemWatcher("**/*")])
        registration = types.Registration(REGISTRATION_ID, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        try:
            params = types.RegistrationParams([registration])
            await self._protocol.request_client(types.CLIENT_REGISTER_CAPABILITY, params, timeout_s=REGISTER_S)
        except Exception as failure:  # noqa: BLE001 - a client's own error; then files are watched here
            logger.info("the client does not watch files: %s", failure)
            return False
        return True

    def _watch(self, folder: Folder, stop: threading.Event, loop: asyncio.AbstractEventLoop) -> None:
        try:
            for paths in self._session.services.watch(folder.path, stop):
                loop.call_soon_threadsafe(self._seen, folder, paths)
        except (WhenceError, OSError, RuntimeError) as failure:
            if not stop.is_set():
                logger.warning("%s is not watched: %s; save in the editor, or reindex", folder.path, failure)

    def _seen(self, folder: Folder, paths: Iterable[Path]) -> None:
        # The system may tell real paths where the client's goes over a link.
        relative = [
            path.relative_to(root).as_posix()
            for path in paths
            for root in dict.fromkeys((folder.path, folder.workspace.root))
            if path != root and path.is_relative_to(root)
        ]
        indexable = [path for path in relative if not OF_VERSION_CONTROL.intersection(path.split("/"))]
        if indexable and folder in self._session.folders:
            self._session.keeper.request(folder.workspace, indexable)
