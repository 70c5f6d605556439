"""The plugin in a real Neovim against `whence serve` itself; the stories are in nvim/server_stories.lua."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.e2e.editors import Neovim
from tests.e2e.test_neovim import HERE, parametrize_neovims, tell
from tests.support import SHOP, git, write_tree

pytestmark = pytest.mark.slow

STORIES = HERE / "nvim" / "server_stories.lua"
NAMES = re.findall(r"^function S\.(\w+)", STORIES.read_text(encoding="utf-8"), flags=re.MULTILINE)
FUNCTION = SHOP["shop/session.py"].partition("def validate_jwt_token")

pytest_generate_tests = parametrize_neovims


@pytest.mark.parametrize("story", NAMES)
def test_the_plugin_with_the_server(story: str, neovim: Neovim, tmp_path: Path) -> None:
    project = write_tree(
        tmp_path / "shop",
        {
            "session.py": SHOP["shop/session.py"],
            "prices.js": SHOP["shop/prices.js"],
            "copied.py": '"""Copied."""\n\n\n' + FUNCTION[1] + FUNCTION[2],
        },
    )
    git(project, "init", "-q")

    tell(STORIES, story, neovim, project, [sys.executable, "-m", "whence", "serve"])
