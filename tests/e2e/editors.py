"""Where the editors under test are: in the environment, on the PATH, or unpacked beside the system by scripts/install-*.sh."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

import attrs

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


def run_script(name: str, *arguments: str) -> bool:
    """Run one of scripts/; False where it could not do its work."""
    done = subprocess.run([str(REPOSITORY / "scripts" / name), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"{name}: {done.stderr.strip() or done.stdout.strip()}")  # pytest shows it beside the skip
    return done.returncode == 0


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
