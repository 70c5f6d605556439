"""The language server as an editor feels it: start, answers while libraries load and while it indexes, what is typed.

Spoken to over stdio with the client of tests/lsp. The folders answering are indexed with the model that ships; the one
that keeps the server busy is written for the run, so that no vector of it is known.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from benchmarks.measure import Row, median, percentile
from benchmarks.questions import ALL
from tests.lsp.client import Client, Json, ServerError, connected
from tests.lsp.support import document, many_functions, position_of, until

SERVE = (sys.executable, "-m", "whence", "serve")
BARE = (sys.executable, "-m", "benchmarks.bare_server")
LONG_S = 900.0

STARTS = 9
CANCELS = 60
EDITS = 20
REQUEST_CANCELLED = -32800


async def measure_start(known: Path, env: Mapping[str, str]) -> list[Row]:
    """`initialize` in turn with a bare server; then the first answer of a known workspace, and requests meanwhile."""
    ours, bare = [], []
    for _ in range(STARTS):
        bare.append(await _initialize_ms(BARE, known, env))
        ours.append(await _initialize_ms(SERVE, known, env))
    ratio = median(ours) / median(bare)
    answers: list[float] = []
    meanwhile: list[float] = []
    for _ in range(STARTS):
        answer, others = await _first_answer_ms(known, env)
        answers.append(answer)
        meanwhile += others
    return [
        Row(
            "`initialize`, from the start of the process, against a bare pygls server",
            f"{ratio:.2f} times ({median(ours):.0f} and {median(bare):.0f} ms, medians of {STARTS} in turn)",
            "≤ 1.15",
            ratio <= 1.15,
        ),
        Row(
            "first `whence/search` of a known workspace, from `initialized`",
            f"{median(answers):.0f} ms, at most {max(answers):.0f}",
            "≤ 500 ms",
            max(answers) <= 500,
        ),
        Row(
            f"{len(meanwhile)} requests that need no heavy library, one after another while those load",
            f"p50 {percentile(meanwhile, 0.5):.0f} ms, p95 {percentile(meanwhile, 0.95):.0f}, max {max(meanwhile):.0f}",
            "≤ 100 ms",
            max(meanwhile) <= 100,
        ),
    ]


async def measure_under_load(known: Path, busy: Path, env: Mapping[str, str]) -> list[Row]:
    """Searches, cancels and hovers at rest, then the same while another folder is indexed at full speed."""
    async with _server([known], env) as client:
        await _loaded(client)
        idle = await _searches_ms(client, known)
        hovers = await _hovers_ms(client, known)
        shutil.rmtree(busy, ignore_errors=True)
        many_functions(busy, 600)
        added = {"event": {"added": [{"uri": busy.as_uri(), "name": "busy"}], "removed": []}}
        client.notify("workspace/didChangeWorkspaceFolders", added)
        await until(client, "whence/status", {}, _is_embedding)
        loaded = await _searches_ms(client, known)
        cancels = await _cancels_ms(client)
        busy_hovers = await _hovers_ms(client, known)
        still = _is_embedding(await client.request("whence/status", {}))
    ratio = percentile(loaded, 0.95) / percentile(idle, 0.95)
    note = "" if still else " (indexing was over before the end)"
    return [
        Row(
            f"p95 of {len(loaded)} searches while another folder is indexed, against at rest",
            f"{ratio:.2f} times ({_told(loaded)}; at rest {_told(idle)}){note}",
            "≤ 2",
            ratio <= 2,
        ),
        Row(
            f"`$/cancelRequest` of {len(cancels)} searches meanwhile, until answered",
            _told(cancels),
            "≤ 50 ms",
            max(cancels) <= 50,
        ),
        Row(f"{len(hovers)} hovers at rest", _told(hovers), "≤ 50 ms", max(hovers) <= 50),
        Row(f"{len(busy_hovers)} hovers meanwhile", _told(busy_hovers), "≤ 50 ms", max(busy_hovers) <= 50),
    ]


async def measure_changes(root: Path, env: Mapping[str, str]) -> list[Row]:
    """What is typed and what is saved, until a search finds it; a storm of keys; a branch switch and back."""
    async with _server([root], env) as client:
        client.notify("$/setTrace", {"value": "verbose"})
        await _loaded(client)
        typed = [await _typed_ms(client, root / "whence_typed.go", idx) for idx in range(EDITS)]
        saved = [await _saved_ms(client, root / f"whence_saved{idx}.go", idx) for idx in range(EDITS)]
        n_looks, storm = await _storm(client, root / "whence_typed.go")
        jobs = [await _switch(client, root, branch) for branch in ("whence-serve", "-", "whence-serve")]
    told = "; ".join(f"{n_jobs} job, {line}" for n_jobs, line in jobs)
    known = all(" 0 passages embedded" in line for _, line in jobs[1:])
    return [
        Row(f"typed and not saved, until found; {EDITS} times", _told(typed), "≤ 1,000 ms", max(typed) <= 1000),
        Row(f"saved, until found; {EDITS} times", _told(saved), "≤ 300 ms", median(saved) <= 300),
        Row(
            "100 `didChange` within a second",
            f"{n_looks} looks at the document; the last change found {storm:.0f} ms after it",
            "one job",
            n_looks <= 4,
        ),
        Row("branch switch there, back, and there again", told, "one job, 0 the second time", known),
    ]


@contextlib.asynccontextmanager
async def _server(folders: Sequence[Path], env: Mapping[str, str]) -> AsyncIterator[Client]:
    async with connected(SERVE, env=env) as client:
        await client.initialize(folders)
        yield client


async def _initialize_ms(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> float:
    start = time.perf_counter()
    async with connected(command, env=env) as client:
        await client.initialize([folder])
        took = time.perf_counter() - start
    return took * 1000


async def _first_answer_ms(folder: Path, env: Mapping[str, str]) -> tuple[float, list[float]]:
    """The first search, and status after status until the libraries are there."""
    async with _server([folder], env) as client:
        start = time.perf_counter()
        answer = await client.request("whence/search", {"query": "where is the offset of a message committed"})
        first = (time.perf_counter() - start) * 1000
        assert answer["hits"]
        place = {"textDocument": document(next(folder.rglob("*.java"))), "position": {"line": 0, "character": 0}}
        others = []
        while not answer["completeness"]["complete"]:
            for method, params in [("whence/status", {}), ("textDocument/hover", place)] * 10:
                start = time.perf_counter()
                await client.request(method, params)
                others.append((time.perf_counter() - start) * 1000)
            answer = await client.request("whence/search", {"query": "commit"})
        return first, others


async def _loaded(client: Client) -> None:
    """Wait until everything is indexed and answers by meaning."""
    await until(client, "whence/status", {}, _is_idle, LONG_S)
    await until(
        client, "whence/search", {"query": "sessions"}, lambda answer: answer["completeness"]["complete"], LONG_S
    )


async def _searches_ms(client: Client, folder: Path) -> list[float]:
    took = []
    for question in [*ALL[:5], *ALL, *ALL]:
        start = time.perf_counter()
        await client.request("whence/search", {"query": question, "folders": [folder.as_uri()]})
        took.append((time.perf_counter() - start) * 1000)
    return took[5:]


async def _cancels_ms(client: Client) -> list[float]:
    took: list[float] = []
    while len(took) < CANCELS:
        msg_id = client.ask("whence/search", {"query": ALL[len(took) % len(ALL)]})
        await asyncio.sleep(0.002)  # it has begun
        start = time.perf_counter()
        client.cancel(msg_id)
        try:
            await client.outcome(msg_id)
        except ServerError as refused:
            if refused.code != REQUEST_CANCELLED:
                raise
        took.append((time.perf_counter() - start) * 1000)
    return took


async def _hovers_ms(client: Client, folder: Path) -> list[float]:
    """Hover over the names of definitions in indexed files, each file anew."""
    took = []
    for path in sorted(folder.rglob("*.java"))[:200:2]:
        text = path.read_text(encoding="utf-8")
        name = f"class {path.stem}"
        if name not in text or not text.isascii():
            continue
        params = {"textDocument": document(path), "position": position_of(text, name, 7)}
        start = time.perf_counter()
        await client.request("textDocument/hover", params)
        took.append((time.perf_counter() - start) * 1000)
    return took


async def _typed_ms(client: Client, path: Path, idx: int) -> float:
    """Type a function into an open document that lies on no disk, and search for it."""
    text = f"package whence\n\nfunc typedPelican{idx}Marker(a int) int {{\n\treturn a * {idx}\n}}\n"
    if idx == 0:
        client.open(path, "package whence\n", "go")
    start = time.perf_counter()
    client.change(path, text)
    await _found(client, f"typedPelican{idx}Marker", path)
    return (time.perf_counter() - start) * 1000


async def _saved_ms(client: Client, path: Path, idx: int) -> float:
    """Write a file as an editor does, and search for what is in it."""
    path.write_text(f"package whence\n\nfunc savedHeron{idx}Marker(a int) int {{\n\treturn a + {idx}\n}}\n")
    start = time.perf_counter()
    client.save(path)
    await _found(client, f"savedHeron{idx}Marker", path)
    return (time.perf_counter() - start) * 1000


async def _storm(client: Client, path: Path) -> tuple[int, float]:
    """A hundred changes in a second; how many looks they caused, and how soon the last is found."""
    await asyncio.sleep(1)  # what came before is looked at
    n_before = _n_looks(client, path)
    for idx in range(100):
        client.change(path, f"package whence\n\nfunc stormyEgret{idx}Marker() {{}}\n")
        await asyncio.sleep(0.01)
    start = time.perf_counter()
    await _found(client, "stormyEgret99Marker", path)
    return _n_looks(client, path) - n_before, (time.perf_counter() - start) * 1000


async def _switch(client: Client, root: Path, branch: str) -> tuple[int, str]:
    """Switch to another branch; how many jobs followed, and what the last one says it did."""
    n_said = len(client.said)
    _git(root, "checkout", "-q", branch)
    await client.wait_for("window/logMessage", _is_job, LONG_S, since=n_said)
    await until(client, "whence/status", {}, _is_idle, LONG_S)
    jobs = [said.params["message"] for said in client.said[n_said:] if _is_job(said.params)]
    return len(jobs), jobs[-1].partition(": ")[2]


def make_branch(root: Path, n_files: int) -> None:
    """Commit a change to some files on a branch of its own, and stay where it was."""
    _git(root, "checkout", "-q", "-B", "whence-serve")
    for idx, path in enumerate(_git(root, "ls-files", "*.go").splitlines()[:n_files]):
        with (root / path).open("a", encoding="utf-8") as file:
            file.write(f"\n// branchMarker{idx} is here for the benchmark.\nfunc branchMarker{idx}() {{}}\n")
    identity = ["-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org"]
    _git(root, *identity, "commit", "-qam", "Touch files")
    _git(root, "checkout", "-q", "-")


async def _found(client: Client, query: str, path: Path) -> None:
    def is_there(answer: Json) -> bool:
        return any(hit["path"] == path.name for hit in answer["hits"])

    await until(client, "whence/search", {"query": query, "limit": 3}, is_there)


def _n_looks(client: Client, path: Path) -> int:
    traced = [said.params["message"] for said in client.said if said.method == "$/logTrace"]
    return sum(f"took up {path.name}" in line for line in traced)


def _is_job(said: Json) -> bool:
    return "passages embedded" in said["message"]


def _is_idle(status: Json) -> bool:
    return all(folder["activity"] == "idle" for folder in status["folders"])


def _is_embedding(status: Json) -> bool:
    return any(folder["activity"] == "embedding" and folder["done"] for folder in status["folders"])


def _told(took: Sequence[float]) -> str:
    return f"p50 {percentile(took, 0.5):.0f} ms, p95 {percentile(took, 0.95):.0f}, max {max(took):.0f}"


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def measure_serve(large: Path, small: Path, work: Path, home: Path) -> list[Row]:
    """Everything; `large` and `small` are brought up to date first, in `home`."""
    env = {"WHENCE_HOME": str(home)}
    copy = work / "serve-copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(small, copy)
    make_branch(copy, 100)
    for root in (large, copy):
        subprocess.run(
            [sys.executable, "-m", "whence", "index", "--root", str(root)], env={**os.environ, **env}, check=True
        )

    async def measure() -> list[Row]:
        return [
            *await measure_start(large, env),
            *await measure_under_load(large, work / "serve-busy", env),
            *await measure_changes(copy, env),
        ]

    return asyncio.run(measure())
