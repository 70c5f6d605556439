"""A language client for tests: starts a server, speaks LSP with it over stdio, and remembers what it said.

It speaks plain JSON on purpose: what a test sees is what an editor would see. Everything waits for events; no method
sleeps or polls. The server's stderr is the log; when a conversation ends it is printed to this process's stderr, which
pytest shows with a failing test and with no other.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, ParamSpec

import attrs

ANSWER_S = 90.0  # generous: a slow machine is no failure, a hang is
METHOD_NOT_FOUND = -32601
MAX_LOG_LINES = 300  # of a server's log beside a failing test

P = ParamSpec("P")
Json = Any
Predicate = Callable[[Json], bool]
Handler = Callable[[Json], Json | Awaitable[Json]]


def run_async(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Decorate an `async def` test, so that pytest runs it in an event loop of its own."""

    @functools.wraps(test)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return wrapper


class ServerError(Exception):
    """The server answered with an error; a handler of the client may raise it to do the same."""

    def __init__(self, code: int, message: str, data: Json = None) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code
        self.message = message
        self.data = data


class ServerGone(Exception):
    """The server ended before it answered."""


@attrs.frozen
class Said:
    """A notification or a request of the server."""

    method: str
    params: Json


@attrs.define
class _Wait:
    method: str
    predicate: Predicate
    found: asyncio.Future[Said]


async def never(_params: Json) -> Json:
    """Answer a server's request never: a handler for `Client.handlers`."""
    await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def connected(
    command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> AsyncIterator[Client]:
    """Start a server and speak with it; on leaving it is shut down in order, or killed if it does not end.

    Args:
        env: on top of this process's environment.
    """
    client = Client(command, env=env, cwd=cwd)
    try:
        yield client
        await client.shut_down()
    finally:
        await client.close()


class Client:
    """One server process and everything it said. Belongs to the loop it was made on."""

    def __init__(
        self, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> None:
        self.said: list[Said] = []
        """Notifications and requests of the server, in order."""
        self.nameless_errors: list[ServerError] = []
        """Errors with the id null: answers to what was no message."""
        self.log: list[str] = []
        """The server's stderr, line by line."""
        self.settings: dict[str, Json] = {}
        """What `workspace/configuration` answers, by section."""
        self.handlers: dict[str, Handler] = {
            "workspace/configuration": lambda params: [
                self.settings.get(item.get("section", "")) for item in params["items"]
            ],
            **dict.fromkeys(
                [
                    "client/registerCapability",
                    "client/unregisterCapability",
                    "window/workDoneProgress/create",
                    "window/showMessageRequest",
                    "workspace/codeLens/refresh",
                ],
                lambda _: None,
            ),
            "window/showDocument": lambda _: {"success": True},
        }
        """How requests of the server are answered; a test may put its own here."""
        self.exit_code: int | None = None
        self.capabilities: Json = None
        """The server's, once it is initialized."""
        self._loop = asyncio.get_running_loop()
        self._ids = itertools.count(1)
        self._answers: dict[int | str, asyncio.Future[Json]] = {}
        self._waits: list[_Wait] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._versions: dict[str, int] = {}
        self._ended = asyncio.Event()
        self._nameless = asyncio.Event()
        self._logged = asyncio.Event()
        self._process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
            cwd=cwd,
        )
        # Plain threads rather than asyncio's pipes: the same on every system, nothing left open when a loop ends.
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._read_messages, daemon=True),
            threading.Thread(target=self._read_log, daemon=True),
            threading.Thread(target=self._write, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    # Messages

    async def request(self, method: str, params: Json = None, timeout_s: float = ANSWER_S) -> Json:
        """Ask, and wait for the result.

        Raises:
            ServerError: the server answered with an error.
            ServerGone: it ended first.
            TimeoutError: it did not answer.
        """
        return await self.outcome(self.ask(method, params), timeout_s)

    def ask(self, method: str, params: Json = None) -> int:
        """Send a request without waiting, and give its id: for `outcome` and `cancel`."""
        msg_id = next(self._ids)
        self._answers[msg_id] = self._loop.create_future()
        self.send({"jsonrpc": "2.0", "id": msg_id, "method": method, "params": params})
        return msg_id

    async def outcome(self, msg_id: int, timeout_s: float = ANSWER_S) -> Json:
        """Wait for the result of a request; raises as `request` does."""
        answer = self._answers[msg_id]
        try:
            return await asyncio.wait_for(answer, timeout_s)
        except asyncio.TimeoutError:
            raise TimeoutError(f"no answer to request {msg_id} within {timeout_s:g} s") from None
        finally:
            del self._answers[msg_id]

    def is_answered(self, msg_id: int) -> bool:
        """Whether a request that was asked has its answer already."""
        return self._answers[msg_id].done()

    def cancel(self, msg_id: int) -> None:
        """Tell the server that an answer is no longer wanted."""
        self.notify("$/cancelRequest", {"id": msg_id})

    def notify(self, method: str, params: Json = None) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def send(self, message: Json) -> None:
        """Send any JSON in a frame."""
        body = json.dumps(message, ensure_ascii=False).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._outgoing.put(data)

    async def wait_for(
        self, method: str, predicate: Predicate = lambda _: True, timeout_s: float = ANSWER_S, *, since: int = 0
    ) -> Json:
        """Wait until the server has said `method` with parameters that fit, and give the parameters.

        Args:
            since: only what was said after `len(client.said)` was this counts; all of it by default.
        """
        for said in self.said[since:]:
            if said.method == method and predicate(said.params):
                return said.params
        wait = _Wait(method, predicate, self._loop.create_future())
        self._waits.append(wait)
        try:
            return (await asyncio.wait_for(wait.found, timeout_s)).params
        except asyncio.TimeoutError:
            heard = [said.method for said in self.said[since:]]
            raise TimeoutError(f"no {method} that fits within {timeout_s:g} s; heard {heard}") from None
        finally:
            self._waits.remove(wait)

    async def wait_for_nameless_error(self, timeout_s: float = ANSWER_S) -> ServerError:
        """Wait for an error with the id null, take it, and give it; the oldest first."""
        while not self.nameless_errors:
            self._nameless.clear()
            await asyncio.wait_for(self._nameless.wait(), timeout_s)
        return self.nameless_errors.pop(0)

    async def wait_for_log(self, text: str, timeout_s: float = ANSWER_S) -> str:
        """Wait for a line of the server's log that contains `text`, and give it."""

        async def look() -> str:
            while True:
                for line in self.log:
                    if text in line:
                        return line
                self._logged.clear()
                await self._logged.wait()

        return await asyncio.wait_for(look(), timeout_s)

    # The life of a conversation

    async def initialize(
        self,
        folders: Sequence[Path | str] = (),
        capabilities: Json = None,
        initialization_options: Json = None,
        *,
        process_id: int | None = None,
    ) -> Json:
        """Initialize the server, say `initialized`, and give the result of `initialize`.

        Args:
            folders: paths or URIs.
            process_id: this process's by default.
        """
        result = await self.request(
            "initialize",
            {
                "processId": os.getpid() if process_id is None else process_id,
                "clientInfo": {"name": "tests"},
                "rootUri": None,
                "capabilities": capabilities or {},
                "initializationOptions": initialization_options,
                "workspaceFolders": [
                    {"uri": uri_of(folder), "name": str(folder).rstrip("/").rpartition("/")[2]} for folder in folders
                ],
            },
        )
        self.capabilities = result["capabilities"]
        self.notify("initialized", {})
        return result

    async def shut_down(self, timeout_s: float = ANSWER_S) -> int:
        """End the server in order, unless it has ended; gives its exit code."""
        if not self._ended.is_set():
            with contextlib.suppress(ServerError, ServerGone):  # never initialized, shut down before, or ending now
                await self.request("shutdown", timeout_s=timeout_s)
            self.notify("exit")
        return await self.wait_for_exit(timeout_s)

    def close_stdin(self) -> None:
        """Close the server's stdin after everything that was sent."""
        self._outgoing.put(None)

    async def wait_for_exit(self, timeout_s: float = ANSWER_S) -> int:
        """Wait until the process has ended and all it said is here; gives its exit code."""
        await asyncio.wait_for(self._ended.wait(), timeout_s)
        assert self.exit_code is not None
        return self.exit_code

    async def close(self) -> None:
        """Kill the server if it still runs, let go of everything, and print its log for pytest to keep."""
        if not self._ended.is_set():
            self._process.kill()
            await self.wait_for_exit()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._outgoing.put(None)
        for thread in self._threads:
            thread.join()
        lines = self.log[-MAX_LOG_LINES:]
        if lines:
            print(f"--- log of server {self.pid} ---", *lines, sep="\n", file=sys.stderr)  # noqa: T201 - see above

    # Documents

    def open(self, uri: str | Path, text: str, language_id: str = "python") -> None:
        """Open a document; its version is 1."""
        self._versions[uri_of(uri)] = 1
        document = {"uri": uri_of(uri), "languageId": language_id, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str | Path, *changes: str | Json) -> None:
        """Change an open document: whole texts, or LSP's content changes."""
        self._versions[uri_of(uri)] += 1
        self.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri_of(uri), "version": self._versions[uri_of(uri)]},
                "contentChanges": [{"text": change} if isinstance(change, str) else change for change in changes],
            },
        )

    def save(self, uri: str | Path, text: str | None = None) -> None:
        """Say that a document was saved; writing the file is the test's part."""
        included = {} if text is None else {"text": text}
        self.notify("textDocument/didSave", {"textDocument": {"uri": uri_of(uri)}, **included})

    def close_document(self, uri: str | Path) -> None:
        """Close a document."""
        del self._versions[uri_of(uri)]
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri_of(uri)}})

    # What comes from the server, on the loop

    def _take(self, message: Json) -> None:
        if "method" in message:
            self._hear(Said(message["method"], message.get("params")))
            if "id" in message:
                task = self._loop.create_task(self._answer(message))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            return
        error = message.get("error")
        failure = ServerError(error["code"], error["message"], error.get("data")) if error else None
        if message["id"] is None:
            assert failure is not None
            self.nameless_errors.append(failure)
            self._nameless.set()
            return
        answer = self._answers.get(message["id"])
        assert answer is None or not answer.done(), f"a second answer to request {message['id']}"
        if answer is None:
            return  # the test no longer waits
        if failure is None:
            answer.set_result(message["result"])
        else:
            answer.set_exception(failure)
            answer.exception()  # nobody has to ask for it

    def _hear(self, said: Said) -> None:
        self.said.append(said)
        for wait in self._waits:
            if wait.method == said.method and not wait.found.done() and wait.predicate(said.params):
                wait.found.set_result(said)

    async def _answer(self, message: Json) -> None:
        outcome: Json
        try:
            handler = self.handlers.get(message["method"])
            if handler is None:
                raise ServerError(METHOD_NOT_FOUND, f"this client knows no {message['method']}")
            result = handler(message.get("params"))
            outcome = {"result": await result if inspect.isawaitable(result) else result}
        except ServerError as error:
            outcome = {"error": {"code": error.code, "message": error.message}}
        self.send({"jsonrpc": "2.0", "id": message["id"], **outcome})

    def _end(self, exit_code: int) -> None:
        self.exit_code = exit_code
        self._ended.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ServerGone(f"the server ended with exit code {exit_code}"))
                answer.exception()  # nobody has to ask for it

    def _take_log(self, line: str) -> None:
        self.log.append(line)
        self._logged.set()

    # Threads

    def _read_messages(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        with stdout:
            while (message := _read_message(stdout)) is not None:
                self._loop.call_soon_threadsafe(self._take, message)
        self._threads[1].join()
        self._loop.call_soon_threadsafe(self._end, self._process.wait())

    def _read_log(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        with stderr:
            for line in stderr:
                self._loop.call_soon_threadsafe(self._take_log, line.decode(errors="replace").rstrip())

    def _write(self) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        with contextlib.suppress(OSError), stdin:  # the server may be gone
            while (data := self._outgoing.get()) is not None:
                stdin.write(data)
                stdin.flush()


def uri_of(place: str | Path) -> str:
    """Give the URI of a path; a string is one already."""
    return place.as_uri() if isinstance(place, Path) else place


def _read_message(stream: BinaryIO | Any) -> Json | None:
    """Read one frame; None at the end of the stream. Anything else than a frame fails the test."""
    n_bytes: int | None = None
    while line := stream.readline():
        if line == b"\r\n":
            assert n_bytes is not None, "a frame without Content-Length"
            return json.loads(stream.read(n_bytes))
        name, _, value = line.partition(b":")
        assert name in {b"Content-Length", b"Content-Type"}, f"stdout carries more than the protocol: {line!r}"
        if name == b"Content-Length":
            n_bytes = int(value)
    return None
