"""From `initialize` to an index that is whole: answers at once, indexing that can be held, stopped and taken up."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from tests.lsp.client import Json, ServerError, connected, run_async
from tests.lsp.support import (
    CAPABLE,
    REQUEST_FAILED,
    SERVE,
    finished_job,
    indexed,
    many_functions,
    messages,
    paths,
    search,
    serving,
    until,
)

HEAVY = ("lancedb", "pyarrow", "onnxruntime", "tokenizers", "numpy", "tree_sitter")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process does not tell which libraries it holds")
@run_async
async def test_initialize_is_answered_before_any_heavy_library_is_there(shop: Path) -> None:
    async with connected(SERVE) as client:
        await client.request(
            "initialize",
            {"processId": None, "capabilities": {}, "workspaceFolders": [{"uri": shop.as_uri(), "name": ""}]},
        )

        maps = Path(f"/proc/{client.pid}/maps").read_text()

        assert [library for library in HEAVY if f"/{library}" in maps] == []


@run_async
async def test_a_known_workspace_answers_at_once_by_name_and_later_by_meaning(shop: Path) -> None:
    async with serving(shop, is_indexed=True):
        pass

    async with serving(shop, settings={"index": {"onOpen": False}}) as client:
        first = await search(client, "validate_jwt_token")
        assert [hit["symbol"] for hit in first["hits"]][:1] == ["validate_jwt_token"]
        assert first["completeness"]["complete"] is False
        assert first["completeness"]["chunks"] > 0

        later = await until(
            client,
            "whence/search",
            {"query": "forget who is signed in when the time is over"},
            lambda answer: answer["completeness"]["complete"],
        )
        assert later["hits"][0]["path"] == "shop/session.py"


@run_async
async def test_nothing_is_indexed_unasked_where_the_setting_says_so(shop: Path) -> None:
    async with serving(shop, settings={"index": {"onOpen": False}}) as client:
        with pytest.raises(ServerError, match="not there yet") as refused:
            await search(client, "where are sessions expired")
        assert refused.value.code == REQUEST_FAILED
        (shop / "new.py").write_text("def brand_new(): pass\n")
        client.save(shop / "new.py")
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": (shop / "new.py").as_uri(), "type": 1}]})
        status = await until(client, "whence/status", {}, lambda status: status["folders"][0]["activity"] == "idle")
        assert status["folders"][0]["state"] == "missing"

        assert await client.request("whence/reindex", {}) == {"queued": 1}

        status = await indexed(client)
        assert status["folders"][0]["files"] == 5
        assert "shop/session.py" in await paths(client, "where are sessions expired")


@run_async
async def test_indexing_is_stopped_and_begun_again_paused_and_resumed_and_built_anew(tmp_path: Path) -> None:
    root = many_functions(tmp_path / "parcels", 90)
    async with serving(root, capabilities=CAPABLE) as client:
        begun = await client.wait_for("$/progress", is_begin)
        assert begun["value"]["cancellable"] is True
        assert begun["value"]["title"] == "Whence: indexing parcels"
        client.notify("window/workDoneProgress/cancel", {"token": begun["token"]})
        ended = await client.wait_for("$/progress", is_end)
        assert ended["value"]["message"].startswith("stopped after")
        stopped = await until(client, "whence/status", {}, lambda status: activity(status) == "idle")
        assert stopped["folders"][0]["embedded"] < 720

        n_said = len(client.said)
        await client.request("whence/reindex", {"folders": [root.as_uri()], "fresh": True})
        await client.wait_for(
            "$/progress", lambda said: "of 90 files" in said["value"].get("message", ""), since=n_said
        )
        assert await client.request("whence/pause", {"paused": True}) == {"paused": True}
        paused = await until(client, "whence/status", {}, lambda status: activity(status) == "paused")
        assert paused["paused"] is True
        answer = await search(client, "ship_parcel_17")
        assert answer["completeness"]["complete"] is False

        # Going on and pausing again at once must not lose the job either.
        for is_paused in (False, True, False):
            await client.request("whence/pause", {"paused": is_paused})
        whole = await indexed(client)
        assert whole["folders"][0]["chunks"] == 720

        n_said = len(client.said)
        assert await client.request("whence/reindex", {"fresh": True}) == {"queued": 1}
        fresh = await finished_job(client, since=n_said)
        assert "90 files changed" in fresh
        assert " 0 passages embedded, 720 known" in fresh
        await indexed(client)
        assert messages(client, "window/showMessage") == []


@pytest.mark.slow
@run_async
async def test_a_server_killed_while_indexing_is_followed_by_one_that_completes(tmp_path: Path) -> None:
    root = many_functions(tmp_path / "parcels", 120)
    async with connected(SERVE) as client:
        await client.initialize([root], CAPABLE)
        await client.wait_for("$/progress", lambda said: "embedding" in said["value"].get("message", ""))
        psutil.Process(client.pid).kill()
        await client.wait_for_exit()

    async with serving(root, capabilities=CAPABLE) as client:
        status = await indexed(client)
        assert status["folders"][0]["files"] == 120
        assert "known" in await finished_job(client)
        assert (await search(client, "ship_parcel_17"))["hits"][0]["symbol"] == "ship_parcel_17"


@run_async
async def test_a_client_that_refuses_a_progress_bar_sees_none_and_is_served(tmp_path: Path) -> None:
    root = many_functions(tmp_path / "parcels", 12)

    def refuse(_params: Json) -> Json:
        raise ServerError(-32601, "no room")

    async with connected(SERVE) as client:
        client.handlers["window/workDoneProgress/create"] = refuse
        await client.initialize([root], CAPABLE)

        await indexed(client)

        assert [said for said in client.said if said.method == "$/progress"] == []
        assert messages(client, "window/showMessage") == []


def activity(status: Json) -> str:
    """What is being done for the first folder."""
    return str(status["folders"][0]["activity"])


def is_begin(said: Json) -> bool:
    """Whether a progress begins."""
    return bool(said["value"]["kind"] == "begin")


def is_end(said: Json) -> bool:
    """Whether a progress ends."""
    return bool(said["value"]["kind"] == "end")
