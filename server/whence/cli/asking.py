"""Many questions in one run: one JSON object a line, from a file or from standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from whence.cli.as_json import Json
from whence.errors import UsageError

NumberedQuery = tuple[Json, str]
"""The id to answer with, and the question."""


def read_queries(name: str) -> Iterator[NumberedQuery]:
    """Read {"id", "query"} objects, one a line; empty lines are passed over. '-' is standard input, read as it comes.

    Raises:
        UsageError: the file is not there, or a line is not such an object; says which.
    """
    if name == "-":
        return _parse("standard input", sys.stdin)
    try:
        lines = Path(name).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as exc:
        raise UsageError(f"{name} is not UTF-8 text ({exc}); save it as UTF-8") from exc
    except (OSError, ValueError) as exc:
        raise UsageError(f"Cannot read the queries in {name}: {getattr(exc, 'strerror', None) or exc}") from exc
    return iter(list(_parse(name, lines)))


def _parse(name: str, lines: Iterable[str]) -> Iterator[NumberedQuery]:
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _parse_line(name, number, line)
    except UnicodeDecodeError as exc:
        raise UsageError(f"Line {number + 1} of {name} or one soon after it is not UTF-8 text") from exc


def _parse_line(name: str, number: int, line: str) -> NumberedQuery:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise UsageError(f"Line {number} of {name} is not JSON: {exc}") from exc
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        raise UsageError(f'Line {number} of {name} is not an object with a text "query"')
    return asked.get("id", number), asked["query"]
