"""The configuration that docs/editors.md gives for Helix, in a Helix that is typed into."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.editors import documented, helix, shim
from tests.support import SHOP, git, write_tree

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
TIMEOUT_S = 30  # generous: it only decides how long a failure takes


@pytest.fixture
def program() -> Path:
    found = helix()
    if found is None:
        pytest.skip("NO HELIX COULD BE HAD: its configuration was not tested")
    return found


@pytest.fixture
def log(own_surroundings: Path) -> Path:
    path = own_surroundings / "messages.jsonl"
    path.touch()
    return path


@pytest.fixture
def terminal(program: Path, tmp_path: Path, own_surroundings: Path, log: Path) -> Iterator[int]:
    """Helix with a file of a project open, in a pseudo-terminal."""
    project = write_tree(tmp_path / "shop", {"session.py": SHOP["shop/session.py"]})
    git(project, "init", "-q")
    configuration = own_surroundings / "config" / "helix" / "languages.toml"
    configuration.parent.mkdir(parents=True, exist_ok=True)
    configuration.write_text(documented("toml").replace('"pylsp", ', ""), encoding="utf-8")
    path = shim(tmp_path / "bin", [sys.executable, str(HERE / "fake_server.py")])
    environment = {**os.environ, "PATH": path, "TERM": "xterm-256color", "FAKE_LOG": str(log)}
    import pty  # POSIX only, as are the packages Helix comes from

    child, terminal = pty.fork()
    if child == 0:
        os.chdir(project)
        os.execve(program, [str(program), "session.py"], environment)
    yield terminal
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(terminal)


def test_helix_asks_a_question_as_workspace_symbol(terminal: int, log: Path) -> None:
    assert wait_for(terminal, log, "textDocument/didOpen")

    os.write(terminal, b" S")
    os.write(terminal, b"where are sessions expired")

    asked = wait_for(terminal, log, "workspace/symbol", lambda params: "expired" in params["query"])
    assert asked["query"] == "where are sessions expired"


def wait_for(terminal: int, log: Path, method: str, fits: Any = lambda params: True) -> Any:
    """The parameters of the first message that fits; the screen is read meanwhile, or the editor would wait."""
    deadline = time.monotonic() + TIMEOUT_S
    screen = b""
    while time.monotonic() < deadline:
        readable, _, _ = select.select([terminal], [], [], 0.05)
        if readable:
            screen += os.read(terminal, 65536)
        for line in log.read_text(encoding="utf-8").splitlines():
            message = json.loads(line)
            if message.get("method") == method and fits(message["params"]):
                return message["params"]
    pytest.fail(f"{method} never came; the screen:\n{screen[-3000:].decode(errors='replace')}")
