"""A client that shows how Whence stands: told when that changes, and able to remove an index."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.client import Json, run_async
from tests.lsp.support import configure, indexed, is_complete, paths, serving, until
from tests.support import write_tree
from whence.app import LocalServices
from whence.engine import first_step
from whence.engine.jobs import CancelToken, Phase, Progress

TOLD = {"statusNotifications": True}

STATIC = Path(__file__).parents[2] / "models" / "whence-static"


@run_async
async def test_a_client_that_asks_for_it_is_told_how_every_folder_stands(shop: Path) -> None:
    async with serving(shop, options=TOLD) as client:
        whole = await client.wait_for("whence/didChangeStatus", is_whole)

        assert whole == await client.request("whence/status", {})
        first = next(said.params for said in client.said if said.method == "whence/didChangeStatus")
        assert first["folders"][0]["activity"] != "idle"

        n_said = len(client.said)
        await client.request("whence/pause", {"paused": True})
        await client.wait_for("whence/didChangeStatus", lambda status: status["paused"], since=n_said)


def take_first_step(root: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Index a folder up to where the model would begin; the number of chunks."""
    monkeypatch.setenv("WHENCE_FIRST_MODEL", str(STATIC))
    monkeypatch.setattr(first_step, "FEW_CHUNKS", 1)
    token = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.phase is Phase.SETTLING:
            token.cancel()

    with closing(LocalServices().open(root)) as workspace:
        workspace.refresh(stop, token)
        return workspace.status().counts.n_chunks


def test_a_client_is_told_which_model_knows_how_much(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    n_chunks = take_first_step(shop, monkeypatch)

    @run_async
    async def ask() -> None:
        async with serving(shop, settings={"index": {"onOpen": False}}) as client:
            folder = (await client.request("whence/status", {}))["folders"][0]
            told = (folder["embedded"], folder["embeddedFirst"], folder["firstModel"])
            assert told == (0, n_chunks, "whence-static")

            params = {"query": "how much do products in the cart cost altogether"}
            answer = await until(client, "whence/search", params, lambda answer: "first" in answer["timings"])
            assert answer["hits"][0]["symbol"] == "basketTotal"
            assert answer["completeness"]["embeddedFirst"] == n_chunks

    ask()


@run_async
async def test_models_chosen_in_the_settings_are_used_from_then_on(shop: Path) -> None:
    async with serving(shop, is_indexed=True) as client:
        tiny = (await client.request("whence/status", {}))["model"]

        configure(client, {"index": {"models": "whence-static"}})
        question = {"query": "how much do products in the cart cost altogether"}
        found = await until(client, "whence/search", question, lambda answer: bool(answer["hits"]))
        assert found["hits"][0]["symbol"] == "basketTotal"
        status = await until(client, "whence/status", {}, is_complete)
        assert (status["model"], status["folders"][0]["firstModel"]) == ("whence-static", "")

        configure(client, {"index": {"models": "both"}})
        await until(client, "whence/status", {}, lambda told: told["model"] == tiny and is_complete(told))


@run_async
async def test_the_last_choice_of_models_counts_and_a_folder_that_is_gone_harms_no_other(
    shop: Path, tmp_path: Path
) -> None:
    gone = write_tree(tmp_path / "gone", {"a.py": "def one():\n    return 1\n"})
    async with serving(gone, shop, is_indexed=True) as client:
        shutil.rmtree(gone)
        for models in ("whence-static", "both", "whence-code", "whence-static"):
            configure(client, {"index": {"models": models}})

        question = {"query": "how much do products in the cart cost altogether"}
        found = await until(client, "whence/search", question, lambda answer: bool(answer["hits"]))
        assert found["hits"][0]["symbol"] == "basketTotal"
        assert (await client.request("whence/status", {}))["model"] == "whence-static"
        assert not [line for line in client.log if "Traceback" in line]


@run_async
async def test_a_client_that_does_not_ask_is_told_nothing_it_does_not_know(shop: Path) -> None:
    async with serving(shop, is_indexed=True) as client:
        assert [said.method for said in client.said if said.method.startswith("whence/")] == []


@run_async
async def test_an_index_is_removed_and_built_again_when_asked(shop: Path) -> None:
    async with serving(shop, is_indexed=True, options=TOLD) as client:
        index_dir = Path((await client.request("whence/status", {}))["folders"][0]["indexDir"])
        n_said = len(client.said)

        assert await client.request("whence/clear", {"folders": [shop.as_uri()]}) == {"cleared": 1}

        assert not index_dir.exists()
        told = await client.wait_for(
            "whence/didChangeStatus", lambda status: status["folders"][0]["state"] == "missing", since=n_said
        )
        assert told["folders"][0]["activity"] == "idle"

        await client.request("whence/reindex", {})
        await indexed(client)
        assert "shop/session.py" in await paths(client, "where are sessions expired")


@run_async
async def test_clearing_ends_the_job_that_builds_the_index(shop: Path) -> None:
    async with serving(shop) as client:
        await client.request("whence/clear", {})

        await until(client, "whence/status", {}, is_missing_and_idle)


def is_whole(status: Json) -> bool:
    folder: dict[str, Any] = status["folders"][0]
    return bool(folder["activity"] == "idle" and 0 < folder["chunks"] == folder["embedded"])


def is_missing_and_idle(status: Json) -> bool:
    return all((folder["state"], folder["activity"]) == ("missing", "idle") for folder in status["folders"])
