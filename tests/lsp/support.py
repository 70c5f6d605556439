"""What the stories of the language server share: a server at work on folders, and waiting for what it comes to."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.lsp.client import Client, Json, connected, uri_of
from tests.support import write_tree

SERVE = (sys.executable, "-m", "whence", "serve")

CAPABLE: Json = {
    "workspace": {
        "codeLens": {"refreshSupport": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
}
"""A client that shows progress, refreshes lenses, opens documents and watches files."""

DEADLINE_S = 90.0  # generous: indexing yields to whatever else this machine does, and a hang is a hang
AGAIN_S = 0.03  # between two askings of what tells no event

INVALID_PARAMS, REQUEST_FAILED, REQUEST_CANCELLED = -32602, -32803, -32800


@contextlib.asynccontextmanager
async def serving(
    *folders: Path | str,
    capabilities: Json = None,
    settings: Json = None,
    options: Json = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    is_indexed: bool = False,
) -> AsyncIterator[Client]:
    """A server with folders open, its configuration given in `initialize`.

    Args:
        options: more `initializationOptions`.
        is_indexed: wait until everything is.
    """
    async with connected(SERVE, env=env, cwd=cwd) as client:
        await client.initialize(folders, capabilities, {"settings": settings, **(options or {})})
        if is_indexed:
            await indexed(client)
        yield client


async def until(
    client: Client, method: str, params: Json, predicate: Callable[[Any], bool], timeout_s: float = DEADLINE_S
) -> Json:
    """Repeat a request until its answer fits, and give that: for what no event tells."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = await client.request(method, params)
        if predicate(answer):
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"{method} still answers {answer}")
        await asyncio.sleep(AGAIN_S)


def configure(client: Client, section: Json) -> None:
    """Push settings, beside those of others."""
    client.notify("workspace/didChangeConfiguration", {"settings": {"whence": section, "other": {"limit": "x"}}})


def is_complete(status: Json) -> bool:
    """Whether every folder's index holds everything."""
    return all(
        folder["state"] == "usable" and folder["activity"] == "idle" and 0 < folder["chunks"] == folder["embedded"]
        for folder in status["folders"]
    )


async def indexed(client: Client) -> Json:
    """Wait until every folder is indexed; gives the status."""
    return await until(client, "whence/status", {}, is_complete)


async def finished_job(client: Client, since: int = 0) -> str:
    """Wait for the line with which a job that changed something ends, and give it."""
    said = await client.wait_for("window/logMessage", lambda one: "passages embedded" in one["message"], since=since)
    return str(said["message"])


async def command(client: Client, name: str, *arguments: Json) -> Json:
    """The result of a command."""
    return await client.request("workspace/executeCommand", {"command": name, "arguments": list(arguments)})


async def search(client: Client, query: str, **params: Json) -> Json:
    """The answer to a question."""
    return await client.request("whence/search", {"query": query, **params})


async def paths(client: Client, query: str, **params: Json) -> list[str]:
    """Where a question is answered, best first."""
    return [hit["path"] for hit in (await search(client, query, **params))["hits"]]


async def found_in(client: Client, name: str, path: str) -> Json:
    """Ask for a definition by its name until the one in a file is among the hits; gives that hit."""
    answer = await until(client, "whence/search", {"query": name}, lambda answer: bool(_defined(answer, name, path)))
    return _defined(answer, name, path)[0]


async def no_longer_in(client: Client, name: str, path: str) -> None:
    """Ask for a definition by its name until the one in a file is not among the hits."""
    await until(client, "whence/search", {"query": name}, lambda answer: not _defined(answer, name, path))


async def counted_lenses(client: Client, path: Path) -> Json:
    """The lenses of a document once all are counted and there are some."""
    return await until(
        client,
        "textDocument/codeLens",
        {"textDocument": document(path)},
        lambda lenses: bool(lenses) and all("command" in lens for lens in lenses),
    )


def document(uri: str | Path) -> Json:
    """LSP's TextDocumentIdentifier."""
    return {"uri": uri_of(uri)}


def position_of(text: str, wanted: str, n_after: int = 0) -> Json:
    """Where a piece of ASCII text begins, or some characters after that."""
    before = text[: text.index(wanted) + n_after]
    return {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}


def many_functions(root: Path, n_files: int, per_file: int = 8) -> Path:
    """A folder of Python files that all differ: some work for an indexer."""
    return write_tree(
        root,
        {
            f"pack{idx % 7}/part{idx}.py": "\n\n".join(_function(idx * per_file + n) for n in range(per_file))
            for idx in range(n_files)
        },
    )


def _function(number: int) -> str:
    lines = [f"    step_{number}_{n} = weigh(parcel, {number * n}) + tariff_{n}" for n in range(12)]
    return "\n".join([f"def ship_parcel_{number}(parcel):", f'    """Ship parcel number {number}."""', *lines, ""])


def messages(client: Client, method: str) -> Sequence[str]:
    """The texts of what was logged or shown."""
    return [said.params["message"] for said in client.said if said.method == method]


def messages_of_trace(client: Client, text: str) -> list[str]:
    """The traced lines that contain a text."""
    said = [one.params["message"] for one in client.said if one.method == "$/logTrace"]
    return [line for line in said if text in line]


def _defined(answer: Json, name: str, path: str) -> list[Json]:
    """The hits in a file that are this definition."""
    return [hit for hit in answer["hits"] if hit["path"] == path and hit["symbol"].rpartition(".")[2] == name]
