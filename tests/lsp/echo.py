"""Starts the echo server for the suites of the transport and the protocol."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.client import Client, ServerError, connected

ROOT = Path(__file__).parents[2]
ECHO: list[str | Path] = [sys.executable, Path(__file__).with_name("echo_server.py")]
ENVIRONMENT = {"PYTHONPATH": str(ROOT / "server")}

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
NOT_INITIALIZED = -32002
CANCELLED = -32800
REQUEST_FAILED = -32803


@contextlib.asynccontextmanager
async def started() -> AsyncIterator[Client]:
    async with connected(ECHO, env=ENVIRONMENT) as client:
        yield client


@contextlib.asynccontextmanager
async def initialized() -> AsyncIterator[Client]:
    async with started() as client:
        await client.initialize()
        yield client


def frame(message: Any) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


async def error_of(client: Client, method: str, params: Any = None) -> ServerError:
    with pytest.raises(ServerError) as caught:
        await client.request(method, params)
    return caught.value


async def assert_still_answers(client: Client) -> None:
    assert await client.request("whence/echo", {"still": "here"}) == {"still": "here"}
