r"""Between file URIs and paths, and which open folder a file is in. Other schemes name no file: None.

`pygls.uris` is not used for this. It reads `file:///C:/x` as `c:/x` on POSIX, where that is a relative path; it takes
`file://localhost/x` for a network path and `file:///c:` for the drive's current folder; it leaves `..` in, so that
`/w/../etc` seems to lie in `/w`; it turns bytes that are no UTF-8 into U+FFFD, raises on a path with such bytes, on
`//host` and on an authority that `urllib` refuses; and which system it decides for is settled at import.
"""

from __future__ import annotations

import ntpath
import os
import posixpath
import re
import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from urllib.parse import quote, unquote

import attrs

IS_WINDOWS = os.name == "nt"

IGNORES_CASE = IS_WINDOWS or sys.platform == "darwin"
"""Whether paths that differ in case are one by default. A macOS volume can be made otherwise, and rarely is."""

_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?([^?#]*)", re.DOTALL)
"""Scheme, authority and path of a URI (RFC 3986, appendix B); query and fragment name a place in the file."""

_DRIVE = re.compile(r"/([A-Za-z]):(?=/|$)")
_EXTENDED = re.compile(r"\\\\\?\\(UNC\\)?", re.IGNORECASE)
r"""How Windows writes paths beyond 260 characters: `\\?\C:\x`, `\\?\UNC\host\share`."""


@attrs.frozen
class Inside:
    """Where a file lies in an open folder: which of the folders, and the path in it with '/' separators."""

    folder_idx: int
    relative: str


def local_path(uri: str) -> Path | None:
    """The path on this machine a URI names; None where it names none."""
    path = path_of(uri, is_windows=IS_WINDOWS)
    return None if path is None else Path(path)


def path_of(uri: str, *, is_windows: bool) -> PurePath | None:
    r"""The absolute path a `file:` URI names, without `.` and `..`; None for what names no file.

    None are other schemes (`untitled:`, `git:`, `vscode-remote:`), no scheme, another host on POSIX, no drive and no
    host on Windows, and a NUL in the path. Drive letters become lower case, as VS Code writes them.
    """
    parts = _PARTS.match(uri)
    if parts is None or parts[1].lower() != "file":
        return None
    host = unquote(parts[2] or "")
    # Names on POSIX are bytes: those that are no UTF-8 become what `os.fsdecode` makes of them.
    path = unquote(parts[3], errors="surrogateescape")
    if "\0" in path or "\0" in host or not path.startswith("/"):
        return None
    if host.lower() == "localhost":
        host = ""
    return _windows_path(host, path) if is_windows else _posix_path(host, path)


def uri_of(path: PurePath) -> str:
    """The `file:` URI of an absolute path, encoded as VS Code does except for a drive's colon, which stays readable."""
    if not isinstance(path, PureWindowsPath):
        return "file://" + _quoted(path.as_posix())
    text = _EXTENDED.sub(lambda found: r"\\" if found[1] else "", str(path)).replace("\\", "/")
    if text.startswith("//"):
        host, _, rest = text[2:].partition("/")
        return f"file://{quote(host)}/{_quoted(rest)}"
    return f"file:///{text[0].lower()}:{_quoted(text[2:])}"


def uri_in(folder_uri: str, relative: str) -> str:
    """The URI of a file in a folder, spelt as the client spells the folder: some compare URIs as texts."""
    return f"{folder_uri.removesuffix('/')}/{_quoted(relative)}"


def same_place(first: str, second: str, *, is_windows: bool = IS_WINDOWS, ignores_case: bool = IGNORES_CASE) -> bool:
    """True when two URIs name one file, however they are encoded; URIs of no file are compared as they are."""
    paths = [path_of(uri, is_windows=is_windows) for uri in (first, second)]
    if paths[0] is None or paths[1] is None:
        return first == second
    return _key(paths[0], ignores_case) == _key(paths[1], ignores_case)


def real_path(path: PurePath) -> PurePath:
    """A path without symbolic links above its last part; a link itself is a file of its own."""
    return type(path)(os.path.realpath(path.parent), path.name)


def find_folder(
    folders: Sequence[PurePath],
    path: PurePath,
    *,
    ignores_case: bool = IGNORES_CASE,
    resolve: Callable[[PurePath], PurePath] = real_path,
) -> Inside | None:
    """Find the deepest of several folders that holds a file, by the paths as they are, else by real paths.

    A folder's own path is inside it, as ''. The disk is asked only when the paths as they are say no. `resolve` must
    answer for paths that are not there.
    """
    found = _deepest(folders, path, ignores_case)
    if found is not None:
        return found
    real_folders = [resolve(folder / "_").parent for folder in folders]  # a folder's own name may be a link
    return _deepest(real_folders, resolve(path), ignores_case)


def _posix_path(host: str, path: str) -> PurePath | None:
    # `normpath` keeps two leading slashes, which POSIX leaves open and nobody means.
    return None if host else PurePosixPath("/" + posixpath.normpath(path).lstrip("/"))


def _windows_path(host: str, path: str) -> PurePath | None:
    path = path.replace("\\", "/")
    if not host and path.startswith("//"):  # file:////host/share (RFC 8089, E.3.2)
        host, _, path = path.lstrip("/").partition("/")
        path = "/" + path
    if host:
        return PureWindowsPath(ntpath.normpath(f"//{host}{path}"))
    drive = _DRIVE.match(path)
    if drive is None:
        return None
    return PureWindowsPath(ntpath.normpath(f"{drive[1].lower()}:/{path[drive.end() :]}"))


def _quoted(path: str) -> str:
    return quote(path, safe="/", errors="surrogateescape")


def _deepest(folders: Sequence[PurePath], path: PurePath, ignores_case: bool) -> Inside | None:
    key = _key(path, ignores_case)
    keys = [_key(folder, ignores_case) for folder in folders]
    holding = [idx for idx, folder in enumerate(keys) if key[: len(folder)] == folder]
    if not holding:
        return None
    idx = max(holding, key=lambda idx: len(keys[idx]))
    return Inside(idx, "/".join(path.parts[len(keys[idx]) :]))


def _key(path: PurePath, ignores_case: bool) -> tuple[str, ...]:
    """Parts as they are compared. A file system without regard to case has none for composed letters (APFS) either."""
    if isinstance(path, PureWindowsPath) or ignores_case:
        return tuple(unicodedata.normalize("NFC", part).lower() for part in path.parts)
    return path.parts
