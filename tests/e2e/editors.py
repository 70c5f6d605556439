"""Where the editors under test are: named in the environment, on the PATH, or unpacked by scripts/install-*.sh."""

from __future__ import annotations

import functools
import logging
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import attrs

logger = logging.getLogger(__name__)

REPOSITORY = Path(__file__).parents[2]
EDITORS = REPOSITORY / "build" / "editors"
SUITES = ("trixie", "sid")  # 0.10, and the newest that Debian has
OLDEST = (0, 10)


@attrs.frozen
class Neovim:
    """One Neovim that may be driven."""

    program: Path
    version: tuple[int, int]
    site: Path | None = None
    """A folder with the packages that came with it."""

    def __str__(self) -> str:
        """As pytest shows it."""
        return "{}.{}".format(*self.version)


@functools.cache
def neovims() -> list[Neovim]:
    """Every usable Neovim, one a version; empty where none could be had."""
    found: dict[tuple[int, int], Neovim] = {}
    if named := os.environ.get("WHENCE_NEOVIM"):
        candidates = [Path(name) for name in named.split(os.pathsep)]
    else:
        on_path = shutil.which("nvim")
        candidates = [*(_unpacked(suite) for suite in SUITES), *([Path(on_path)] if on_path else [])]
    for program in candidates:
        version = _version(program)
        if version and version >= OLDEST:
            site = program.parent / "root/usr/share/nvim/site"
            found.setdefault(version, Neovim(program, version, site if site.is_dir() else None))
    return list(found.values())


@functools.cache
def emacs() -> Path | None:
    """An Emacs with eglot; None where none could be had."""
    return _other("WHENCE_EMACS", "emacs", "install-emacs.sh", "emacs-trixie")


@functools.cache
def helix() -> Path | None:
    """Helix; None where it could not be had."""
    return _other("WHENCE_HELIX", "hx", "install-helix.sh", "helix-trixie")


def documented(language: str) -> str:
    """The first block of a language in docs/editors.md: what is tested is what is told."""
    text = (REPOSITORY / "docs" / "editors.md").read_text(encoding="utf-8")
    block = re.search(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert block, f"docs/editors.md has no block of {language}"
    return block[1]


def shim(folder: Path, command: list[str]) -> str:
    """Put a program called whence into a folder; gives a PATH with it in front."""
    folder.mkdir()
    program = folder / "whence"
    # The configurations say "whence serve"; a stand-in does not need the word.
    program.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return os.pathsep.join([str(folder), os.environ["PATH"]])


def run_script(name: str, *arguments: str) -> bool:
    """Run one of scripts/; False where it could not do its work."""
    done = subprocess.run([str(REPOSITORY / "scripts" / name), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        logger.warning("%s: %s", name, done.stderr.strip() or done.stdout.strip())
    return done.returncode == 0


def _other(variable: str, name: str, script: str, folder: str) -> Path | None:
    if named := os.environ.get(variable):
        return Path(named)
    if os.name == "posix" and run_script(script, str(EDITORS / folder)):
        return EDITORS / folder / name
    return None


def _unpacked(suite: str) -> Path:
    folder = EDITORS / f"neovim-{suite}"
    if os.name == "posix":
        run_script("install-neovim.sh", str(folder), suite)
    return folder / "nvim"


def _version(program: Path) -> tuple[int, int] | None:
    if not program.is_file():
        return None
    done = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"NVIM v(\d+)\.(\d+)", done.stdout)
    return (int(match[1]), int(match[2])) if match else None
