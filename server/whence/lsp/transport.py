"""Carries messages between a byte stream and the event loop, over stdio or a loopback socket.

One thread does nothing but read and one does nothing but write, so neither a slow handler nor a client that stops
reading can hold up the loop, and a read that never returns cannot keep the process alive. Knows framing (headers and
lengths) and how a server process ends; of JSON, LSP and pygls it knows nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import os
import re
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

import attrs

from whence.errors import UsageError

logger = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""A longer message is passed over unread. The largest honest one is a whole file in `didOpen`, and files of more than
some MB are not indexed; 64 MiB parsed is already some 300 MB of Python objects."""

MAX_BELIEVED_BYTES = 4 * 1024 * 1024 * 1024
"""A Content-Length beyond this is a damaged header, not a long message: passing over it would deafen the server."""

MAX_HEADER_LINE_BYTES = 4096
"""Bytes without a line end that are kept while looking for a header. Real header lines are under 100 bytes."""

READ_BACK_BYTES = 128  # kept of a line over that limit, so that a Content-Length at its end is still found

MAX_UNREAD_BYTES = 256 * 1024 * 1024
"""What waits for a client that does not read. Nothing is ever left out of the stream: beyond this the client counts as
lost. A thousand searches with 200 hits each are some 200 MB."""

READ_BYTES = 64 * 1024  # what a pipe holds on Linux
FLUSH_S = 1.0  # for the last answers to reach a client that still reads
GRACE_S = 3.0
"""From the end of the conversation to the end of the process, whatever threads are still at work: an index write is
safe to interrupt, a server without a client is not wanted by anybody."""

PARSE_ERROR = -32700  # JSON-RPC 2.0, section 5.1
INVALID_REQUEST = -32600

HEADER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*:")  # RFC 9110, section 5.6.2: token
LENGTH_HEADER = re.compile(rb"(?P<before>.*)content-length[ \t]*:[ \t]*(?P<value>.*?)[ \t]*", re.IGNORECASE | re.DOTALL)


class Endpoint(Protocol):
    """What speaks the protocol. All methods are called on the event loop."""

    @property
    def exit_code(self) -> int:
        """0 once the client has asked for an orderly end, else 1. Read from any thread."""

    def connect(self, outbox: Outbox, end: Callable[[], None]) -> None:
        """Send through `outbox` from now on; `end` ends the conversation and may be called from any thread."""

    def receive(self, body: bytes) -> None:
        """One message has come, in order."""

    def refuse(self, code: int, message: str) -> None:
        """Something has come that is no message: answer it with an error that names no request."""

    def disconnect(self) -> None:
        """The conversation is over: stop what still works for it."""


@attrs.frozen
class Fault:
    """Bytes that are no message."""

    code: int
    message: str


class Framing:
    """Cuts a stream of bytes into messages, and finds the next header again when the stream is damaged.

    After damage every line is searched for a Content-Length, also in mid-line; one Fault is reported for everything
    between two whole messages.
    """

    def __init__(self, max_message_bytes: int = MAX_MESSAGE_BYTES) -> None:
        self._max_message_bytes = max_message_bytes
        self._buffer = bytearray()
        self._length: int | None = None  # what this header block said so far
        self._in_block = False  # a line of a header block has been read
        self._body_bytes: int | None = None  # the header block is over and this much body follows
        self._skip_bytes = 0
        self._is_lost = False  # damage was reported and no whole message has been seen since

    def feed(self, data: bytes) -> Iterator[bytes | Fault]:
        """Give the messages that `data` completes, and the faults found in it, in order."""
        if self._skip_bytes:
            n_skipped = min(self._skip_bytes, len(data))
            self._skip_bytes -= n_skipped
            data = data[n_skipped:]
        self._buffer += data
        while self._buffer:
            if self._body_bytes is None:
                found = self._read_line()
                if found is None:
                    return
            elif len(self._buffer) < self._body_bytes:
                return
            else:
                found = [bytes(memoryview(self._buffer)[: self._body_bytes])]
                del self._buffer[: self._body_bytes]
                self._body_bytes = None
                self._is_lost = False
            yield from found

    def _read_line(self) -> list[bytes | Fault] | None:
        """Take one header line off the buffer; None if there is no whole one yet."""
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) <= MAX_HEADER_LINE_BYTES:
                return None
            del self._buffer[:-READ_BACK_BYTES]
            return self._lose("no header where one was expected")
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        if not line:
            return self._end_block()
        self._in_block = True
        length = LENGTH_HEADER.fullmatch(line)
        if length is None:
            return [] if HEADER.match(line) else self._lose("no header where one was expected")
        value = length["value"]
        self._length = int(value) if re.fullmatch(rb"[0-9]{1,10}", value) else MAX_BELIEVED_BYTES + 1
        if self._length > MAX_BELIEVED_BYTES:
            self._length = None
            return self._lose("the value of a Content-Length header is no possible length")
        return self._lose("no header where one was expected") if length["before"] else []

    def _end_block(self) -> list[bytes | Fault]:
        length, self._length = self._length, None
        in_block, self._in_block = self._in_block, False
        if length is None:
            # An empty line between two messages harms nobody.
            return self._lose("a header block has no Content-Length") if in_block else []
        if length <= self._max_message_bytes:
            self._body_bytes = length
            return [] if length else self._take_empty()
        self._skip_bytes = length - min(length, len(self._buffer))
        del self._buffer[:length]
        self._is_lost = False
        text = f"a message of {length} bytes was passed over; the limit is {self._max_message_bytes}"
        return [Fault(INVALID_REQUEST, text)]

    def _take_empty(self) -> list[bytes | Fault]:
        self._body_bytes = None
        self._is_lost = False
        return [b""]

    def _lose(self, reason: str) -> list[bytes | Fault]:
        if self._is_lost:
            return []
        self._is_lost = True
        return [Fault(PARSE_ERROR, f"{reason}; reading goes on at the next Content-Length header")]


class Outbox:
    """Messages on their way out, in order. Writing never blocks; a thread of its own carries them to the client.

    When the client goes away, or leaves more than `max_unread_bytes` unread, `on_lost` is called once and nothing
    is sent any more.
    """

    def __init__(
        self,
        send: Callable[[bytes], None],
        on_lost: Callable[[], None],
        max_unread_bytes: int = MAX_UNREAD_BYTES,
    ) -> None:
        self._send = send
        self._on_lost = on_lost
        self._max_unread_bytes = max_unread_bytes
        self._changed = threading.Condition()
        # Guarded by _changed.
        self._waiting: deque[bytes] = deque()
        self._n_bytes = 0
        self._is_closed = False
        self._done = threading.Event()
        threading.Thread(target=self._carry, name="whence-writer", daemon=True).start()

    def write(self, body: bytes) -> None:
        """Send one message. May be called from any thread; after the end it does nothing."""
        with self._changed:
            if self._is_closed:
                return
            message = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            self._waiting.append(message)
            self._n_bytes += len(message)
            self._is_closed = self._n_bytes > self._max_unread_bytes
            self._changed.notify()
            if not self._is_closed:
                return
        logger.error("the client left over %d bytes unread and counts as lost", self._max_unread_bytes)
        self._on_lost()

    def close(self) -> None:
        """Take no more messages; what waits is still sent."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def wait_until_sent(self, timeout_s: float) -> bool:
        """After `close`: wait until everything is with the client, or nothing more can be; False if time ran out."""
        return self._done.wait(timeout_s)

    def _carry(self) -> None:
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._waiting or self._is_closed)
                    if not self._waiting:
                        return
                    message = self._waiting.popleft()
                self._send(message)
                with self._changed:
                    self._n_bytes -= len(message)
        except OSError as error:
            with self._changed:
                was_closed, self._is_closed = self._is_closed, True
                self._waiting.clear()
            if not was_closed:
                logger.info("the client no longer reads: %s", error)
                self._on_lost()
        finally:
            self._done.set()


async def serve_stdio(endpoint: Endpoint) -> int:
    """Speak over this process's stdin and stdout until the client is done or gone.

    Both belong to the protocol from then on: whatever else is written to stdout, by Python or by a native library,
    goes to stderr, and child processes find an empty stdin. When the conversation is over, this process ends within
    GRACE_S, whatever its threads still do: return from main with the code.

    Returns:
        The code to exit with: 0 after `shutdown`, else 1.

    Raises:
        UsageError: stdin or stdout is closed.
    """
    streams = _take_standard_streams()
    return await _converse(
        endpoint, lambda: os.read(streams.source, READ_BYTES), lambda data: _write_all(streams.sink, data)
    )


async def serve_tcp(endpoint: Endpoint, host: str, port: int) -> int:
    """Wait for one client on a loopback address and speak with it until it is done or gone; then as `serve_stdio`.

    Args:
        port: 0 takes a free one. The log says which.

    Raises:
        UsageError: the host is not this machine alone, or the port cannot be had.
    """
    address = _loopback(host)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        listener = socket.create_server((address, port), family=family, backlog=1)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"Cannot listen on {host}:{port}: {error}; choose another port, or 0 for a free one"
        ) from error
    with listener:
        listener.setblocking(False)
        logger.info("listening on %s:%d", address, listener.getsockname()[1])
        client, _ = await asyncio.get_running_loop().sock_accept(listener)
    with client:
        client.setblocking(True)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # answers are small, and waited for
        code = await _converse(endpoint, lambda: client.recv(READ_BYTES), client.sendall)
        with contextlib.suppress(OSError):  # the client may be gone already
            client.shutdown(socket.SHUT_RDWR)  # close alone would not wake the reader, nor tell the client
        return code


def _loopback(host: str) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise UsageError(f"{host} is not a loopback address; the server only listens on 127.0.0.1, ::1 or localhost")
    return host


async def _converse(endpoint: Endpoint, receive: Callable[[], bytes], send: Callable[[bytes], None]) -> int:
    loop = asyncio.get_running_loop()
    is_over = asyncio.Event()
    last_resort = threading.Timer(GRACE_S, lambda: os._exit(endpoint.exit_code))
    last_resort.daemon = True
    once = threading.Lock()

    def end() -> None:
        if once.acquire(blocking=False):
            last_resort.start()  # before the loop is asked: it may be the one that is stuck
            _call(loop, is_over.set)

    outbox = Outbox(send, end)
    endpoint.connect(outbox, end)
    reader = threading.Thread(target=_read, args=(loop, endpoint, receive, end), name="whence-reader", daemon=True)
    reader.start()
    try:
        await is_over.wait()
    finally:
        end()
        endpoint.disconnect()
        outbox.close()
    await loop.run_in_executor(None, outbox.wait_until_sent, FLUSH_S)
    return endpoint.exit_code


def _read(
    loop: asyncio.AbstractEventLoop, endpoint: Endpoint, receive: Callable[[], bytes], end: Callable[[], None]
) -> None:
    framing = Framing()
    try:
        while data := receive():
            for found in framing.feed(data):
                if isinstance(found, Fault):
                    logger.warning("%s", found.message)
                    _call(loop, endpoint.refuse, found.code, found.message)
                else:
                    _call(loop, endpoint.receive, found)
    except OSError as error:
        logger.info("the client can no longer be read: %s", error)
    end()


def _call(loop: asyncio.AbstractEventLoop, function: Callable[..., None], *arguments: object) -> None:
    """Have the loop call `function` soon; from any thread."""
    try:
        loop.call_soon_threadsafe(function, *arguments)
    except RuntimeError:  # the loop is closed: nobody is left to be told
        logger.debug("came too late for the loop")


@attrs.frozen
class _Streams:
    source: int
    sink: int


def _take_standard_streams() -> _Streams:
    """Keep stdin and stdout for the protocol as file descriptors of our own and point the standard ones elsewhere."""
    if sys.stdin is None or sys.stdout is None:  # started with one closed; its number may belong to another file now
        raise UsageError("The server speaks over stdin and stdout, and one of them is closed; an editor opens both")
    sys.stdout.flush()
    streams = _Streams(source=os.dup(0), sink=os.dup(1))  # not inherited by child processes
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # started without a stderr
        os.dup2(nowhere, 1)
    os.close(nowhere)
    sys.stdout = sys.stderr
    if sys.platform == "win32":
        import msvcrt

        # Text mode would turn every \n into \r\n.
        msvcrt.setmode(streams.source, os.O_BINARY)
        msvcrt.setmode(streams.sink, os.O_BINARY)
    return streams


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
