"""Whence's own requests: each as a request and as a command, what they refuse, and answers that say what is not known.

What they answer is held against docs/protocol.md, so that its examples are what a client gets.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.lsp.client import Client, Json, ServerError, connected, run_async
from tests.lsp.support import (
    CAPABLE,
    INVALID_PARAMS,
    REQUEST_CANCELLED,
    REQUEST_FAILED,
    SERVE,
    command,
    document,
    found_in,
    indexed,
    many_functions,
    search,
    serving,
    until,
)
from tests.support import SHOP, Whence, write_tree

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
BY_HAND = {"index": {"onOpen": False}}
TOP = {"line": 0, "character": 0}

TWIN = SHOP["shop/session.py"].partition("\n\n\ndef")[2].join(['"""Old."""\n\n\ndef', ""])
"""A file with a copy of a function of the shop."""


@run_async
async def test_each_is_a_command_too_and_answers_as_the_protocol_shows(shop: Path) -> None:
    write_tree(shop, {"old/tokens.py": TWIN})
    session = (shop / "shop" / "session.py").as_uri()
    asked: dict[str, Json] = {
        "whence/search": {"query": "check a token's signature", "limit": 3},
        "whence/similar": {"textDocument": {"uri": session}, "position": {"line": 13, "character": 4}, "limit": 2},
        "whence/status": {},
        "whence/explainFile": {"uri": session},
        "whence/pause": {"paused": False},
        "whence/reindex": {"folders": [shop.as_uri()]},
        "whence/clear": {},
    }
    async with serving(shop, is_indexed=True) as client:
        for method, params in asked.items():
            await indexed(client)
            answer = await client.request(method, params)
            await indexed(client) if method == "whence/reindex" else None

            assert untimed(await command(client, method, params)) == untimed(answer)
            assert differences(answer, documented(method)) == [], method
            if "completeness" in answer:
                assert answer["completeness"]["complete"] is True
                assert answer["completeness"]["indexing"] is False


@run_async
async def test_a_search_is_limited_to_paths_languages_kinds_folders_and_a_number(shop: Path, tmp_path: Path) -> None:
    other = write_tree(tmp_path / "other", {"lib/session.py": SHOP["shop/session.py"], "main.go": GO})
    question = "where are sessions expired"

    async with serving(shop, other, is_indexed=True) as client:

        async def found(**limits: Json) -> set[str]:
            hits = (await search(client, question, **limits))["hits"]
            return {f"{Path(hit['folder']).name}/{hit['path']}" for hit in hits}

        assert await found(paths=["shop/**", "*.md"]) == {"shop-repo/shop/session.py", *SHOP_TEXTS}
        assert await found(paths=["*.py", "!tests/"]) == {"shop-repo/shop/session.py", "other/lib/session.py"}
        assert await found(languages=["GO"]) == {"other/main.go"}
        languages = (await search(client, question, languages=["go", "Python"]))["hits"]
        assert {hit["language"] for hit in languages} == {"go", "python"}
        assert await found(folders=[other.as_uri() + "/"]) == {"other/lib/session.py", "other/main.go"}
        kinds = (await search(client, question, kinds=["Class", "test"]))["hits"]
        assert {hit["kind"] for hit in kinds} == {"class", "test"}
        assert len((await search(client, question, limit=1))["hits"]) == 1
        alone = await search(client, question, folders=[other.as_uri()])
        assert alone["completeness"]["files"] == 2
        assert alone["completeness"]["complete"] is True
        nothing = await search(client, "sesion tokn", languages=["rust"])
        assert (nothing["hits"], nothing["nearest"]) == ([], [])
        assert {"session", "token"} <= {word.lower() for word in nothing["nearestWords"]}
        with pytest.raises(ServerError, match="is not an open folder") as refused:
            await found(folders=[tmp_path.as_uri()])
        assert refused.value.code == REQUEST_FAILED


@run_async
async def test_a_question_without_an_answer_names_what_came_nearest(shop: Path, whence: Whence) -> None:
    whence("index", "--root", shop)

    # The first question is answered before the model is there, by names alone: the tiny model finds all things alike.
    async with serving(shop, settings=BY_HAND) as client:
        answer = await search(client, "sesion of a tokn on the total")

    assert answer["hits"] == []
    assert [hit["symbol"] for hit in answer["nearest"]] == ["basketTotal"]
    assert {"session", "token"} <= {word.lower() for word in answer["nearestWords"]}
    assert answer["completeness"]["complete"] is False
    assert answer["completeness"]["indexing"] is False


@pytest.mark.parametrize("is_command", [False, True], ids=["request", "command"])
@run_async
async def test_what_does_not_fit_is_refused_with_the_fields_name(*, is_command: bool) -> None:
    async with connected(SERVE) as client:
        await client.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})

        for method, params, told in REFUSED:
            with pytest.raises(ServerError) as refused:
                await (command(client, method, params) if is_command else client.request(method, params))

            assert refused.value.code == INVALID_PARAMS, (method, params)
            assert refused.value.message.startswith(told), (method, params)


@run_async
async def test_while_it_indexes_answers_say_so_and_requests_can_be_cancelled(tmp_path: Path) -> None:
    root = many_functions(tmp_path / "parcels", 90)
    place = {"textDocument": document(root / "pack0" / "part0.py"), "position": TOP}
    async with serving(root, capabilities=CAPABLE) as client:
        asked = client.ask("whence/search", {"query": "ship a parcel"}), client.ask("whence/status", {})
        answer, status = [await client.outcome(msg_id) for msg_id in asked]
        assert (answer["hits"], answer["nearest"], answer["nearestWords"]) == ([], [], [])
        counted = {"files": 0, "chunks": 0, "embedded": 0, "embeddedFirst": 0}
        assert answer["completeness"] == {**counted, "complete": False, "indexing": True}
        assert (status["folders"][0]["state"], status["folders"][0]["activity"]) == ("missing", "listing")

        await client.wait_for("$/progress", lambda said: "embedding" in said["value"].get("message", ""))
        await cancelled(client, "whence/search", {"query": "ship a parcel"})
        await cancelled(client, "whence/similar", place)
        await cancelled(client, "whence/status", {})
        await cancelled(client, "whence/explainFile", {"uri": place["textDocument"]["uri"]})
        await cancelled(client, "workspace/symbol", {"query": "ship a parcel"})
        await cancelled(client, "workspace/executeCommand", {"command": "whence/search", "arguments": [{"query": "x"}]})

        partly = await search(client, "ship_parcel_17")
        assert (partly["completeness"]["complete"], partly["completeness"]["indexing"]) == (False, True)


@run_async
async def test_a_file_is_explained_as_it_stands(shop: Path) -> None:
    write_tree(shop, {".gitignore": "build/\n", "build/made.py": "def made(): pass\n", ".env": "PASSWORD=hunter2\n"})
    async with serving(shop, is_indexed=True) as client:

        async def explained(path: str) -> Json:
            answer = await client.request("whence/explainFile", {"uri": (shop / path).as_uri()})
            assert (answer["path"], answer["folder"]) == (path, shop.as_uri())
            return answer

        session = await explained("shop/session.py")
        assert session["indexed"] is True
        assert session["reason"] == f"python, utf-8, {len(SHOP['shop/session.py'])} bytes"
        assert [chunk["symbol"] for chunk in session["chunks"]] == ["", "Session", "validate_jwt_token"]
        assert session["chunks"][1]["range"] == {
            "start": {"line": 3, "character": 0},
            "end": {"line": 9, "character": 32},
        }
        for path, reason in {
            "build/made.py": "ignored: .gitignore:1: build/",
            ".env": "secret: files of this name hold credentials",
            "nowhere.py": "missing: there is no such file",
        }.items():
            answer = await explained(path)
            assert (answer["indexed"], answer["reason"], answer["chunks"]) == (False, reason, [])

        client.open(shop / "shop" / "session.py", "def only_this():\n    pass\n")
        client.open(shop / "new.py", "def reticulate_splines(count):\n    return count\n")
        await found_in(client, "only_this", "shop/session.py")
        await found_in(client, "reticulate_splines", "new.py")
        typed = await explained("shop/session.py")
        assert typed["reason"].endswith("; changed since it was indexed")
        assert [chunk["symbol"] for chunk in typed["chunks"]] == ["only_this"]
        unsaved = await explained("new.py")
        assert (unsaved["indexed"], unsaved["reason"]) == (False, "not saved yet; found as it stands on screen")

        client.close_document(shop / "new.py")
        await until(
            client,
            "whence/explainFile",
            {"uri": (shop / "new.py").as_uri()},
            lambda answer: answer["reason"] == "missing: there is no such file",
        )


GO = "package main\n\nfunc Expire(session *Session) {\n\tsession.customer = nil\n}\n"

SHOP_TEXTS = {"shop-repo/shop/prices.js", "shop-repo/README.md"}

URI = {"textDocument": {"uri": "file:///w/a.py"}}

REFUSED: list[tuple[str, Json, str]] = [
    ("whence/search", "sessions", "params: expected an object with query, limit, paths"),
    ("whence/search", {}, "query: expected a string, but it is missing"),
    ("whence/search", {"query": None}, "query: expected a string, got null"),
    ("whence/search", {"query": 7}, "query: expected a string, got 7"),
    ("whence/search", {"query": "a", "qurey": "b"}, 'unknown field "qurey"; known are query, limit, paths'),
    ("whence/search", {"query": "a", "limit": 0}, "limit: expected an integer from 1 to 200, got 0"),
    ("whence/search", {"query": "a", "limit": 201}, "limit: expected an integer from 1 to 200, got 201"),
    ("whence/search", {"query": "a", "limit": True}, "limit: expected an integer from 1 to 200, got true"),
    ("whence/search", {"query": "a", "paths": "*.py"}, 'paths: expected a list, got "*.py"'),
    ("whence/search", {"query": "a", "paths": ["a", 1]}, "paths[1]: expected a string, got 1"),
    ("whence/search", {"query": "a", "languages": ["pyton"]}, "languages[0]: expected one of python"),
    ("whence/search", {"query": "a", "kinds": ["funktion"]}, "kinds[0]: expected one of function"),
    ("whence/search", {"query": "a", "folders": ["/w"]}, "folders[0]: expected a URI such as"),
    ("whence/similar", {"position": TOP}, "textDocument: expected an object with uri, but it is missing"),
    ("whence/similar", {"textDocument": {}, "position": TOP}, "textDocument.uri: expected a URI such as"),
    ("whence/similar", {"textDocument": "a.py", "position": TOP}, "textDocument: expected an object with uri, got"),
    ("whence/similar", URI, "position, range: expected exactly one of them, got neither"),
    (
        "whence/similar",
        {**URI, "position": TOP, "range": {"start": TOP, "end": TOP}},
        "position, range: expected exactly one of them, got both",
    ),
    ("whence/similar", {**URI, "position": {"line": -1, "character": 0}}, "position.line: expected an integer from 0"),
    ("whence/similar", {**URI, "position": {"line": 1}}, "position.character: expected an integer"),
    ("whence/similar", {**URI, "range": {"start": TOP}}, "range.end: expected an object with line, character"),
    ("whence/similar", {**URI, "position": TOP, "limit": 101}, "limit: expected an integer from 1 to 100, got 101"),
    ("whence/similar", {**URI, "position": TOP, "lines": 3}, 'unknown field "lines"; known are textDocument'),
    ("whence/status", {"all": True}, 'unknown field "all"; it has none'),
    ("whence/status", 7, "params: expected an object"),
    ("whence/reindex", {"fresh": "yes"}, 'fresh: expected true or false, got "yes"'),
    ("whence/reindex", {"folders": "file:///w"}, 'folders: expected a list, got "file:///w"'),
    ("whence/reindex", {"folder": []}, 'unknown field "folder"; known are folders, fresh'),
    ("whence/clear", {"folders": [1]}, "folders[0]: expected a URI such as"),
    ("whence/clear", {"all": True}, 'unknown field "all"; known are folders'),
    ("whence/pause", {}, "paused: expected true or false, but it is missing"),
    ("whence/pause", {"paused": 1}, "paused: expected true or false, got 1"),
    ("whence/pause", {"paused": True, "for": "ever"}, 'unknown field "for"; known are paused'),
    ("whence/explainFile", {}, "uri: expected a URI such as file:///folder/file.py, but it is missing"),
    ("whence/explainFile", {"uri": "a.py"}, "uri: expected a URI such as"),
    ("whence/explainFile", {"uri": "file:///w/a.py", "text": ""}, 'unknown field "text"; known are uri'),
]


def documented(method: str) -> Json:
    """The answer that the protocol's document shows for a method."""
    shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)]
    (msg_id,) = {one["id"] for one in shown if one.get("method") == method} & {
        one["id"] for one in shown if "result" in one
    }
    return next(one["result"] for one in shown if one["id"] == msg_id and "result" in one)


def differences(value: Json, example: Json, where: str = "result") -> list[str]:
    """Where two answers do not have the same fields with the same types; lists may be empty."""
    if isinstance(value, dict) and isinstance(example, dict):
        if where.endswith(".timings"):
            return []
        others = [f"{where}.{name}" for name in value.keys() ^ example.keys()]
        return others + [
            line
            for name in sorted(value.keys() & example.keys())
            for line in differences(value[name], example[name], f"{where}.{name}")
        ]
    if isinstance(value, list) and isinstance(example, list):
        pairs = zip(value[:1], example[:1], strict=False)
        return [line for one, other in pairs for line in differences(one, other, f"{where}[0]")]
    numbers = (int, float)
    are_numbers = type(value) in numbers and type(example) in numbers
    return [] if are_numbers or type(value) is type(example) else [f"{where}: {value!r} beside {example!r}"]


def untimed(answer: Json) -> Json:
    """An answer without what differs each time it is given: how long it took, and when an index was written."""
    if not isinstance(answer, dict):
        return answer
    folders = [{**one, "changedAt": None, "diskBytes": 0} for one in answer.get("folders", [])]
    return {**answer, "timings": {}, "folders": folders}


async def cancelled(client: Client, method: str, params: Json) -> None:
    """Ask and cancel in one breath until the cancelling was faster than the answer; then the answer is that."""
    codes: list[int] = []
    while not codes:
        msg_id = client.ask(method, params)
        client.cancel(msg_id)
        try:
            await client.outcome(msg_id)
        except ServerError as error:
            codes.append(error.code)
    assert codes == [REQUEST_CANCELLED]
