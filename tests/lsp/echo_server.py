"""A server of a few odd requests, on the real transport and protocol: what their tests talk to.

`echo_server.py` speaks over stdio, `echo_server.py HOST PORT` over TCP.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from typing import Any, cast

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from whence.errors import Cancelled, UsageError
from whence.lsp.checking import InvalidParams
from whence.lsp.protocol import ClientSilent, WhenceProtocol
from whence.lsp.transport import serve_stdio, serve_tcp

server = LanguageServer("echo", "1", protocol_cls=WhenceProtocol)
protocol = cast("WhenceProtocol", server.protocol)

ERRORS = {
    "bug": RuntimeError("a first line\nand a second"),
    "usage": UsageError("No such folder; open it first"),
    "params": InvalidParams("limit: expected an integer"),
    "stopped": Cancelled("stopped half-way"),
}


@server.feature("whence/echo")
@server.command("whence/echo")
async def echo(params: Any) -> Any:
    """Give back what came."""
    return params


@server.feature("whence/endless")
@server.command("whence/endless")
async def endless(params: Any) -> None:
    """Never answer; say when it begins and when it is cancelled."""
    protocol.notify("test/began", params)
    try:
        await asyncio.Event().wait()
    finally:
        protocol.notify("test/cancelled", params)


@server.feature("whence/stubborn")
async def stubborn(_params: Any) -> None:
    """Never answer, and do not stop when cancelled."""
    protocol.notify("test/began", None)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.Event().wait()


@server.feature("whence/block")
async def block(_params: Any) -> None:
    """Stop the whole loop for ever."""
    protocol.notify("test/began", None)
    threading.Event().wait()


@server.feature("whence/print")
async def print_(_params: Any) -> bool:
    """Write to stdout in every way there is."""
    print("printed")  # noqa: T201 - on purpose: it must not reach the protocol
    os.write(1, b"written natively\n")
    os.system("echo written by a child; cat")  # cat would eat the protocol's stdin
    return True


@server.feature("whence/fail")
async def fail(params: Any) -> None:
    """Raise one of ERRORS."""
    raise ERRORS[params["with"]]


@server.feature("whence/unsendable")
async def unsendable(_params: Any) -> object:
    """Give something that has no form in JSON."""
    return {"score": float("nan")}


@server.feature("whence/ask")
async def ask(params: Any) -> Any:
    """Ask the client, within a time; say how many questions are then remembered."""
    try:
        answer = await protocol.request_client(params["method"], params["params"], timeout_s=params["within"])
    except ClientSilent as error:
        answer = str(error)
    return {"answer": answer, "remembered": len(protocol._request_futures) + len(protocol._result_types)}


@server.feature("test/failing")
async def failing(_params: Any) -> None:
    """Fail in a notification."""
    raise RuntimeError("nobody is told")


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def hover(params: types.HoverParams) -> types.Hover:
    """Give the whole document."""
    return types.Hover(server.workspace.get_text_document(params.text_document.uri).source)


async def main() -> int:
    """Serve as the arguments say."""
    if len(sys.argv) == 1:
        return await serve_stdio(protocol)
    return await serve_tcp(protocol, sys.argv[1], int(sys.argv[2]))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    try:
        sys.exit(asyncio.run(main()))
    except UsageError as error:
        sys.exit(f"error: {error}")
