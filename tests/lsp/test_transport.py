"""Framing, streams, sockets, and how a server process ends, over real pipes and sockets."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable

import psutil
import pytest

from tests.lsp.client import ServerError, ServerGone, connected, run_async
from tests.lsp.echo import (
    CANCELLED,
    ECHO,
    ENVIRONMENT,
    INVALID_REQUEST,
    PARSE_ERROR,
    assert_still_answers,
    frame,
    initialized,
    started,
)
from whence.errors import UsageError
from whence.lsp.transport import MAX_MESSAGE_BYTES, Fault, Framing, Outbox, serve_tcp

# Framing, byte by byte


def cut(data: bytes, max_message_bytes: int = 100) -> list[bytes | int]:
    """What a stream is cut into, wherever its pieces end: bodies, and the codes of faults."""
    outcomes: list[list[bytes | int]] = []
    for n_bytes in (1, 3, len(data)):
        framing = Framing(max_message_bytes)
        found = [
            thing for start in range(0, len(data), n_bytes) for thing in framing.feed(data[start : start + n_bytes])
        ]
        outcomes.append([thing.code if isinstance(thing, Fault) else thing for thing in found])
    assert outcomes[0] == outcomes[1] == outcomes[2]
    return outcomes[0]


NEXT = b"Content-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (NEXT + NEXT, [b"{}", b"{}"]),
        (b"content-LENGTH:2\r\nContent-Type: a/b; charset=utf-8\r\n\r\n{}" + NEXT, [b"{}", b"{}"]),
        (b"X-Other: 1\nContent-Length : 2 \n\n{}", [b"{}"]),
        (b"\r\n\r\n" + NEXT, [b"{}"]),
        (b"Content-Length: 0\r\n\r\n" + NEXT, [b"", b"{}"]),
        (b"garbage" + NEXT, [PARSE_ERROR, b"{}"]),
        (b'garbage\n{"a": 1}\r\n\r\nmore of it\n' + NEXT + b"garbage" + NEXT, [PARSE_ERROR, b"{}", PARSE_ERROR, b"{}"]),
        (b"Content-Type: a/b\r\n\r\n{}" + NEXT, [PARSE_ERROR, b"{}"]),
        (b"Content-Length: -2\r\n\r\n{}" + NEXT, [PARSE_ERROR, b"{}"]),
        (b"Content-Length: two\r\n\r\n{}" + NEXT, [PARSE_ERROR, b"{}"]),
        (b"Content-Length: 99999999999999999999\r\n\r\n{}" + NEXT, [PARSE_ERROR, b"{}"]),
        (b"x" * 20_000 + NEXT, [PARSE_ERROR, b"{}"]),
        (b"Content-Length: 101\r\n\r\n" + b"{" * 101 + NEXT, [INVALID_REQUEST, b"{}"]),
    ],
)
def test_stream_is_cut_at_its_headers(stream: bytes, expected: list[bytes | int]) -> None:
    assert cut(stream) == expected


def test_long_message_is_not_kept_while_it_is_passed_over() -> None:
    framing = Framing(max_message_bytes=10)

    list(framing.feed(b"Content-Length: 5000\r\n\r\n" + b"x" * 3000))

    assert framing._buffer == b""


def test_client_that_leaves_too_much_unread_is_lost_once_and_nothing_is_left_out() -> None:
    is_read, lost, sent = threading.Event(), list[bool](), list[bytes]()

    def send(data: bytes) -> None:
        is_read.wait()
        sent.append(data)

    outbox = Outbox(send, lambda: lost.append(True), max_unread_bytes=80)
    for _ in range(5):
        outbox.write(b"0123456789")
    is_read.set()
    outbox.close()

    assert outbox.wait_until_sent(30)
    assert lost == [True]
    assert sent == [b"Content-Length: 10\r\n\r\n0123456789"] * 3


# Streams


@run_async
async def test_message_may_come_in_pieces() -> None:
    async with initialized() as client:
        message = frame({"jsonrpc": "2.0", "method": "whence/endless", "params": "in pieces"})

        for start in range(len(message)):
            client.send_bytes(message[start : start + 1])

        assert await client.wait_for("test/began") == "in pieces"


@run_async
async def test_two_messages_may_come_in_one_write() -> None:
    async with initialized() as client:
        messages = [{"jsonrpc": "2.0", "method": "whence/endless", "params": number} for number in (1, 2)]

        client.send_bytes(b"".join(map(frame, messages)))

        await client.wait_for("test/began", lambda params: params == 2)
        assert [said.params for said in client.said] == [1, 2]


@run_async
async def test_large_text_that_is_not_ascii_comes_back_intact() -> None:
    async with initialized() as client:
        text = "naïve 漢字 😀 " * 270_000

        assert len(text.encode()) > 5_000_000
        assert await client.request("whence/echo", text) == text


@run_async
async def test_half_of_a_surrogate_pair_comes_back_intact() -> None:
    async with initialized() as client:
        client.send_bytes(frame({"jsonrpc": "2.0", "method": "whence/endless", "params": "\ud83d"}))

        assert await client.wait_for("test/began") == "\ud83d"


@run_async
async def test_too_large_message_is_passed_over_and_answered() -> None:
    async with initialized() as client:
        n_bytes = MAX_MESSAGE_BYTES + 1
        client.send_bytes(b"Content-Length: %d\r\n\r\n" % n_bytes)
        client.send_bytes(b"x" * n_bytes)

        error = await client.wait_for_nameless_error()

        assert error.code == INVALID_REQUEST
        assert "passed over" in error.message
        await assert_still_answers(client)


@run_async
async def test_garbage_is_answered_once_and_logged_once() -> None:
    async with initialized() as client:
        client.send_bytes(b"This is\r\nnot a\r\n\r\nprotocol. ")

        await assert_still_answers(client)

        assert [error.code for error in client.nameless_errors] == [PARSE_ERROR]
        await client.wait_for_log("no header")
        assert len([line for line in client.log if "header" in line]) == 1


MALFORMED = [
    (b'{"jsonrpc": "2.0", "id": 1, "method": ', PARSE_ERROR),
    (b'"\xff"', PARSE_ERROR),
    (b"[" * 100_000, PARSE_ERROR),
    (b"", PARSE_ERROR),
    (b"5", INVALID_REQUEST),
    (b'[{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}]', INVALID_REQUEST),
    (b'{"jsonrpc": "2.0", "id": [1], "method": "shutdown"}', INVALID_REQUEST),
    (b'{"jsonrpc": "2.0", "id": null, "method": "shutdown"}', INVALID_REQUEST),
    (b'{"jsonrpc": "2.0", "method": 5}', INVALID_REQUEST),
    (b"{}", INVALID_REQUEST),
]


@run_async
async def test_malformed_message_is_answered_with_an_error_and_reading_goes_on() -> None:
    async with initialized() as client:
        for body, code in MALFORMED:
            client.send_bytes(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

            error = await client.wait_for_nameless_error()

            assert error.code == code, body[:80]
            assert "\n" not in error.message
            await assert_still_answers(client)


@run_async
async def test_what_a_handler_prints_stays_out_of_the_protocol() -> None:
    async with initialized() as client:
        assert await client.request("whence/print") is True

        for text in ("printed", "written natively", "written by a child"):
            await client.wait_for_log(text)
        await assert_still_answers(client)


# The end


@run_async
async def test_shutdown_then_exit_ends_with_0() -> None:
    async with initialized() as client:
        assert await client.shut_down() == 0


@run_async
async def test_exit_without_shutdown_ends_with_1() -> None:
    async with initialized() as client:
        client.notify("exit")

        assert await client.wait_for_exit() == 1


@run_async
async def test_end_of_stdin_ends_with_1_though_requests_run() -> None:
    async with initialized() as client:
        client.ask("whence/stubborn")
        await client.wait_for("test/began")
        client.close_stdin()

        assert await client.wait_for_exit(10) == 1


@run_async
async def test_end_of_stdin_ends_a_server_whose_loop_is_stuck() -> None:
    async with initialized() as client:
        client.ask("whence/block")
        await client.wait_for("test/began")
        client.close_stdin()

        assert await client.wait_for_exit(10) == 1


@run_async
async def test_requests_under_way_are_cancelled_by_shutdown() -> None:
    async with initialized() as client:
        request = client.ask("whence/endless")
        await client.wait_for("test/began")
        await client.request("shutdown")

        with pytest.raises(ServerError) as caught:
            await client.outcome(request)

        assert caught.value.code == CANCELLED


@run_async
async def test_server_ends_when_the_process_that_started_it_is_gone() -> None:
    async with started() as client:
        parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        try:
            await client.initialize(process_id=parent.pid)
            await assert_still_answers(client)
        finally:
            parent.kill()

        # Its stdin is still open, and nobody has asked yet how the parent ended: a zombie on POSIX.
        assert await client.wait_for_exit(10) == 1
        parent.communicate()


@run_async
async def test_process_that_cannot_be_seen_is_not_watched() -> None:
    unseen = max(psutil.pids()) + 100_000

    async with started() as client:
        await client.initialize(process_id=unseen)

        await client.wait_for_log("is not watched")
        await assert_still_answers(client)


def test_server_ends_when_its_reader_is_gone() -> None:
    with subprocess.Popen(
        [str(part) for part in ECHO],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **ENVIRONMENT},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        process.stdin.write(frame({"jsonrpc": "2.0", "id": 1, "method": "early"}))
        process.stdin.flush()

        assert process.wait(10) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX closes the descriptor")
def test_closed_stdin_is_reported_in_one_line() -> None:
    command = ["sh", "-c", 'exec "$@" <&-', "sh", *map(str, ECHO)]

    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **ENVIRONMENT}, check=False)

    assert ran.returncode == 1
    assert ran.stderr.startswith("error: The server speaks over stdin and stdout")
    assert ran.stderr.count("\n") == 1


@run_async
async def test_crash_of_the_server_fails_what_waits() -> None:
    async with initialized() as client:
        request = client.ask("whence/endless")
        await client.wait_for("test/began")
        psutil.Process(client.pid).kill()

        with pytest.raises(ServerGone):
            await client.outcome(request)


# TCP


@run_async
async def test_one_client_is_served_over_a_socket_and_its_leaving_ends_the_server() -> None:
    async with connected([*ECHO, "localhost", "0"], env=ENVIRONMENT) as server:
        line = await server.wait_for_log("listening on 127.0.0.1:")

        with socket.create_connection(("127.0.0.1", int(line.rpartition(":")[2]))) as connection:
            connection.sendall(frame({"jsonrpc": "2.0", "id": 1, "method": "early"}))
            answer = connection.recv(1000)

        assert b'"code":-32002' in answer
        assert await server.wait_for_exit(10) == 1


class Nobody:
    """An endpoint that is never reached."""

    exit_code = 1

    def connect(self, outbox: Outbox, end: Callable[[], None]) -> None:
        raise AssertionError

    def receive(self, body: bytes) -> None:
        raise AssertionError

    def refuse(self, code: int, message: str) -> None:
        raise AssertionError

    def disconnect(self) -> None:
        raise AssertionError


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "example.org", "::", ""])
@run_async
async def test_address_that_others_can_reach_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match="is not a loopback address"):
        await serve_tcp(Nobody(), host, 0)


@run_async
async def test_port_in_use_is_reported_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"^Cannot listen on 127\.0\.0\.1:{port}: .*$"):
            await serve_tcp(Nobody(), "127.0.0.1", port)
