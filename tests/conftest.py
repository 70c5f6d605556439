"""What every suite shares: an own home for indexes, the tiny model, and the command line in this process."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import SHOP, Ran, Whence, write_tree
from whence.app import LocalServices
from whence.cli import run

TINY_MODEL = Path(__file__).parent / "models" / "tiny"


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees the user's indexes, git settings or colours; all of them embed with the tiny model."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("WHENCE_HOME", str(home / "whence"))
    monkeypatch.setenv("WHENCE_MODEL", str(TINY_MODEL))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    for name in [name for name in os.environ if name.startswith("GIT_") and name != "GIT_CONFIG_NOSYSTEM"]:
        monkeypatch.delenv(name)
    return home


@pytest.fixture
def whence(capsys: pytest.CaptureFixture[str]) -> Iterator[Whence]:
    """Run a `whence` command in this process."""

    def run_command(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        try:
            code = run(LocalServices(), [str(argument) for argument in arguments])
        except SystemExit as exit_:  # argparse
            code = int(exit_.code or 0)
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    yield run_command
    logging.getLogger("whence").setLevel(logging.NOTSET)  # the command set it for its process


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A small workspace: Python, JavaScript, a test, Markdown."""
    return write_tree(tmp_path / "shop-repo", SHOP)
