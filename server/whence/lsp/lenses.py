"""How many places are like each definition of a document: counted in the background, told by code lenses and hovers.

A request never waits for the model: what is not known yet is counted on a lane of its own, and the client is asked to
ask again. A count stays shown, though the index moves on, until it is counted anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import attrs

from whence.errors import WhenceError
from whence.lsp.session import Folder, Located, Session

if TYPE_CHECKING:
    from whence.domain import Chunk
    from whence.engine.similar import SimilarResult

logger = logging.getLogger(__name__)

COUNTED = 20
"""Places counted at most; more are told as "20+"."""

KEPT = 20_000
"""Counts remembered: those of a few hundred documents."""

REFRESH_S = 0.3
"""Counts are gathered for so long before the client is asked to ask again."""


@attrs.frozen
class Counted:
    """How many places are like a definition, at one state of the index."""

    n: int
    generation: int

    @property
    def title(self) -> str:
        """What the lens says."""
        return f"{self.n}+ similar" if self.n >= COUNTED else f"{self.n} similar"


class Lenses:
    """Counts for the definitions of open documents."""

    def __init__(self, session: Session, refresh: Callable[[], None]) -> None:
        """Take what asks the client to ask for its lenses again."""
        self._session = session
        self._refresh = refresh
        self._counts: OrderedDict[tuple[str, str, str], Counted] = OrderedDict()
        self._generations: dict[str, int] = {}
        self._counting: dict[str, asyncio.Task[None]] = {}  # by URI, as all below
        self._asked_meanwhile: set[str] = set()
        self._lacking: set[str] = set()  # have definitions whose vector is still to come
        self._refreshing: asyncio.TimerHandle | None = None

    def count_of(self, place: Located, chunk: Chunk) -> Counted | None:
        """What is known of a definition, of this state of the index or an earlier one."""
        return self._counts.get(_key(place, chunk))

    def count(self, place: Located, chunks: Sequence[Chunk]) -> None:
        """Have what is not known, or known of an earlier state, counted in the background."""
        generation = self._generations.get(place.folder.uri, 0)
        due = [
            chunk for chunk in chunks if (known := self.count_of(place, chunk)) is None or known.generation < generation
        ]
        if not due:
            return
        if place.uri in self._counting:
            self._asked_meanwhile.add(place.uri)
            return
        task = asyncio.get_running_loop().create_task(self._count(place, due, generation))
        self._counting[place.uri] = task
        task.add_done_callback(lambda _task: self._counted(place.uri))

    def vectors_came(self, place: Located) -> None:
        """What was typed in a document has its vectors: have the client ask for the lenses that lacked them."""
        if place.uri in self._lacking:
            self._refresh_soon()

    def settings_changed(self) -> None:
        """Count everything anew: what counts as similar may have changed."""
        self._counts.clear()
        self._refresh_soon()

    def index_changed(self, folder: Folder) -> None:
        """Count anew what is asked for from now on, and have the client ask."""
        self._generations[folder.uri] = self._generations.get(folder.uri, 0) + 1
        self._refresh_soon()

    async def _count(self, place: Located, chunks: Sequence[Chunk], generation: int) -> None:
        await self._session.load()
        self._lacking.discard(place.uri)
        changed = False
        for chunk in chunks:
            try:
                result = await self._session.carry_out_later(self._similar, place, chunk)
            except WhenceError as failure:
                logger.debug("nothing counted in %s: %s", place.uri, failure)
                break
            if result is None:
                self._lacking.add(place.uri)  # the client is asked to ask again when its vector is there
                continue
            before = self.count_of(place, chunk)
            n = len(result.copies) + len(result.hits)
            self._counts[_key(place, chunk)] = Counted(min(n, COUNTED), generation)
            changed = changed or before is None or before.n != n
        while len(self._counts) > KEPT:
            self._counts.popitem(last=False)
        if changed:
            self._refresh_soon()

    def _counted(self, uri: str) -> None:
        del self._counting[uri]
        if uri in self._asked_meanwhile:
            self._asked_meanwhile.discard(uri)
            self._refresh_soon()

    def _similar(self, place: Located, chunk: Chunk) -> SimilarResult | None:
        threshold = self._session.settings.similar.threshold
        return place.folder.workspace.similar_if_known(place.path, chunk, COUNTED, threshold)

    def _refresh_soon(self) -> None:
        if self._refreshing is None:
            self._refreshing = asyncio.get_running_loop().call_later(REFRESH_S, self._refresh_now)

    def _refresh_now(self) -> None:
        self._refreshing = None
        self._refresh()


def _key(place: Located, chunk: Chunk) -> tuple[str, str, str]:
    from whence.text.records import text_hash

    return place.uri, chunk.symbol, text_hash(chunk.text)
