"""A language server with canned answers, for testing an editor without a model; docs/protocol.md is its contract.

Standard library only. Words of the query choose the answer: "nothing", "partial", "bridged",
"slow" (until cancelled), "fail".
Each message from the client goes as one JSON line to the file named by FAKE_LOG.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Message = dict[str, Any]
VERSION = "9.9.9"


class Failure(Exception):
    """An error answer: code and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.answer = {"code": code, "message": message}


class FakeServer:
    """One client, one thread; state is what `initialize` told."""

    def __init__(self) -> None:
        self.folders: list[str] = []
        self.paused = False
        self.n_sent = 0
        self.can_refresh = False
        self.lens_title = "similar: counting"
        self.slow: set[Any] = set()
        self.handlers: dict[str, Callable[[Message], Any]] = {
            "initialize": self.initialize,
            "whence/search": self.search,
            "whence/similar": self.similar,
            "whence/status": self.status,
            "whence/reindex": lambda params: {"queued": len(params.get("folders") or self.folders)},
            "whence/pause": self.pause,
            "whence/explainFile": self.explain,
            "textDocument/codeLens": self.lenses,
            "codeLens/resolve": self.resolve,
            "textDocument/hover": self.hover,
            "workspace/symbol": self.symbols,
            "workspace/executeCommand": self.execute,
            "shutdown": lambda params: None,
        }

    def serve(self) -> None:
        """Answer until `exit` or the end of stdin."""
        while (message := read_message()) is not None:
            log(message)
            method = message.get("method")
            if method == "exit":
                return
            if method == "workspace/didChangeWorkspaceFolders":
                self.folders += [folder["uri"] for folder in message["params"]["event"]["added"]]
            if method == "$/cancelRequest" and message["params"]["id"] in self.slow:
                write_message({"id": message["params"]["id"], "error": {"code": -32800, "message": "cancelled"}})
            if method and "id" in message:
                self.answer(message)

    def answer(self, message: Message) -> None:
        """Send the result or the error of one request."""
        params = message.get("params") or {}
        if "slow" in str(params.get("query", "")).split():
            self.slow.add(message["id"])
            return
        try:
            handler = self.handlers.get(message["method"])
            if handler is None:
                raise Failure(-32601, f"unknown method {message['method']}")
            reply: Message = {"id": message["id"], "result": handler(params)}
        except Failure as failure:
            reply = {"id": message["id"], "error": failure.answer}
        write_message(reply)
        if message["method"] == "codeLens/resolve" and self.can_refresh and self.lens_title == "similar: counting":
            self.lens_title = "2 similar"
            self.n_sent += 1
            write_message({"id": f"server-{self.n_sent}", "method": "workspace/codeLens/refresh", "params": None})

    def initialize(self, params: Message) -> Message:
        """Offer what the real server offers."""
        self.folders = [folder["uri"] for folder in params.get("workspaceFolders") or []]
        workspace = params["capabilities"].get("workspace", {})
        self.can_refresh = workspace.get("codeLens", {}).get("refreshSupport", False)
        return {
            "capabilities": {
                "positionEncoding": "utf-16",
                "textDocumentSync": {"openClose": True, "change": 2},
                "codeLensProvider": {"resolveProvider": True},
                "hoverProvider": True,
                "workspaceSymbolProvider": True,
                "executeCommandProvider": {"commands": ["whence/search", "whence/status"]},
                "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
            },
            "serverInfo": {"name": "whence", "version": VERSION},
        }

    def search(self, params: Message) -> Message:
        """Canned places by the words of the query."""
        words = params["query"].split()
        if "fail" in words:
            raise Failure(-32803, "The model folder is gone;\nreinstall Whence")
        is_empty = "nothing" in words
        hits = [
            self.hit("session.py", 6, "Session.expire", 0.91, ["old.py:3"]),
            self.hit("prices.js", 1, "basketTotal", 0.42),
        ]
        return {
            "hits": [] if is_empty else hits,
            "nearest": hits[:1] if is_empty else [],
            "nearestWords": ["expire"] if is_empty else [],
            "completeness": completeness(not {"partial", "bridged"} & {*words}, n_first=6 if "bridged" in words else 0),
            "timings": {},
        }

    def similar(self, params: Message) -> Message:
        """One exact copy and one place that is alike."""
        target = {
            "uri": params["textDocument"]["uri"],
            "range": span(6),
            "symbol": "Session.expire" if "position" in params else "",
            "kind": "method",
            "language": "python",
        }
        copy, alike = self.hit("old.py", 2, "expire", 1.0), self.hit("prices.js", 1, "basketTotal", 0.7)
        return {"target": target, "copies": [copy], "hits": [alike], "completeness": completeness(True), "timings": {}}

    def status(self, params: Message) -> Message:
        """Every folder usable."""
        folders = [
            {
                "uri": uri,
                "path": uri.removeprefix("file://"),
                "state": "usable",
                "detail": "",
                "files": 3,
                "chunks": 8,
                "embedded": 8,
                "embeddedFirst": 0,
                "firstModel": "",
                "activity": "idle",
                "done": 0,
                "total": 0,
                "error": "",
                "diskBytes": 2_500_000,
                "indexDir": "/index",
                "changedAt": None,
            }
            for uri in self.folders
        ]
        return {"version": VERSION, "model": "tiny", "paused": self.paused, "folders": folders}

    def pause(self, params: Message) -> Message:
        """Remember it."""
        self.paused = params["paused"]
        return {"paused": self.paused}

    def explain(self, params: Message) -> Message:
        """Minified files are left out."""
        is_left_out = params["uri"].endswith(".min.js")
        return {
            "uri": params["uri"],
            "path": Path(params["uri"]).name,
            "folder": self.folders[0],
            "indexed": not is_left_out,
            "reason": "minified" if is_left_out else "",
            "chunks": [] if is_left_out else [{"range": span(6), "symbol": "Session.expire", "kind": "method"}],
        }

    def lenses(self, params: Message) -> list[Message]:
        """One lens, to be resolved."""
        return [{"range": span(6), "data": {"uri": params["textDocument"]["uri"]}}]

    def resolve(self, lens: Message) -> Message:
        """The count is not known at first."""
        target = {"textDocument": {"uri": lens["data"]["uri"]}, "position": {"line": 6, "character": 8}}
        lens["command"] = {"title": self.lens_title, "command": "whence.showSimilar", "arguments": [target]}
        return lens

    def hover(self, params: Message) -> Message:
        """Similar implementations as Markdown."""
        return {"contents": {"kind": "markdown", "value": "Similar: **basketTotal** (javascript, 70 %)"}}

    def symbols(self, params: Message) -> list[Message]:
        """The first hit as a symbol."""
        hit = self.hit("session.py", 6, "Session.expire", 0.91)
        location = {"uri": hit["uri"], "range": hit["range"]}
        return [{"name": "Session.expire", "kind": 6, "containerName": "session.py", "location": location}]

    def execute(self, params: Message) -> Any:
        """Requests also come as commands."""
        handler = self.handlers.get(params["command"])
        if handler is None:
            raise Failure(-32602, f"unknown command {params['command']}")
        return handler(*params.get("arguments", []))

    def hit(self, path: str, line: int, symbol: str, score: float, copies: list[str] | None = None) -> Message:
        """A place in the first folder."""
        folder = self.folders[0] if self.folders else "file:///nowhere"
        return {
            "uri": f"{folder}/{path}",
            "range": span(line),
            "path": path,
            "folder": folder,
            "symbol": symbol,
            "kind": "method",
            "language": "python",
            "score": score,
            "reasons": [],
            "snippet": "\n    if now > self.deadline:\n",
            "copies": copies or [],
        }


def completeness(is_complete: bool, n_first: int = 0) -> Message:
    """All of eight chunks embedded, or two and some by a first model."""
    embedded = 8 if is_complete else 2
    counts = {"files": 3, "chunks": 8, "embedded": embedded, "embeddedFirst": n_first}
    return {**counts, "complete": is_complete, "indexing": not is_complete}


def span(line: int) -> Message:
    """Three lines from a 0-based line; the first characters are behind an astral one in the fixture."""
    return {"start": {"line": line, "character": 4}, "end": {"line": line + 3, "character": 0}}


def read_message() -> Message | None:
    """The next message from stdin; None at its end."""
    length = 0
    while line := sys.stdin.buffer.readline():
        if line == b"\r\n":
            decoded: Message = json.loads(sys.stdin.buffer.read(length))
            return decoded
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return None


def write_message(message: Message) -> None:
    """To stdout, with its length."""
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    sys.stdout.buffer.flush()


def log(message: Message) -> None:
    """One line a message."""
    if path := os.environ.get("FAKE_LOG"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    if "--version" in sys.argv:
        sys.stdout.write(f"whence {VERSION}\n")
    else:
        FakeServer().serve()
