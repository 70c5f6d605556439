"""Open documents: what is typed counts within a second, however fast it is typed.

Notifications only note that a document changed. Its text is looked at when typing rests for QUIET_S, or has gone on for
PATIENCE_S: a hundred changes in a second are one or two looks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import attrs

from whence.engine.jobs import CancelToken
from whence.errors import Cancelled, WhenceError
from whence.lsp.session import Located, Session

logger = logging.getLogger(__name__)

QUIET_S = 0.15
PATIENCE_S = 0.5


@attrs.define
class _Waiting:
    """A look at one document that is to come."""

    timer: asyncio.TimerHandle
    since: float


class Documents:
    """Keeps the buffers and drafts of every workspace in step with what the client has open."""

    def __init__(
        self, session: Session, text_of: Callable[[str], str | None], on_vectors: Callable[[Located], None]
    ) -> None:
        """Take what tells a document's text, None once it is closed, and what to call once its vectors are there."""
        self._session = session
        self._text_of = text_of
        self._on_vectors = on_vectors
        self._open: set[str] = set()
        self._waiting: dict[str, _Waiting] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._embedding: dict[str, CancelToken] = {}

    def opened(self, uri: str) -> None:
        """A document was opened."""
        self._open.add(uri)
        self._look_soon(uri, 0.0)

    def changed(self, uri: str) -> None:
        """A document was typed in; vectors of what it held before are no longer wanted."""
        self._stop_embedding(uri)
        self._look_soon(uri, QUIET_S)

    def saved(self, uri: str) -> None:
        """A document was saved: its file is indexed."""
        place = self._session.locate(uri)
        if place is not None:
            self._session.keeper.request(place.folder.workspace, [place.path])

    def closed(self, uri: str) -> None:
        """A document was closed: its file counts again."""
        self._open.discard(uri)
        self._stop_embedding(uri)
        self._look_soon(uri, 0.0)

    def look_again(self) -> None:
        """Compare every open document anew: the index or the folders changed."""
        for uri in self._open:
            self._look_soon(uri, QUIET_S)

    def _stop_embedding(self, uri: str) -> None:
        token = self._embedding.pop(uri, None)
        if token is not None:
            token.cancel()

    def _look_soon(self, uri: str, delay_s: float) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        waiting = self._waiting.pop(uri, None)
        since = waiting.since if waiting else now
        if waiting:
            waiting.timer.cancel()
        at = min(now + delay_s, max(now, since + PATIENCE_S))
        self._waiting[uri] = _Waiting(loop.call_at(at, self._begin, uri), since)

    def _begin(self, uri: str) -> None:
        self._waiting.pop(uri, None)
        task = asyncio.get_running_loop().create_task(self._look(uri))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look(self, uri: str) -> None:
        await self._session.is_ready.wait()
        place = self._session.locate(uri)
        if place is None:
            return
        logger.debug("took up %s", place.path)
        text = self._text_of(uri) if uri in self._open else None
        try:
            await self._session.carry_out_in_order(_take, place, text)
            if uri in self._open and self._session.settings.index.on_open:
                self._stop_embedding(uri)
                token = self._embedding[uri] = CancelToken()
                await self._session.load()
                await self._session.carry_out_later(place.folder.workspace.drafts.embed, place.path, token)
                self._on_vectors(place)
        except Cancelled:
            logger.debug("%s changed again while it was looked at", uri)
        except WhenceError as failure:
            logger.warning("%s: what is not saved is not found: %s", uri, failure)


def _take(place: Located, text: str | None) -> None:
    workspace = place.folder.workspace
    if text is None:
        workspace.buffers.drop(place.path)
    else:
        workspace.buffers.put(place.path, text)
    workspace.update_drafts([place.path])
