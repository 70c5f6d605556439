"""Git without the machine's own configuration, and roots over temporary folders."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from whence.domain import Masked
from whence.files.options import FileOptions
from whence.files.workspace import WorkspaceFiles

RunGit = Callable[..., bytes]
NOBODY = 65534
Workspace = Callable[..., WorkspaceFiles]


@pytest.fixture(scope="session", autouse=True)
def own_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Takes the place of the surroundings the other suites share: these tests need a git configuration."""
    home = tmp_path_factory.mktemp("home")
    (home / "excludes").write_text("*.globally-ignored\n/anchored-globally\n")
    (home / "gitconfig").write_text(
        f"[user]\n\tname = Somebody\n\temail = somebody@example.org\n"
        f"[core]\n\texcludesFile = {(home / 'excludes').as_posix()}\n"
        '[protocol "file"]\n\tallow = always\n[init]\n\tdefaultBranch = main\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        yield


@pytest.fixture(scope="session")
def git() -> RunGit:
    """Run git in a folder; gives what it printed."""

    def run(folder: Path, *arguments: str) -> bytes:
        return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True).stdout

    return run


@pytest.fixture(scope="session")
def workspace() -> Workspace:
    """The files of a root, with nothing masked."""

    def make(root: Path, max_file_kb: int = 1024) -> WorkspaceFiles:
        return WorkspaceFiles(root, FileOptions(max_file_kb), lambda data: Masked(data, 0))

    return make


@pytest.fixture
def unprivileged_folder() -> Iterator[Path]:
    """An empty folder, for a test that runs as a user whom permissions bind, even when root runs the tests."""
    if sys.platform == "win32":
        pytest.skip("permissions are not by mode there")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        was_root = os.geteuid() == 0
        if was_root:
            os.chown(folder, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if was_root:
                os.seteuid(0)
            for path in folder.rglob("*"):
                path.chmod(0o700)
