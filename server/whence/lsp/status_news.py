"""Tells a client that asked for it how every folder stands, whenever that changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from whence.errors import WhenceError

logger = logging.getLogger(__name__)

APART_S = 0.25
"""Between two tellings: as fast as an eye follows a number."""


class StatusNews:
    """Gathers changes, and tells what they come to."""

    def __init__(self, look: Callable[[], Awaitable[object]], tell: Callable[[object], None]) -> None:
        """Take what looks at the status, as it goes over the wire, and what tells it."""
        self._look = look
        self._tell = tell
        self._is_wanted = False
        self._task: asyncio.Task[None] | None = None
        self._changed_meanwhile = False

    def start(self) -> None:
        """Tell how things stand, from now on."""
        self._is_wanted = True
        self.changed()

    def changed(self) -> None:
        """Something changed: tell soon."""
        if not self._is_wanted:
            return
        self._changed_meanwhile = True
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._tell_while_it_changes())

    async def _tell_while_it_changes(self) -> None:
        try:
            while self._changed_meanwhile:
                self._changed_meanwhile = False
                try:
                    self._tell(await self._look())
                except WhenceError as failure:
                    logger.debug("no status is told: %s", failure)
                await asyncio.sleep(APART_S)
        finally:
            self._task = None
