"""The plugin in a real Neovim, headless, against a server with canned answers; the stories are in nvim/stories.lua."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.editors import REPOSITORY, Neovim, neovims
from tests.support import git, write_tree

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
STORIES = HERE / "nvim" / "stories.lua"
NAMES = re.findall(r"^function S\.(\w+)", STORIES.read_text(encoding="utf-8"), flags=re.MULTILINE)

NO_NEOVIM = "NO NEOVIM 0.10 OR LATER COULD BE HAD: the plugin was not tested"

SHOP = {
    # The method's line holds an astral character, so that bytes, UTF-16 units and characters differ.
    "shop/session.py": (
        '"""Sessions."""\n\n\nclass Session:\n    """One visit."""\n    x = "a"\n    y = "\U0001f511"; expire = None\n'
        + "    #\n" * 3
    ),
    "shop/prices.js": "// prices\nexport function basketTotal() {\n  return 0;\n}\n",
    "shop/old.py": "#\n#\ndef expire():\n    pass\n",
    "other/tool.py": "def main():\n    pass\n",
}


def needed(name: str) -> str:
    """What a story needs beyond 0.10."""
    if name.startswith("telescope"):
        return "telescope"
    return "vim.lsp.enable" if name.startswith("enabled") else ""


def lacks(neovim: Neovim, name: str) -> bool:
    need = needed(name)
    return (need == "vim.lsp.enable" and neovim.version < (0, 11)) or (need == "telescope" and neovim.site is None)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Two git work trees beside each other; the current folder is the first."""
    write_tree(tmp_path, SHOP)
    for folder in ("shop", "other"):
        git(tmp_path / folder, "init", "-q")
    return tmp_path / "shop"


def parametrize_neovims(metafunc: pytest.Metafunc) -> None:
    """One test a version; skipped by name where there is none."""
    if "neovim" in metafunc.fixturenames:
        usable = neovims()
        none = pytest.param(
            None, marks=pytest.mark.skip(reason="NO NEOVIM 0.10 OR LATER COULD BE HAD: the plugin was not tested")
        )
        metafunc.parametrize("neovim", usable or [none], ids=str)


pytest_generate_tests = parametrize_neovims


@pytest.mark.parametrize("story", NAMES)
def test_the_plugin(story: str, neovim: Neovim, workspace: Path) -> None:
    if lacks(neovim, story):
        pytest.skip(f"{needed(story)} does not come with Neovim {neovim}")

    tell(STORIES, story, neovim, workspace, [sys.executable, str(HERE / "fake_server.py")])


def tell(stories: Path, story: str, neovim: Neovim, workspace: Path, server: list[str]) -> None:
    """Run one story in a child of a headless Neovim; its output is the failure's text."""
    home = Path(os.environ["HOME"])
    log = home / "messages.jsonl"
    log.touch()
    environment = {
        **os.environ,
        "WHENCE_NVIM": str(neovim.program),
        "WHENCE_PLUGIN": str(REPOSITORY / "nvim"),
        "WHENCE_SERVER": json.dumps(server),
        "FAKE_LOG": str(log),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PATH": "/usr/bin:/bin",  # no whence on it: cmd is always named
    }
    if neovim.site and story.startswith("telescope"):
        environment["WHENCE_SITE"] = str(neovim.site)
    driver = [str(neovim.program), "--headless", "-u", "NONE", "-i", "NONE", "-l", str(HERE / "nvim" / "driver.lua")]
    done = subprocess.run(
        [*driver, str(stories), story],
        cwd=workspace,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, (
        f"{done.stdout}\n{done.stderr}\nserver was sent:\n{log.read_text(encoding='utf-8')[-3000:]}"
    )
