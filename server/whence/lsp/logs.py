"""Tells the client what the server logs: warnings and errors always, the rest where the client asks for a trace.

`$/setTrace messages` adds the user's story (INFO), `verbose` ours as well (DEBUG). What stderr gets stays as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from lsprotocol import types

OURS = "whence"

LEVELS = {
    types.TraceValue.Off: logging.WARNING,
    types.TraceValue.Messages: logging.INFO,
    types.TraceValue.Verbose: logging.DEBUG,
}


class ClientLog(logging.Handler):
    """Sends our log's lines to the client, from any thread."""

    def __init__(self, notify: Callable[[str, object], None]) -> None:
        super().__init__(logging.WARNING)
        self._notify = notify
        self._logger = logging.getLogger(OURS)
        self._stderr_level = self._logger.getEffectiveLevel()

    def attach(self) -> None:
        """Begin; what others are told keeps its level, though our logger lets more through from now on."""
        for other in logging.getLogger().handlers:
            other.addFilter(self._is_for_others)
        self._logger.addHandler(self)
        self.trace(types.TraceValue.Off)

    def detach(self) -> None:
        """End, and leave everything as it was."""
        self._logger.removeHandler(self)
        self._logger.setLevel(self._stderr_level)
        for other in logging.getLogger().handlers:
            other.removeFilter(self._is_for_others)

    def trace(self, value: types.TraceValue) -> None:
        """Tell as much as the client asks for."""
        self.setLevel(LEVELS.get(value, logging.WARNING))
        self._logger.setLevel(min(self.level, self._stderr_level))

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line."""
        line = " ".join(record.getMessage().split())
        if record.levelno < logging.WARNING:
            self._notify(types.LOG_TRACE, types.LogTraceParams(line))
            return
        level = types.MessageType.Error if record.levelno >= logging.ERROR else types.MessageType.Warning
        self._notify(types.WINDOW_LOG_MESSAGE, types.LogMessageParams(level, line))

    def _is_for_others(self, record: logging.LogRecord) -> bool:
        return record.levelno >= self._stderr_level or not record.name.startswith(OURS)
