"""What becomes of one message: order, parameters, handlers, cancelling, and one line for everything that goes wrong.

A LanguageServerProtocol whose dispatch is our own. pygls keeps its document store, capabilities and features, but its
way with messages leaves a malformed request unanswered, a cancelled command running, and puts tracebacks into answers.
Here every message runs as one task, started in the order of arrival; a notification handler that only enqueues before
its first `await` therefore sees notifications in order.

Knows JSON-RPC and pygls; nothing of streams (transport) and nothing of what Whence's requests mean.
"""

from __future__ import annotations

import asyncio
import enum
import inspect
import json
import logging
import threading
import uuid
from collections.abc import Callable, Generator, Mapping
from functools import partial
from typing import Any, cast
from urllib.parse import unquote

import attrs
import cattrs
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import JsonRPCNotification, JsonRPCRequestMessage, LanguageServerProtocol, lsp_method

from whence.errors import Cancelled, WhenceError
from whence.lsp.checking import InvalidParams
from whence.lsp.parent import watch_parent
from whence.lsp.structuring import Malformed, structured, structured_initialize
from whence.lsp.transport import INVALID_REQUEST, PARSE_ERROR, Outbox

logger = logging.getLogger(__name__)

INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
REQUEST_CANCELLED = -32800  # LSP 3.17, ErrorCodes and LSPErrorCodes
REQUEST_FAILED = -32803

ERROR_CODES: Mapping[type[BaseException], int] = {
    InvalidParams: INVALID_PARAMS,
    Cancelled: REQUEST_CANCELLED,
    asyncio.CancelledError: REQUEST_CANCELLED,
    WhenceError: REQUEST_FAILED,
}
"""How an exception is answered; the nearest class wins. What is not listed is a bug of ours: INTERNAL_ERROR."""

RAW_PREFIX = "whence/"
"""Parameters of these methods are handed on as they came; their own converter is stricter than lsprotocol's."""

CANCELLED = "the request was cancelled"
MAX_ERROR_CHARACTERS = 400  # a message is read in an editor's status line

Id = int | str
Json = Any
Handler = Callable[..., Any]


class State(enum.Enum):
    """How far the conversation has come."""

    NEW = "new"
    INITIALIZING = "initializing"
    READY = "ready"
    SHUT_DOWN = "shut down"


class ClientSilent(Exception):
    """The client did not answer a request of ours in time."""


class WhenceProtocol(LanguageServerProtocol):
    """One conversation with one client. Everything but `notify` and `exit_code` belongs to the event loop."""

    def __init__(self, server: LanguageServer, converter: cattrs.Converter) -> None:
        # pygls logs whole payloads below WARNING: source text, queries, paths.
        logging.getLogger("pygls").setLevel(logging.WARNING)
        self._state = State.NEW  # before pygls, which looks at every attribute, looks at exit_code
        self._requests: dict[Id, asyncio.Task[Any]] = {}  # not answered yet
        self._tasks: set[asyncio.Task[Any]] = set()  # the loop itself holds tasks only weakly
        self._outbox: Outbox | None = None
        self._end: Callable[[], None] = lambda: None
        self._parent_watch = threading.Event()
        super().__init__(server, converter)

    # What the transport calls

    @property
    def exit_code(self) -> int:
        """0 once the client has asked for an orderly end, else 1."""
        return 0 if self._state is State.SHUT_DOWN else 1

    def connect(self, outbox: Outbox, end: Callable[[], None]) -> None:
        """Send through `outbox` from now on; `end` ends the conversation."""
        self._outbox = outbox
        self._end = end

    def disconnect(self) -> None:
        """Stop every handler, and forget what the client was asked."""
        self._parent_watch.set()
        self._requests.clear()
        for task in self._tasks:
            task.cancel()
        for waiting in list(self._request_futures.values()):
            waiting.cancel()
        self._request_futures.clear()

    def receive(self, body: bytes) -> None:
        """Start what one message asks for."""
        try:
            message = json.loads(body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            logger.warning("a message of %d bytes is not JSON: %s", len(body), error)
            self.refuse(PARSE_ERROR, f"message is not JSON: {error}")
            return
        if not isinstance(message, dict):
            self.refuse(INVALID_REQUEST, "a message is one JSON object; batches are not part of the protocol")
            return
        msg_id: Json = message.get("id")
        method: Json = message.get("method")
        if "id" in message and (isinstance(msg_id, bool) or not isinstance(msg_id, int | str)):
            if "method" in message or msg_id is not None:
                self.refuse(INVALID_REQUEST, "id: expected an integer or a string")
            else:
                logger.warning("the client could not read a message: %s", message.get("error"))
        elif isinstance(method, str):
            if "id" in message:
                self._start_request(msg_id, method, message.get("params"))
            else:
                self._start_notification(method, message.get("params"))
        elif "method" not in message and "id" in message and ("result" in message or "error" in message):
            self._take_answer(msg_id, message)
        else:
            self._send_error(msg_id, INVALID_REQUEST, "method: expected a string")

    def refuse(self, code: int, message: str) -> None:
        """Answer something that names no request."""
        self._send_error(None, code, message)

    # What the server calls

    async def request_client(self, method: str, params: object = None, *, timeout_s: float) -> Any:
        """Ask the client and wait for its answer; afterwards nothing is remembered of it, whatever happened.

        Returns:
            The result: lsprotocol's type for a method of LSP, else JSON.

        Raises:
            ClientSilent: no answer in time. The client is told that none is wanted any more.
            JsonRpcException: the client answered with an error, or with something else than the method's result.
        """
        msg_id = str(uuid.uuid4())
        try:
            return await asyncio.wait_for(self.send_request_async(method, params, msg_id=msg_id), timeout_s)
        except asyncio.TimeoutError:
            logger.info("the client did not answer %s within %g s", method, timeout_s)
            self.notify(types.CANCEL_REQUEST, types.CancelParams(id=msg_id))
            raise ClientSilent(f"the client did not answer {method} within {timeout_s:g} s") from None
        finally:
            self._request_futures.pop(msg_id, None)
            self._result_types.pop(msg_id, None)

    # pygls wraps its own in a cache, which mypy takes for another signature.
    def get_message_type(self, method: str) -> None:  # type: ignore[override]  # noqa: ARG002
        """Let `notify` and `send_request` take JSON as well as lsprotocol's types, for every method."""
        return

    # The methods of LSP that pygls answers otherwise

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Answer `initialize`, once, and watch the client's process from then on."""
        if self._state is not State.NEW:
            raise JsonRpcInvalidRequest("initialize: the server is initialized already")
        self._state = State.INITIALIZING
        try:
            result = yield from super().lsp_initialize(params)
            self._state = State.READY
        finally:
            if self._state is State.INITIALIZING:
                self._state = State.NEW
        if params.process_id is not None:
            self._parent_watch = watch_parent(params.process_id, self._end)
        return result

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *_: object) -> Generator[Any, Any, None]:
        """Cancel what is under way; only `exit` is taken from now on."""
        self._state = State.SHUT_DOWN
        for msg_id in [msg_id for msg_id in self._requests if msg_id != self.msg_id]:
            self._cancel(msg_id)
        if (user_handler := self.fm.features.get(types.SHUTDOWN)) is not None:
            yield user_handler, (None,), None

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: object) -> Generator[Any, Any, None]:
        """End the process."""
        if (user_handler := self.fm.features.get(types.EXIT)) is not None:
            yield user_handler, (None,), None
        self._end()

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    def lsp_workspace__execute_command(self, params: types.ExecuteCommandParams) -> Generator[Any, Any, Any]:
        """Run a command as a request of that name would run: its handler gets one argument, raw JSON or None."""
        handler = self.fm.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(f'command: no command "{params.command}"')
        arguments = list(params.arguments or [None])
        if len(arguments) != 1:
            raise JsonRpcInvalidParams(f"arguments: expected at most one, got {len(arguments)}")
        result = yield handler, (arguments[0],), None
        return result

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """Change a document, unless the client never opened it."""
        if unquote(params.text_document.uri) in self.workspace.text_documents:
            yield from super().lsp_text_document__did_change(params)
        else:
            logger.warning("textDocument/didChange ignored: %s is not open", params.text_document.uri)

    # Requests

    def _start_request(self, msg_id: Id, method: str, params: Json) -> None:
        if msg_id in self._requests:
            self._send_error(msg_id, INVALID_REQUEST, f"id: {msg_id!r} is in use by an unanswered request")
            return
        task = self._start(self._run_request(msg_id, method, params))
        self._requests[msg_id] = task
        task.add_done_callback(partial(self._answer, msg_id, method))

    async def _run_request(self, msg_id: Id, method: str, params: Json) -> Any:
        self._ctx_msg_id.set(msg_id)
        if self._state is State.SHUT_DOWN:
            raise JsonRpcInvalidRequest(f"{method}: the server is shut down")
        if self._state is not State.READY and method != types.INITIALIZE:
            raise JsonRpcServerNotInitialized(f"{method}: the server is not initialized")
        handler = cast("Handler", self._get_handler(method))
        return await _call(handler, (self._structured(method, params),), None)

    def _answer(self, msg_id: Id, method: str, task: asyncio.Task[Any]) -> None:
        error = asyncio.CancelledError(CANCELLED) if task.cancelled() else task.exception()
        if self._requests.get(msg_id) is not task:
            return  # cancelled, hence answered already
        del self._requests[msg_id]
        if error is None:
            try:
                self._send_data({"jsonrpc": "2.0", "id": msg_id, "result": task.result()})
            except (TypeError, ValueError, AttributeError) as unsendable:
                error = unsendable
            else:
                return
        self._answer_error(msg_id, method, error)

    def _answer_error(self, msg_id: Id, method: str, error: BaseException) -> None:
        if isinstance(error, JsonRpcException):
            self._send_error(msg_id, error.code, error.message)
            return
        for kind in type(error).__mro__:
            if kind in ERROR_CODES:
                self._send_error(msg_id, ERROR_CODES[kind], str(error) or kind.__name__)
                return
        logger.error("%s failed: %s", method, _one_line(repr(error)), exc_info=error)
        self._send_error(msg_id, INTERNAL_ERROR, f"{method} failed: {type(error).__name__}: {error}")

    def _cancel(self, msg_id: Id) -> None:
        """Answer a request with RequestCancelled at once; its handler may take its time to stop."""
        task = self._requests.get(msg_id)
        if task is None or task.done():
            return  # answered, or about to be: nothing unusual
        del self._requests[msg_id]
        task.cancel()
        self._send_error(msg_id, REQUEST_CANCELLED, CANCELLED)

    # Notifications

    def _start_notification(self, method: str, params: Json) -> None:
        if method == types.CANCEL_REQUEST:
            msg_id = params.get("id") if isinstance(params, dict) else None
            if isinstance(msg_id, int | str):
                self._cancel(msg_id)
            return
        self._start(self._run_notification(method, params)).add_done_callback(partial(self._note_failure, method))

    async def _run_notification(self, method: str, params: Json) -> None:
        if self._state is not State.READY and method != types.EXIT:
            logger.debug("%s ignored: the server is %s", method, self._state.value)
            return
        if method not in self.fm.builtin_features and method not in self.fm.features:
            logger.debug("%s ignored: not known", method)
            return
        try:
            value = self._structured(method, params)
        except JsonRpcInvalidParams as error:
            logger.warning("%s ignored: %s", method, error.message)
            return
        await _call(cast("Handler", self._get_handler(method)), (value,), None)

    def _note_failure(self, method: str, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("%s failed: %s", method, _one_line(repr(error)), exc_info=error)

    # Answers of the client

    def _take_answer(self, msg_id: Id, message: dict[str, Json]) -> None:
        waiting = self._request_futures.pop(msg_id, None)
        kind = self._result_types.pop(msg_id, None)
        if waiting is None or waiting.done():
            logger.debug("the client answered a request that nobody waits for")
            return
        if "error" in message:
            error = message["error"] if isinstance(message["error"], dict) else {}
            code, text = error.get("code"), error.get("message")
            waiting.set_exception(JsonRpcException(str(text), code if isinstance(code, int) else INTERNAL_ERROR))
            return
        answer = {"jsonrpc": "2.0", "id": msg_id, "result": message["result"]}
        try:
            result = answer["result"] if kind is None else structured(self._converter, answer, kind).result
        except Malformed as error:
            waiting.set_exception(JsonRpcInvalidRequest(f"the client's answer does not fit: {error}"))
        else:
            waiting.set_result(result)

    # Helpers

    def _start(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _structured(self, method: str, params: Json) -> Any:
        """Give the parameters as lsprotocol's type; as they came where LSP has none for the method.

        Raises:
            JsonRpcInvalidParams: they do not fit; the message names the first field that does not.
        """
        known = types.METHOD_TO_TYPES.get(method)
        if known is None or known[2] is None or method.startswith(RAW_PREFIX):
            return params
        value = {} if params is None else params
        try:
            if method == types.INITIALIZE:
                return structured_initialize(self._converter, value)
            return structured(self._converter, value, known[2])
        except Malformed as error:
            raise JsonRpcInvalidParams(_one_line(str(error))) from error

    def _send_error(self, msg_id: Id | None, code: int, message: str) -> None:
        error = {"code": code, "message": _one_line(message)}
        self._send_data({"jsonrpc": "2.0", "id": msg_id, "error": error})

    def _send_data(self, data: Any) -> None:
        """Send one message: JSON, or a value of lsprotocol. From any thread.

        Raises:
            TypeError, ValueError, AttributeError: it has no form in JSON.
        """
        if isinstance(data, JsonRPCRequestMessage | JsonRPCNotification):
            data = {name: value for name, value in attrs.asdict(data, recurse=False).items() if value is not None}
        encode = partial(json.dumps, data, default=self._serialize_message, allow_nan=False, separators=(",", ":"))
        try:
            body = encode(ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:  # half of a surrogate pair: UTF-8 has no bytes for it, JSON has an escape
            body = encode(ensure_ascii=True).encode("ascii")
        if self._outbox is not None:
            self._outbox.write(body)


async def _call(handler: Handler, args: tuple[Any, ...], kwargs: dict[str, Any] | None) -> Any:
    """Run a handler of any kind inside the current task, so that cancelling the task reaches the innermost one.

    pygls' own handlers are generators that yield the next handler to run with its arguments.
    """
    result: Any = handler(*args, **(kwargs or {}))
    if inspect.isawaitable(result):
        return await result
    if not isinstance(result, Generator):
        return result
    steps: Generator[Any, Any, Any] = result
    value = None
    try:
        while True:
            value = await _call(*steps.send(value))
    except StopIteration as end:
        return end.value
    finally:
        steps.close()


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_ERROR_CHARACTERS else f"{line[: MAX_ERROR_CHARACTERS - 1]}…"
