"""The configuration that docs/editors.md gives for Emacs, run as it stands there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.editors import documented, emacs, shim
from tests.support import SHOP, git, write_tree

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent


@pytest.fixture
def program() -> Path:
    found = emacs()
    if found is None:
        pytest.skip("NO EMACS 29 OR LATER COULD BE HAD: its configuration was not tested")
    return found


def test_eglot_searches_with_the_documented_configuration(program: Path, tmp_path: Path) -> None:
    project = write_tree(tmp_path / "shop", {"session.py": SHOP["shop/session.py"]})
    git(project, "init", "-q")
    configuration = tmp_path / "init.el"
    configuration.write_text(documented("elisp"), encoding="utf-8")
    path = shim(tmp_path / "bin", [sys.executable, str(HERE / "fake_server.py")])

    done = subprocess.run(
        [
            *(str(program), "--batch", "-Q", "-l", str(configuration), "-l", str(HERE / "emacs" / "story.el")),
            *("--", str(project / "session.py"), "where are sessions expired", "Session.expire"),
        ],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok ") == 5
