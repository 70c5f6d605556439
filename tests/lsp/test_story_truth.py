"""Answers hold for what is on screen and on disk: typing, saving, renaming, branches, folders, a second server."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from tests.lsp.client import Client, Json, connected, run_async
from tests.lsp.support import (
    CAPABLE,
    SERVE,
    document,
    finished_job,
    found_in,
    indexed,
    is_complete,
    many_functions,
    messages,
    no_longer_in,
    paths,
    search,
    serving,
    until,
)
from tests.support import SHOP, git, write_tree

SESSION = SHOP["shop/session.py"]
TYPED = "\n\ndef reticulate_splines(count):\n    return count\n"
MADE, CHANGED, DELETED = 1, 2, 3


@run_async
async def test_what_is_typed_counts_until_it_is_closed_and_what_is_saved_stays(shop: Path) -> None:
    path, name = shop / "shop" / "session.py", "shop/session.py"
    async with serving(shop, capabilities=CAPABLE, is_indexed=True) as client:
        client.open(path, SESSION)
        client.change(path, insertion(0, 0, "# moved down\n"))
        await until(client, "whence/search", {"query": "validate_jwt_token"}, lambda answer: starts_at(answer, 13))

        client.change(path, SESSION.partition("\n\ndef validate")[0] + TYPED)
        hit = await found_in(client, "reticulate_splines", name)
        assert (hit["symbol"], hit["snippet"].splitlines()[0]) == (
            "reticulate_splines",
            "def reticulate_splines(count):",
        )
        assert "validate_jwt_token" not in await symbols(client, "validate_jwt_token")
        assert (await client.request("whence/status", {}))["folders"][0]["activity"] == "idle"

        client.close_document(path)
        await until(client, "whence/search", {"query": "validate_jwt_token"}, lambda answer: starts_at(answer, 12))
        assert "reticulate_splines" not in await symbols(client, "reticulate_splines")

        client.open(shop / "new.py", TYPED.strip() + "\n")
        assert (await found_in(client, "reticulate_splines", "new.py"))["language"] == "python"
        n_said = len(client.said)
        (shop / "new.py").write_text(TYPED.strip() + "\n")
        client.save(shop / "new.py")
        assert "1 files changed" in await finished_job(client, since=n_said)
        client.close_document(shop / "new.py")
        assert (await client.request("whence/explainFile", document(shop / "new.py")))["indexed"] is True
        await found_in(client, "reticulate_splines", "new.py")


@run_async
async def test_files_that_change_outside_are_followed_by_what_the_client_tells(shop: Path) -> None:
    async with serving(shop, capabilities=CAPABLE, is_indexed=True) as client:
        asked = await client.wait_for("client/registerCapability")
        assert asked["registrations"][0]["method"] == "workspace/didChangeWatchedFiles"

        write_tree(shop, {"shop/session.py": SESSION + TYPED, "shop/new.py": "def brew_coffee(beans): return beans\n"})
        watched(client, (shop / "shop" / "session.py", CHANGED), (shop / "shop" / "new.py", MADE))
        await found_in(client, "reticulate_splines", "shop/session.py")
        await found_in(client, "brew_coffee", "shop/new.py")

        (shop / "shop" / "new.py").unlink()
        watched(client, (shop / "shop" / "new.py", DELETED))
        await n_files(client, 4)
        assert "brew_coffee" not in await symbols(client, "brew_coffee")

        # A folder is renamed in the editor: the files below it have moved, and nothing is embedded for that.
        n_said = len(client.said)
        (shop / "shop").rename(shop / "store")
        renamed = {"oldUri": (shop / "shop").as_uri(), "newUri": (shop / "store").as_uri()}
        client.notify("workspace/didRenameFiles", {"files": [renamed]})
        assert " 2 dropped, 0 passages embedded" in await finished_job(client, since=n_said)
        await found_in(client, "reticulate_splines", "store/session.py")
        assert "shop/session.py" not in await paths(client, "reticulate_splines")

        shutil.rmtree(shop / "store")
        (shop / "README.md").unlink()
        gone = [document(shop / "store"), document(shop / "README.md")]
        client.notify("workspace/didDeleteFiles", {"files": gone})
        await n_files(client, 1)

        # What a client tells of version control's own files is no work.
        watched(client, (shop / ".git" / "index", CHANGED), (shop / ".git" / "objects" / "ab" / "cd", MADE))
        assert (await client.request("whence/status", {}))["folders"][0]["activity"] == "idle"


@run_async
async def test_the_server_watches_by_itself_for_a_client_that_cannot(shop: Path) -> None:
    async with serving(shop, is_indexed=True) as client:
        # It watches from some time on, and no event tells when: until then the file changes again and again.
        seen = shop / "seen.py"
        write_tree(shop, {"seen.py": "def seen_by_the_watcher():\n    return 1\n"})

        def is_seen(answer: Json) -> bool:
            seen.touch()
            return any(hit["symbol"] == "seen_by_the_watcher" for hit in answer["hits"])

        await until(client, "whence/search", {"query": "seen_by_the_watcher"}, is_seen)
        write_tree(shop, {"shop/session.py": SESSION + TYPED})
        await found_in(client, "reticulate_splines", "shop/session.py")

        (shop / "shop" / "session.py").rename(shop / "shop" / "visit.py")
        await found_in(client, "reticulate_splines", "shop/visit.py")
        await no_longer_in(client, "reticulate_splines", "shop/session.py")

        (shop / "shop" / "visit.py").unlink()
        seen.unlink()
        await n_files(client, 3)
        assert not any(said.method == "client/registerCapability" for said in client.said)


@run_async
async def test_a_branch_switch_is_one_job_and_the_way_back_embeds_nothing(tmp_path: Path) -> None:
    root = many_functions(tmp_path / "parcels", 64, 2)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Parcels")
    git(root, "checkout", "-qb", "letters")
    for path in sorted(root.glob("pack*/*.py"))[:60]:
        path.write_text(path.read_text().replace("parcel", "letter"))
    git(root, "commit", "-qam", "Letters")
    git(root, "checkout", "-q", "main")

    async with serving(root, capabilities=CAPABLE, is_indexed=True) as client:

        async def switch(branch: str) -> str:
            n_said = len(client.said)
            changed = git(root, "diff", "--name-only", "HEAD", branch).split()
            git(root, "checkout", "-q", branch)
            watched(client, *((root / path, CHANGED) for path in changed), (root / ".git" / "HEAD", CHANGED))
            return await finished_job(client, since=n_said)

        n_said = len(client.said)
        there = await switch("letters")
        assert "60 files changed, 0 dropped, 120 passages embedded" in there
        assert "ship_letter_2" in await symbols(client, "ship_letter_2")
        back = await switch("main")
        assert "60 files changed, 0 dropped, 0 passages embedded, 120 known" in back
        assert "ship_letter_2" not in await symbols(client, "ship_letter_2")
        await indexed(client)
        told = [said.params["message"] for said in client.said[n_said:] if said.method == "window/logMessage"]
        assert told == [there, back]


@run_async
async def test_folders_are_ranked_together_and_come_and_go(shop: Path, tmp_path: Path) -> None:
    lib = write_tree(tmp_path / "lib", {"visit.py": SESSION.replace("validate_jwt", "verify_jwt")})
    late = write_tree(tmp_path / "late", {"coffee.py": "def brew_coffee(beans):\n    return beans\n"})
    async with serving(shop, lib, is_indexed=True) as client:
        hits = (await search(client, "where are sessions expired"))["hits"]
        assert {(hit["folder"], hit["path"]) for hit in hits} >= {
            (shop.as_uri(), "shop/session.py"),
            (lib.as_uri(), "visit.py"),
        }
        scores = [hit["score"] for hit in hits]
        assert scores == sorted(scores, reverse=True)
        assert all(hit["uri"] == f"{hit['folder']}/{hit['path']}" for hit in hits)

        # A document of a folder that is not open yet counts from the moment it is.
        client.open(late / "tea.py", TYPED.strip())
        folders(client, added=[late])
        await until(client, "whence/status", {}, lambda status: len(status["folders"]) == 3 and is_complete(status))
        assert (await found_in(client, "brew_coffee", "coffee.py"))["folder"] == late.as_uri()
        await found_in(client, "reticulate_splines", "tea.py")

        folders(client, removed=[late, lib])
        status = await until(client, "whence/status", {}, lambda status: len(status["folders"]) == 1)
        assert status["folders"][0]["uri"] == shop.as_uri()
        answer = await search(client, "reticulate_splines and brew_coffee")
        assert {hit["folder"] for hit in answer["hits"]} <= {shop.as_uri()}
        assert answer["completeness"]["files"] == 4

        # One folder in another: what lies in the inner one is answered from there, once.
        inner = shop / "shop"
        folders(client, added=[inner])
        await until(client, "whence/status", {}, lambda status: len(status["folders"]) == 2 and is_complete(status))
        assert await homes(client, "validate_jwt_token") == [(inner.as_uri(), "session.py")]
        client.open(inner / "session.py", SESSION + TYPED)
        await found_in(client, "reticulate_splines", "session.py")
        assert await homes(client, "reticulate_splines") == [(inner.as_uri(), "session.py")]
        client.close_document(inner / "session.py")
        folders(client, removed=[inner])
        await until(client, "whence/status", {}, lambda status: len(status["folders"]) == 1)
        assert await homes(client, "validate_jwt_token") == [(shop.as_uri(), "shop/session.py")]


@pytest.mark.slow
@run_async
async def test_of_two_servers_one_writes_both_answer_and_the_other_takes_over(tmp_path: Path) -> None:
    root = many_functions(tmp_path / "parcels", 2)
    async with connected(SERVE) as writer, connected(SERVE) as other:
        for client in (writer, other):
            await client.initialize([root], CAPABLE)
        for client in (writer, other):
            await indexed(client)
        n_jobs = sum("passages embedded" in line for line in log(writer, other))
        assert n_jobs == 1

        # What one writes is found by the other, though nobody told it.
        write_tree(root, {"splines.py": TYPED.strip() + "\n"})
        other.save(root / "splines.py")
        for client in (writer, other):
            await found_in(client, "reticulate_splines", "splines.py")

        many_functions(root, 90)
        writer.notify("workspace/didChangeWatchedFiles", {"changes": made(root)})
        await until(writer, "whence/status", {}, lambda status: status["folders"][0]["files"] > 3)
        (worker,) = psutil.Process(writer.pid).children()
        worker.suspend()  # in the midst of writing
        other.notify("workspace/didChangeWatchedFiles", {"changes": made(root)})
        await until(other, "whence/status", {}, lambda status: status["folders"][0]["activity"] == "waiting")
        for client in (writer, other):
            assert (await search(client, "reticulate_splines"))["hits"]

        psutil.Process(writer.pid).kill()
        worker.resume()
        await writer.wait_for_exit()

        status = await indexed(other)
        assert (status["folders"][0]["files"], status["folders"][0]["chunks"]) == (91, 721)
        await found_in(other, "ship_parcel_719", "pack5/part89.py")


def watched(client: Client, *changes: tuple[Path, int]) -> None:
    """Tell the server what changed on disk."""
    told = [{"uri": path.as_uri(), "type": kind} for path, kind in changes]
    client.notify("workspace/didChangeWatchedFiles", {"changes": told})


def made(root: Path) -> Json:
    """What a client tells of all files below a folder."""
    return [{"uri": path.as_uri(), "type": MADE} for path in sorted(root.glob("**/*.py"))]


def log(*clients: Client) -> list[str]:
    """What several servers logged."""
    return [line for client in clients for line in messages(client, "window/logMessage")]


def folders(client: Client, added: Sequence[Path] = (), removed: Sequence[Path] = ()) -> None:
    """Open and close folders."""

    def named(paths: Sequence[Path]) -> Json:
        return [{"uri": path.as_uri(), "name": path.name} for path in paths]

    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": named(added), "removed": named(removed)}})


async def n_files(client: Client, n: int) -> None:
    """Ask until so many files are indexed, and nothing else is to do."""
    await until(client, "whence/status", {}, lambda status: status["folders"][0]["files"] == n and is_complete(status))


async def symbols(client: Client, query: str) -> list[str]:
    """The names of the places that answer."""
    return [hit["symbol"] for hit in (await search(client, query))["hits"]]


async def homes(client: Client, name: str) -> list[tuple[str, str]]:
    """The folder and path of the places with this name."""
    hits = (await search(client, name))["hits"]
    return [(hit["folder"], hit["path"]) for hit in hits if hit["symbol"] == name]


def starts_at(answer: Json, line: int) -> bool:
    """Whether the first hit begins on a line."""
    return bool(answer["hits"]) and bool(answer["hits"][0]["range"]["start"]["line"] == line)


def insertion(line: int, character: int, text: str) -> Json:
    """A change that inserts a text."""
    place = {"line": line, "character": character}
    return {"range": {"start": place, "end": place}, "text": text}
