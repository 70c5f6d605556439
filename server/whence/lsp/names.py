"""Names of Whence's own requests, notifications and commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

SEARCH = "whence/search"
SIMILAR = "whence/similar"
STATUS = "whence/status"
REINDEX = "whence/reindex"
CLEAR = "whence/clear"
PAUSE = "whence/pause"
EXPLAIN_FILE = "whence/explainFile"

REQUESTS = (SEARCH, SIMILAR, STATUS, REINDEX, CLEAR, PAUSE, EXPLAIN_FILE)

STATUS_CHANGED = "whence/didChangeStatus"
"""Sent to a client that asked for it, with a StatusAnswer as its params."""

SHOW_SIMILAR = "whence.showSimilar"
"""The command of lenses and code actions: takes what `whence/similar` takes, answers LSP locations."""

Raw: TypeAlias = "Mapping[str, Any] | None"
"""Params as they came, before they are checked. (pygls hands its server to whatever takes an `object` first.)"""
