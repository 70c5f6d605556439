"""Runs one program that searches code, in an environment of its own; speaks JSON lines over stdin and stdout.

    python peer_child.py NAME ROOT HOME

A request is {"do": "index"}, {"do": "open"} or {"do": "ask", "text": …, "mode": …, "limit": …}; the end of the input
ends the process. Each reply bears the peak memory so far, in bytes. Knows the standard library alone until a peer is
asked for: the peers' environments hold nothing of Whence, hence the imports by name inside the functions.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

Hits = list[tuple[str, int, int]]
"""Path relative to the root, first and last line; best first."""

WHOLE_FILE = (1, 10**9)

FILES, CHUNKS_KEPT = "files", "chunks, model kept"
"""Modes of VectorCode; the other peers have but one."""

Value = TypeVar("Value")


class Peer(Protocol):
    """A program over one folder."""

    def index(self) -> int:
        """Index the folder into an empty home; the number of pieces."""
        ...

    def open(self) -> None:
        """Make the index ready to be asked."""
        ...

    def ask(self, text: str, mode: str, limit: int) -> Hits:
        """The best hits for a question."""
        ...

    def close(self) -> None:
        """Leave nothing running."""
        ...


def main() -> None:
    """Do what each line asks."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a peer prints is not an answer
    name, root, home = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    peer = PEERS[name](root, home)
    try:
        for line in sys.stdin:
            request = json.loads(line)
            start = time.perf_counter()
            reply = answer(peer, request)
            ms = (time.perf_counter() - start) * 1000
            out.write(json.dumps({**reply, "ms": ms, "peak_bytes": peak_memory()}) + "\n")
            out.flush()
    finally:
        peer.close()


def answer(peer: Peer, request: Mapping[str, Any]) -> dict[str, Any]:
    """Do one request."""
    if request["do"] == "index":
        return {"n_chunks": peer.index()}
    if request["do"] == "open":
        peer.open()
        return {}
    return {"hits": peer.ask(request["text"], request["mode"], request["limit"])}


def peak_memory() -> int:
    """Peak of this process alone, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class _Whence:
    """This checkout's engine: what `whence index` runs, and what the language server asks, on one thread like it."""

    def __init__(self, root: Path, home: Path) -> None:
        from whence.app import LocalServices

        os.environ["WHENCE_HOME"] = str(home)
        self._services, self._root = LocalServices, root
        self._workspace: Any = None

    def index(self) -> int:
        workspace = self._services().open(self._root)
        workspace.refresh()
        return workspace.status().counts.n_chunks

    def open(self) -> None:
        self._workspace = self._services(n_threads=1).open(self._root)

    def ask(self, text: str, mode: str, limit: int) -> Hits:
        del mode
        from whence.domain import Query

        result = self._workspace.search(Query(text, limit))
        return [(hit.path, hit.span.start_line, hit.span.end_line) for hit in result.hits]

    def close(self) -> None:
        if self._workspace is not None:
            self._workspace.close()


class _Semble:
    """MinishLab/semble by its documented class SembleIndex; saved and opened as its own command line does."""

    def __init__(self, root: Path, home: Path) -> None:
        os.environ["SEMBLE_CACHE_LOCATION"] = str(home)
        self._semble, self._cache = importlib.import_module("semble"), importlib.import_module("semble.cache")
        self._root, self._model = str(root), os.environ["PEER_MODEL"]
        self._index: Any = None

    def index(self) -> int:
        index = self._semble.SembleIndex.from_path(self._root, model_path=self._model)
        self._cache.save_index_to_cache(index, self._root)
        return int(index.stats.total_chunks)

    def open(self) -> None:
        self._index = self._semble.SembleIndex.from_path(self._root, model_path=self._model)
        if not self._index.loaded_from_disk:
            sys.exit("semble did not find the index it had saved")

    def ask(self, text: str, mode: str, limit: int) -> Hits:
        del mode
        chunks = [result.chunk for result in self._index.search(text, top_k=limit)]
        return [(chunk.file_path, chunk.start_line, chunk.end_line) for chunk in chunks]

    def close(self) -> None:
        pass


class _VectorCode:
    """Davidyz/VectorCode by the functions behind its commands and its MCP server, with the server it starts itself.

    Modes: FILES is its default, which ranks files by the mean of their best chunks. It loads the model anew for every
    question: the function that gives the model is cached by the whole configuration, the question within (its MCP
    server does the same). CHUNKS_KEPT is `--include chunk path`, with configurations that are alike to that cache.
    """

    def __init__(self, root: Path, home: Path) -> None:
        self._options = importlib.import_module("vectorcode.cli_utils")
        self._common = importlib.import_module("vectorcode.common")
        self._vectorise = importlib.import_module("vectorcode.subcommands.vectorise")
        self._query = importlib.import_module("vectorcode.subcommands.query")
        same = {"__eq__": lambda one, other: type(one) is type(other), "__hash__": lambda _: 0}
        self._alike = type("Alike", (self._options.Config,), same)
        self._loop = asyncio.new_event_loop()
        self._root = root
        for folder in (home / "db", home / "log"):
            folder.mkdir(parents=True, exist_ok=True)
        self._settings = {
            "project_root": str(root),
            "db_path": str(home / "db"),
            "db_log_path": str(home / "log"),
            "db_url": "http://127.0.0.1:9",  # nobody listens there, so it starts its own server
            "embedding_function": "ONNXMiniLM_L6_V2",
            "pipe": True,
        }

    def index(self) -> int:
        config = self._options.Config(**self._settings, files=[str(self._root)], recursive=True)
        if self._run(self._vectorise.vectorise(config)) != 0:
            sys.exit("vectorise failed")
        return int(self._run(self._collection(config, lambda collection, _: collection.count())))

    def open(self) -> None:
        self._run(self._collection(self._options.Config(**self._settings), lambda collection, _: collection.count()))

    def ask(self, text: str, mode: str, limit: int) -> Hits:
        include = ["path", "document"] if mode == FILES else ["path", "chunk"]
        chosen = [self._options.QueryInclude(one) for one in include]
        kind = self._alike if mode == CHUNKS_KEPT else self._options.Config
        config = kind(**self._settings, query=[text], n_result=limit, include=chosen)
        results = self._run(self._collection(config, self._query.build_query_results))
        if mode == FILES:
            return [(one["path"], *WHOLE_FILE) for one in results]
        return [(one["path"], one["start_line"], one["end_line"]) for one in results]

    def close(self) -> None:
        self._run(self._common.ClientManager().kill_servers())

    async def _collection(self, config: Any, use: Any) -> Any:
        async with self._common.ClientManager().get_client(config) as client:
            return await use(await self._common.get_collection(client, config, False), config)

    def _run(self, work: Coroutine[Any, Any, Value]) -> Value:
        return self._loop.run_until_complete(work)


class _Ripgrep:
    """One search for the words of the question; files by how many of them they hold (benchmarks/quality/retrievers)."""

    def __init__(self, root: Path, home: Path) -> None:
        del home
        from benchmarks.quality.questions import Question, Task
        from benchmarks.quality.retrievers import ripgrep
        from whence.app import LocalServices

        def task(text: str) -> Task:
            return Task("", "", root, (Question(text, "", ()),))

        self._task = task
        self._workspace = LocalServices().open(root)
        self._search = ripgrep

    def index(self) -> int:
        return 0

    def open(self) -> None:
        pass

    def ask(self, text: str, mode: str, limit: int) -> Hits:
        del mode
        (hits,) = self._search(self._task(text), self._workspace)
        return [(hit.path, hit.start_line, hit.end_line) for hit in hits[:limit]]

    def close(self) -> None:
        self._workspace.close()


PEERS: Mapping[str, Callable[[Path, Path], Peer]] = {
    "whence": _Whence,
    "semble": _Semble,
    "vectorcode": _VectorCode,
    "ripgrep": _Ripgrep,
}


if __name__ == "__main__":
    main()
