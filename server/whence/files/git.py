"""Asks git itself which files belong to a work tree. Runs nothing a repository's own configuration could name."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from whence.files.status import is_file

GIT_TIMEOUT_S = 60
"""A cold work tree of a million files on a slow disk takes git half of that."""

_LOCAL_VARIABLES = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
"""Set for us when we are started from a git hook, they would point git elsewhere (git rev-parse --local-env-vars)."""

_CREATE_NO_WINDOW = 0x08000000  # Windows: no console window flashes up for each call


class GitFailed(Exception):
    """Git could not answer; the message is its own first line, or why it did not run. Never leaves this package."""


@attrs.frozen
class Git:
    """The git program, with the environment it is run in."""

    program: str
    environ: Mapping[str, str]

    def files(self, folder: str) -> list[str]:
        """Tracked files, and untracked ones that no rule ignores, relative to `folder`, in no order, each once.

        A submodule is one entry; an untracked nested repository is one entry that ends in '/'. Tracked files may be
        gone from disk. Names that are not UTF-8 carry surrogate escapes.

        Raises:
            GitFailed: `folder` (absolute) is in no work tree, git refuses it, or takes too long.
        """
        output = self._run(folder, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
        # A file in the middle of a merge stands there once a stage.
        return list(dict.fromkeys(os.fsdecode(output).split("\0")[:-1]))

    def lists(self, folder: str, path: str) -> bool:
        """True when `files(folder)` would contain `path`, or `path` as a nested repository.

        Raises:
            GitFailed: as in `files`.
        """
        arguments = ("--literal-pathspecs", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", path)
        listed = os.fsdecode(self._run(folder, *arguments)).split("\0")
        return path in listed or f"{path}/" in listed

    def ignoring_rule(self, folder: str, path: str) -> str:
        """The rule that ignores `path` as `file:line: pattern`, the file relative to `folder`; empty when none does.

        Raises:
            GitFailed: as in `files`.
        """
        try:
            output = self._run(folder, "check-ignore", "--verbose", "-z", "--stdin", stdin=os.fsencode(path) + b"\0")
        except GitFailed:
            return ""  # exit status 1 and no output: no rule
        fields = os.fsdecode(output).split("\0")
        return f"{fields[0]}:{fields[1]}: {fields[2]}" if len(fields) > 3 and fields[2] else ""

    def log(self, folder: str, limit: int, header: str) -> bytes:
        """The latest commits that changed something below `folder`, without merges, newest first.

        Each begins with a header in git's format language, raw changes follow (paths relative to `folder`, no
        renames); all ended by NUL.

        Raises:
            GitFailed: `folder` is in no work tree, nothing was committed, git refuses or takes too long.
        """
        return self._run(
            folder,
            *("log", f"--max-count={limit}", f"--format={header}", "--encoding=UTF-8", "--no-merges", "--no-color"),
            *("--raw", "-z", "--no-abbrev", "--no-renames", "--relative", "--no-notes"),
            # Signatures, external diffs and conversions would run programs.
            *("--no-show-signature", "--no-ext-diff", "--no-textconv"),
            *("HEAD", "--", "."),
        )

    def blobs(self, folder: str, ids: Sequence[str]) -> bytes:
        """Contents by id, as `git cat-file --batch` gives them.

        Raises:
            GitFailed: as in `log`.
        """
        return self._run(folder, "cat-file", "--batch", stdin="".join(f"{one}\n" for one in ids).encode("ascii"))

    def _run(self, folder: str, *arguments: str, stdin: bytes = b"") -> bytes:
        command = [
            self.program,
            # A repository may name programs for git to start; these are the ones that these commands could reach.
            *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
            *arguments,
        ]
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env=self.environ,
                input=stdin,
                capture_output=True,
                timeout=GIT_TIMEOUT_S,
                check=False,
                creationflags=_CREATE_NO_WINDOW if sys.platform == "win32" else 0,
            )
        except subprocess.TimeoutExpired as exc:
            raise GitFailed(f"git took longer than {GIT_TIMEOUT_S} s") from exc
        except (OSError, ValueError) as exc:
            raise GitFailed(f"git cannot be run: {exc}") from exc
        if done.returncode != 0:
            message = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise GitFailed(message[0] if message else f"git ended with status {done.returncode}")
        return done.stdout


def find_git(environ: Mapping[str, str]) -> Git | None:
    """The git program on the PATH; None where there is none.

    The current folder is never searched, as Windows would: it may be a work tree that brings a `git.exe` of its own.
    """
    names = ("git.exe", "git.cmd") if sys.platform == "win32" else ("git",)
    for folder in environ.get("PATH", "").split(os.pathsep):
        if not Path(folder).is_absolute():
            continue
        for program in (Path(folder, name) for name in names):
            if is_file(program) and os.access(program, os.X_OK):
                return Git(str(program), _clean(environ))
    return None


def _clean(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment in which git writes nothing, asks nothing, fetches nothing and speaks English."""
    cleaned = {name: value for name, value in environ.items() if name not in _LOCAL_VARIABLES}
    return cleaned | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }
