"""What becomes of one message: order, parameters, errors, commands, cancelling, requests of the server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lsp.client import ServerError, never, run_async
from tests.lsp.echo import (
    CANCELLED,
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    NOT_INITIALIZED,
    REQUEST_FAILED,
    assert_still_answers,
    error_of,
    frame,
    initialized,
    started,
)

# Order


@run_async
async def test_request_before_initialize_is_answered() -> None:
    async with started() as client:
        assert (await error_of(client, "whence/echo", {})).code == NOT_INITIALIZED


@run_async
async def test_second_initialize_is_refused() -> None:
    async with initialized() as client:
        assert (await error_of(client, "initialize", {"processId": None, "capabilities": {}})).code == INVALID_REQUEST


@run_async
async def test_request_after_shutdown_is_refused() -> None:
    async with initialized() as client:
        await client.request("shutdown")

        assert (await error_of(client, "whence/echo", {})).code == INVALID_REQUEST


@run_async
async def test_client_may_send_everything_at_once() -> None:
    async with started() as client:
        first = client.ask("initialize", {"processId": None, "capabilities": {}})
        client.notify("initialized", {})
        second = client.ask("whence/echo", 1)
        third = client.ask("shutdown")
        client.notify("exit")

        assert "capabilities" in await client.outcome(first)
        assert await client.outcome(second) == 1
        assert await client.outcome(third) is None
        assert await client.wait_for_exit() == 0


@run_async
async def test_unknown_request_is_answered_and_unknown_notifications_are_ignored() -> None:
    async with initialized() as client:
        client.notify("$/whatever", {})
        client.notify("whence/unheard", {})

        assert (await error_of(client, "textDocument/rename", {})).code == METHOD_NOT_FOUND
        assert client.log == []


@run_async
async def test_id_in_use_is_refused() -> None:
    async with initialized() as client:
        first = client.ask("whence/endless")
        await client.wait_for("test/began")
        client.send({"jsonrpc": "2.0", "id": first, "method": "whence/echo"})

        with pytest.raises(ServerError) as caught:
            await client.outcome(first)

        assert caught.value.code == INVALID_REQUEST


# Parameters


@run_async
async def test_parameters_of_own_requests_stay_as_they_came() -> None:
    async with initialized() as client:
        for params in (None, {}, {"anyThing": [1, {"a": None}]}, [1, 2], "text"):
            assert await client.request("whence/echo", params) == params


WRONG_PARAMETERS = [
    ({"textDocument": {"uri": "a"}, "position": {"line": "x", "character": 0}}, "position.line: expected int"),
    ({"position": {"line": 0, "character": 0}}, "textDocument: missing"),
    ({"textDocument": {"uri": "a"}, "position": {"line": -1, "character": 0}}, "position: invalid value"),
    ([], "textDocument: expected TextDocumentIdentifier"),
]


@run_async
async def test_request_with_wrong_parameters_is_answered_with_the_field() -> None:
    async with initialized() as client:
        for params, message in WRONG_PARAMETERS:
            error = await error_of(client, "textDocument/hover", params)

            assert (error.code, error.message) == (INVALID_PARAMS, message)


@run_async
async def test_notification_with_wrong_parameters_is_logged_and_ignored() -> None:
    async with initialized() as client:
        client.notify("textDocument/didOpen", {"textDocument": {"uri": "a"}})

        line = await client.wait_for_log("textDocument/didOpen ignored")

        assert line.endswith("textDocument.languageId: missing")
        await assert_still_answers(client)


@run_async
async def test_capabilities_of_a_later_version_do_no_harm() -> None:
    async with started() as client:
        capabilities = {
            "workspace": {"symbol": {"symbolKind": {"valueSet": [1, 99, 98]}}, "workspaceEdit": 5},
            "general": {"positionEncodings": ["utf-8"]},
        }

        result = await client.initialize(capabilities=capabilities)

        assert result["capabilities"]["positionEncoding"] == "utf-8"


@run_async
async def test_documents_follow_their_changes() -> None:
    async with initialized() as client:
        uri = "untitled:Untitled-1"
        client.open(uri, "one 😀\n")
        client.change(uri, "two 😀\n", {"range": range_of(0, 4, 6), "text": "漢"})

        hover = await client.request(
            "textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}
        )

        assert hover == {"contents": "two 漢\n"}


def range_of(line: int, start: int, end: int) -> Any:
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


# Errors


EXCEPTIONS = [
    ("bug", INTERNAL_ERROR, "whence/fail failed: RuntimeError: a first line and a second"),
    ("usage", REQUEST_FAILED, "No such folder; open it first"),
    ("params", INVALID_PARAMS, "limit: expected an integer"),
    ("stopped", CANCELLED, "stopped half-way"),
]


@run_async
async def test_exception_is_answered_in_one_line() -> None:
    async with initialized() as client:
        for which, code, message in EXCEPTIONS:
            error = await error_of(client, "whence/fail", {"with": which})

            assert (error.code, error.message, error.data) == (code, message, None)


@run_async
async def test_result_without_a_form_in_json_is_answered_with_an_error() -> None:
    async with initialized() as client:
        assert (await error_of(client, "whence/unsendable")).code == INTERNAL_ERROR


@run_async
async def test_failing_notification_is_logged_and_no_message_pops_up() -> None:
    async with initialized() as client:
        client.notify("test/failing", {})

        await client.wait_for_log("test/failing failed: RuntimeError('nobody is told')")
        await assert_still_answers(client)
        assert client.said == []


@run_async
async def test_payloads_are_not_logged() -> None:
    async with initialized() as client:
        client.open("untitled:1", "a secret\n")
        await client.request("whence/echo", "a secret")

    assert not [line for line in client.log if "secret" in line]


# Commands


@run_async
async def test_command_answers_as_the_request_of_its_name() -> None:
    async with initialized() as client:
        params = {"command": "whence/echo", "arguments": [{"anyThing": [1]}]}

        assert await client.request("workspace/executeCommand", params) == {"anyThing": [1]}


WRONG_COMMANDS: list[tuple[Any, str]] = [
    ({"command": "nope"}, 'command: no command "nope"'),
    ({"command": "whence/echo", "arguments": [1, 2]}, "arguments: expected at most one, got 2"),
    ({}, "command: missing"),
]


@run_async
async def test_wrong_command_is_answered_with_what_is_wrong() -> None:
    async with initialized() as client:
        for params, message in WRONG_COMMANDS:
            error = await error_of(client, "workspace/executeCommand", params)

            assert (error.code, error.message) == (INVALID_PARAMS, message)


# Cancelling


@run_async
async def test_cancelled_request_is_answered_while_others_run() -> None:
    async with initialized() as client:
        requests = [client.ask("whence/endless", number) for number in range(3)]
        await client.wait_for("test/began", lambda number: number == 2)

        client.cancel(requests[1])
        with pytest.raises(ServerError) as caught:
            await client.outcome(requests[1])

        assert caught.value.code == CANCELLED
        assert await client.wait_for("test/cancelled") == 1
        assert not client.is_answered(requests[0])
        assert not client.is_answered(requests[2])


@run_async
async def test_cancelled_command_stops_its_handler() -> None:
    async with initialized() as client:
        request = client.ask("workspace/executeCommand", {"command": "whence/endless", "arguments": ["inner"]})
        await client.wait_for("test/began")

        client.cancel(request)
        with pytest.raises(ServerError) as caught:
            await client.outcome(request)

        assert caught.value.code == CANCELLED
        assert await client.wait_for("test/cancelled") == "inner"


@run_async
async def test_cancelled_request_is_answered_though_its_handler_does_not_stop() -> None:
    async with initialized() as client:
        request = client.ask("whence/stubborn")
        await client.wait_for("test/began")

        client.cancel(request)

        with pytest.raises(ServerError):
            await client.outcome(request)


@run_async
async def test_cancelling_what_is_answered_or_unknown_does_nothing() -> None:
    async with initialized() as client:
        for params in ({"id": 1}, {"id": "unknown"}, {"id": None}, {}, None):
            client.notify("$/cancelRequest", params)

        await assert_still_answers(client)
        assert client.log == []


@run_async
async def test_request_cancelled_before_it_began_is_answered() -> None:
    async with initialized() as client:
        request = 1000
        client._answers[request] = client._loop.create_future()
        call = {"jsonrpc": "2.0", "id": request, "method": "whence/endless"}
        cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": request}}

        client.send_bytes(frame(call) + frame(cancel))

        with pytest.raises(ServerError) as caught:
            await client.outcome(request)
        assert caught.value.code == CANCELLED


# Requests of the server


@run_async
async def test_client_is_asked_and_its_answer_used() -> None:
    async with initialized() as client:
        client.settings["whence"] = {"index": {"onOpen": False}}
        question = {"method": "workspace/configuration", "params": {"items": [{"section": "whence"}]}, "within": 30}

        answer = await client.request("whence/ask", question)

        assert answer == {"answer": [{"index": {"onOpen": False}}], "remembered": 0}


@run_async
async def test_client_that_never_answers_holds_up_nobody_and_is_forgotten() -> None:
    async with initialized() as client:
        client.handlers["workspace/codeLens/refresh"] = never
        question = {"method": "workspace/codeLens/refresh", "params": None}
        endless = client.ask("whence/ask", {**question, "within": 3600})
        await client.wait_for("workspace/codeLens/refresh")

        await assert_still_answers(client)
        brief = await client.request("whence/ask", {**question, "within": 0.001})

        assert brief["answer"] == "the client did not answer workspace/codeLens/refresh within 0.001 s"
        assert brief["remembered"] == 2  # the endless one, in both tables
        await client.wait_for("$/cancelRequest")
        assert not client.is_answered(endless)


@run_async
async def test_malformed_answer_of_the_client_fails_the_asking_request_alone() -> None:
    async with initialized() as client:
        question = {"method": "window/showMessageRequest", "params": {"type": 1, "message": "?"}, "within": 30}
        client.handlers["window/showMessageRequest"] = lambda _: {}

        error = await error_of(client, "whence/ask", question)

        assert "does not fit" in error.message
        await assert_still_answers(client)
