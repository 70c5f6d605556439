"""Where a git repository is and what its configuration says about ignoring, read from its files without running git.

Knows of git's configuration only the two settings that change which files there are: core.excludesFile and
core.ignoreCase.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from whence.files.status import is_file, is_folder

_MAX_INCLUDE_DEPTH = 10  # git's own limit
_MAX_POINTER_BYTES = 4096
"""A `.git` file holds one path; more is something else."""

_SECTION = re.compile(r'\[\s*([\w.-]+)\s*(?:"(?:[^"\\]|\\.)*"\s*)?\]')
_SETTING = re.compile(r"([A-Za-z][\w-]*)\s*=\s*(.*)")
_VALUE_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|\\(.)|([#;].*)|([^"\\#;]+)')
_TRUE = frozenset({"true", "yes", "on", "1"})
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b"}


@attrs.frozen
class Repository:
    """One git work tree."""

    work_tree: Path
    common_dir: Path
    """The git folder that all work trees of the repository share."""

    @property
    def exclude_file(self) -> Path:
        """Patterns of this repository alone."""
        return self.common_dir / "info" / "exclude"


@attrs.frozen
class IgnoreSettings:
    """What git's configuration says about ignoring."""

    excludes_file: Path | None
    """The user's own patterns; the file need not exist. None when the setting is empty."""
    ignores_case: bool


def find_repository(folder: str) -> Repository | None:
    """The work tree that holds `folder` (absolute), looked for upwards as git does; None where there is none."""
    for candidate in (folder, *map(str, Path(folder).parents)):
        if repository := repository_at(candidate):
            return repository
    return None


def repository_at(folder: str) -> Repository | None:
    """The work tree whose top is `folder`; None when it is none, or when its `.git` is no repository."""
    if not os.path.lexists(f"{folder}/.git"):
        return None
    try:
        git_dir = _git_dir(Path(folder))
        common_dir = git_dir
        if is_file(git_dir / "commondir"):
            common_dir = _pointed_at(git_dir / "commondir", b"")
        is_repository = (
            os.path.lexists(git_dir / "HEAD") and is_folder(common_dir / "objects") and is_folder(common_dir / "refs")
        )
    except (OSError, ValueError):
        return None
    return Repository(Path(folder), common_dir) if is_repository else None


def read_ignore_settings(repository: Repository | None, environ: Mapping[str, str]) -> IgnoreSettings:
    """Read the system's, the user's and the repository's configuration, the later ones winning."""
    home = Path(environ.get("HOME") or Path.home())
    xdg = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    settings = {
        "core.excludesfile": str(xdg / "git" / "ignore"),
        # Where there is no repository to tell, the usual file system of the platform decides.
        "core.ignorecase": "true" if repository is None and sys.platform in ("win32", "darwin") else "false",
    }
    for path in _config_files(repository, environ, home, xdg):
        settings.update(_read_config(path, home))
    excludes_file = settings["core.excludesfile"]
    return IgnoreSettings(
        excludes_file=_expand(excludes_file, home, repository.work_tree if repository else home)
        if excludes_file
        else None,
        ignores_case=settings["core.ignorecase"].lower() in _TRUE,
    )


def _git_dir(folder: Path) -> Path:
    """Where the git folder of a work tree is.

    Raises:
        OSError, ValueError: nowhere.
    """
    git_dir = folder / ".git"
    return _pointed_at(git_dir, b"gitdir: ") if is_file(git_dir) else git_dir


def _config_files(repository: Repository | None, environ: Mapping[str, str], home: Path, xdg: Path) -> Iterator[Path]:
    if environ.get("GIT_CONFIG_NOSYSTEM", "").lower() not in _TRUE:
        yield Path(environ.get("GIT_CONFIG_SYSTEM") or "/etc/gitconfig")
    if "GIT_CONFIG_GLOBAL" in environ:
        yield Path(environ["GIT_CONFIG_GLOBAL"])
    else:
        yield xdg / "git" / "config"
        yield home / ".gitconfig"
    if repository:
        yield repository.common_dir / "config"


def _read_config(path: Path, home: Path, depth: int = 0) -> dict[str, str]:
    """Settings by lower-case `section.name`, includes followed; empty for a file that cannot be read."""
    try:
        lines = iter(path.read_text(encoding="utf-8", errors="surrogateescape").removeprefix("\ufeff").splitlines())
    except (OSError, ValueError):
        return {}
    settings: dict[str, str] = {}
    section = ""
    for raw_line in lines:
        line = raw_line.strip()
        if header := _SECTION.match(line):
            section = header[1].lower()
            line = line[header.end() :].strip()
        setting = _SETTING.match(line)
        if not setting:
            continue
        text = setting[2]
        while text.endswith("\\") and not text.endswith("\\\\"):
            text = text[:-1] + next(lines, "")
        name, value = f"{section}.{setting[1].lower()}", _unquote(text)
        if name == "include.path" and depth < _MAX_INCLUDE_DEPTH:
            settings.update(_read_config(_expand(value, home, path.parent), home, depth + 1))
        settings[name] = value
    return settings


def _unquote(text: str) -> str:
    """A configuration value without its quotes, escapes, comment and trailing space."""
    value = ""
    for token in _VALUE_TOKEN.finditer(text):
        quoted, escaped, comment, plain = token.groups()
        if comment is not None:
            return value.rstrip()
        if quoted is not None:
            value += re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), quoted)
        else:
            value += plain if plain is not None else _ESCAPES.get(escaped, escaped)
    return value if text.rstrip().endswith('"') else value.rstrip()


def _expand(path: str, home: Path, folder: Path) -> Path:
    return home / path[2:] if path.startswith("~/") else folder / path


def _pointed_at(path: Path, prefix: bytes) -> Path:
    """The path a pointer file holds, made absolute.

    Raises:
        OSError, ValueError: it cannot be read, or holds none.
    """
    with path.open("rb") as file:
        content = file.read(_MAX_POINTER_BYTES)
    if not content.startswith(prefix):
        raise ValueError(f"{path} does not begin with {prefix!r}")
    return path.parent / os.fsdecode(content[len(prefix) :].rstrip(b"\r\n"))
