"""A server among what clients, editors and disks really send: defined answers, one clear line, and never a hang."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path

import psutil
import pytest

from tests.lsp.client import Json, ServerError, connected, never, run_async, uri_of
from tests.lsp.support import (
    CAPABLE,
    INVALID_PARAMS,
    REQUEST_FAILED,
    SERVE,
    document,
    found_in,
    indexed,
    many_functions,
    messages,
    messages_of_trace,
    paths,
    search,
    serving,
    until,
)
from tests.support import SHOP, write_tree

BY_HAND = {"index": {"onOpen": False}}
SESSION = SHOP["shop/session.py"]


@run_async
async def test_without_any_folder_every_question_has_an_empty_answer() -> None:
    async with serving(settings=BY_HAND) as client:
        client.open("untitled:Untitled-1", SESSION)
        somewhere = {"textDocument": document("untitled:Untitled-1")}
        top = {"line": 3, "character": 7}

        assert (await search(client, "where are sessions expired"))["hits"] == []
        assert (await client.request("whence/status", {}))["folders"] == []
        assert await client.request("whence/reindex", {}) == {"queued": 0}
        assert await client.request("workspace/symbol", {"query": "sessions"}) == []
        assert await client.request("textDocument/codeLens", somewhere) == []
        assert await client.request("textDocument/hover", {**somewhere, "position": top}) is None
        range_ = {"start": top, "end": top}
        assert (
            await client.request(
                "textDocument/codeAction", {**somewhere, "range": range_, "context": {"diagnostics": []}}
            )
            == []
        )
        with pytest.raises(ServerError, match="not a file in an open folder") as refused:
            await client.request("whence/similar", {**somewhere, "position": top})
        assert refused.value.code == REQUEST_FAILED


@run_async
async def test_uris_of_other_schemes_are_nobodys_files(shop: Path) -> None:
    remote = f"vscode-remote://ssh-remote+host{shop}"
    strange = [
        "untitled:Untitled-1",
        f"git:{shop}/shop/session.py?%7B%22ref%22%3A%22HEAD%22%7D",
        f"{remote}/shop/session.py",
        "file:///C%3A/w/session.py",
        "file:///c:/w/session.py",
        "file://otherhost/w/session.py",
    ]
    async with serving(remote, shop, settings=BY_HAND) as client:
        for uri in strange:
            client.open(uri, SESSION)
            client.change(uri, SESSION + "\n# changed\n")
            client.save(uri)
            assert await client.request("textDocument/codeLens", {"textDocument": document(uri)}) == []
            with pytest.raises(ServerError, match="not a file in an open folder") as refused:
                await client.request("whence/explainFile", {"uri": uri})
            assert refused.value.code == REQUEST_FAILED
            client.close_document(uri)

        status = await client.request("whence/status", {})
        assert [folder["uri"] for folder in status["folders"]] == [shop.as_uri()]
        await client.wait_for("window/logMessage", lambda said: "is not a folder on this machine" in said["message"])


@run_async
async def test_folders_that_cannot_be_opened_are_left_out_with_one_line_each(shop: Path) -> None:
    a_file = shop / "README.md"
    gone = shop / "gone"
    too_long = shop / ("x" * 400)

    async with serving(a_file, gone, too_long, shop, settings=BY_HAND) as client:
        status = await client.request("whence/status", {})

        assert [folder["path"] for folder in status["folders"]] == [str(shop)]
        for path in (a_file, gone, too_long):
            told = [line for line in messages(client, "window/logMessage") if uri_of(path) in line]
            assert len(told) == 1
            assert "is not searched" in told[0]


@run_async
async def test_a_root_uri_alone_is_a_folder(shop: Path) -> None:
    async with connected(SERVE) as client:
        await client.request("initialize", {"processId": None, "rootUri": shop.as_uri(), "capabilities": {}})
        client.notify("initialized", {})

        status = await client.request("whence/status", {})

        assert [folder["uri"] for folder in status["folders"]] == [shop.as_uri()]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names that are no UTF-8")
@run_async
async def test_roots_and_files_with_odd_names_are_searched(tmp_path: Path) -> None:
    odd = write_tree(
        tmp_path / "with space #1 ä 雪", {"größe 100%.py": "def measure_parcel_girth(parcel):\n    return 1\n"}
    )
    raw = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    write_tree(raw, {"plain.py": "def brew_bitter_coffee(beans):\n    return beans\n"})
    Path(os.fsdecode(os.fsencode(raw) + b"/na\xefve.py")).write_text("def naive_guess(x):\n    return x\n")
    raw_uri = f"{tmp_path.as_uri()}/caf%E9"

    async with serving(odd, raw_uri) as client:
        await indexed(client)

        hit = await found_in(client, "measure_parcel_girth", "größe 100%.py")
        assert hit["uri"] == f"{odd.as_uri()}/gr%C3%B6%C3%9Fe%20100%25.py"
        assert (await client.request("whence/explainFile", {"uri": hit["uri"]}))["indexed"]
        hit = await found_in(client, "brew_bitter_coffee", "plain.py")
        assert (hit["folder"], hit["uri"]) == (raw_uri, f"{raw_uri}/plain.py")
        assert messages(client, "window/showMessage") == []


@run_async
async def test_a_folder_deleted_while_open_keeps_its_index_and_says_so_once(shop: Path) -> None:
    async with serving(shop, capabilities=CAPABLE, is_indexed=True) as client:
        shutil.rmtree(shop)
        await client.request("whence/reindex", {})
        await until(client, "whence/status", {}, has_failed)
        await client.request("whence/reindex", {})
        status = await until(client, "whence/status", {}, has_failed)

        assert status["folders"][0]["state"] == "usable"
        assert status["folders"][0]["chunks"] > 0
        assert (await search(client, "where are sessions expired"))["hits"] == []
        shown = messages(client, "window/showMessage")
        assert len(shown) == 1
        assert "is gone" in shown[0]

        write_tree(shop, SHOP)
        await client.request("whence/reindex", {})
        await indexed(client)
        assert "shop/session.py" in await paths(client, "where are sessions expired")


@run_async
async def test_malformed_messages_in_between_cost_one_error_each(shop: Path) -> None:
    async with serving(shop, settings=BY_HAND) as client:
        client.send_bytes(b'Content-Length: 9\r\n\r\n{"a": nul')
        assert (await client.wait_for_nameless_error()).code == -32700
        client.notify("textDocument/didChange", {"textDocument": {"uri": "file:///nowhere.py", "version": 2}})
        client.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": (shop / "new.py").as_uri(), "version": 2}, "contentChanges": [{"text": "x = 1"}]},
        )
        client.notify("textDocument/didClose", {"textDocument": {"uri": "file:///nowhere.py"}})
        client.notify("textDocument/didOpen", {"textDocument": "file:///nowhere.py"})
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": 7, "type": "made"}]})
        client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [{"uri": "?"}], "removed": []}})
        for method, params in [
            ("textDocument/hover", {"textDocument": {}, "position": {"line": 0, "character": 0}}),
            ("textDocument/codeLens", {}),
            ("workspace/executeCommand", {"command": "whence/nothing", "arguments": []}),
            ("workspace/executeCommand", {"command": "whence/search", "arguments": [{}, {}]}),
            ("codeLens/resolve", {"range": "everywhere"}),
        ]:
            with pytest.raises(ServerError) as refused:
                await client.request(method, params)
            assert refused.value.code == INVALID_PARAMS
            assert "\n" not in refused.value.message
        lens = {"range": {"start": {"line": 9**9, "character": 0}, "end": {"line": 9**9, "character": 1}}}
        assert (await client.request("codeLens/resolve", {**lens, "data": ["not", "ours"]}))["range"] == lens["range"]

        assert len((await client.request("whence/status", {}))["folders"]) == 1
        assert not any("Traceback" in line for line in [*client.log, *messages(client, "window/logMessage")])


@run_async
async def test_a_client_that_answers_nothing_is_served_all_the_same(shop: Path) -> None:
    capabilities = {**CAPABLE, "workspace": {**CAPABLE["workspace"], "configuration": True}}
    async with connected(SERVE) as client:
        for method in ("workspace/configuration", "client/registerCapability", "window/workDoneProgress/create"):
            client.handlers[method] = never
        await client.initialize([shop], capabilities)

        await indexed(client)

        assert "shop/session.py" in await paths(client, "where are sessions expired")


@run_async
async def test_a_huge_document_and_a_burst_of_typing_hold_up_nobody(shop: Path) -> None:
    big, small = shop / "big.py", shop / "shop" / "session.py"
    async with serving(shop, is_indexed=True) as client:
        client.notify("$/setTrace", {"value": "verbose"})
        client.open(big, "def grow(x):\n    return x\n\n\n" * 40_000)
        client.open(small, SESSION)
        for idx in range(100):
            client.change(big, {"range": _range(0, 0, 0, 0), "text": f"# {idx}\n"})
            client.change(small, {"range": _range(0, 0, 0, 0), "text": "x"})
        client.change(small, SESSION + "\n\ndef reticulate_splines(count):\n    return count\n")

        await found_in(client, "reticulate_splines", "shop/session.py")

        looks = messages_of_trace(client, "took up shop/session.py")
        assert 1 <= len(looks) <= 4


@run_async
async def test_positions_beyond_the_end_mean_the_end(shop: Path) -> None:
    place = {"textDocument": document(shop / "shop" / "session.py")}
    beyond = {"line": 5, "character": 10**6}
    below = {"line": 10**6, "character": 0}
    async with serving(shop, is_indexed=True) as client:
        inside = await client.request("whence/similar", {**place, "position": beyond})
        assert inside["target"]["symbol"] == "Session"
        assert await client.request("textDocument/hover", {**place, "position": below}) is None
        to_the_end = {"start": {"line": 12, "character": 0}, "end": {"line": 10**6, "character": 10**6}}
        selected = await client.request("whence/similar", {**place, "range": to_the_end})
        assert selected["target"]["range"]["start"]["line"] == 12
        with pytest.raises(ServerError, match="there is no line") as refused:
            await client.request("whence/similar", {**place, "position": below})
        assert refused.value.code == REQUEST_FAILED


@run_async
async def test_modules_of_the_users_project_do_not_shadow_ours(tmp_path: Path) -> None:
    root = many_functions(tmp_path / "project", 30, 1)
    trap = "raise SystemExit('the project ran')\n"
    write_tree(root, dict.fromkeys(["queue.py", "json.py", "whence/__init__.py", "psutil.py"], trap))
    start = "import sys; sys.path = [path for path in sys.path if path]; from whence.__main__ import main; main()"
    async with connected([sys.executable, "-c", start, "serve"], cwd=root) as client:
        await client.initialize([root])

        await indexed(client)

        assert messages(client, "window/showMessage") == []


@pytest.mark.slow
@run_async
async def test_it_ends_in_time_while_a_worker_indexes_and_leaves_no_process(tmp_path: Path) -> None:
    root = many_functions(tmp_path / "big", 300)
    for is_orderly in (True, False):
        async with connected(SERVE) as client:
            await client.initialize([root], CAPABLE)
            await client.wait_for("$/progress", lambda said: said["value"]["kind"] == "begin")
            workers = psutil.Process(client.pid).children(recursive=True)
            assert len(workers) == 1

            if is_orderly:
                assert await client.shut_down(timeout_s=20.0) == 0
            else:
                psutil.Process(client.pid).kill()
                await client.wait_for_exit(20.0)

            _gone, alive = await asyncio.to_thread(psutil.wait_procs, workers, 20.0)
            assert alive == []


def has_failed(status: Json) -> bool:
    """Whether the first folder cannot be indexed."""
    return bool(status["folders"][0]["activity"] == "failed")


def _range(start_line: int, start: int, end_line: int, end: int) -> Json:
    return {"start": {"line": start_line, "character": start}, "end": {"line": end_line, "character": end}}
