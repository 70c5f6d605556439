"""File URIs of POSIX and Windows, both tested on every system, and which folder holds a file."""

from __future__ import annotations

import os
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whence.lsp.uris import Inside, find_folder, local_path, path_of, same_place, uri_in, uri_of

NAMES = st.text(st.characters(exclude_characters="/\\\0:", exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..") and not name.endswith((".", " "))
)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///w/a.py", "/w/a.py"),
        ("FILE:///w/a.py", "/w/a.py"),
        ("file:/w/a.py", "/w/a.py"),
        ("file://localhost/w/a.py", "/w/a.py"),
        ("file:////w/a.py", "/w/a.py"),
        ("file:///w/a%20b%23c%3Fd%25.py", "/w/a b#c?d%.py"),
        ("file:///w/%E6%BC%A2%F0%9F%98%80.py", "/w/漢😀.py"),
        ("file:///w/漢 😀.py", "/w/漢 😀.py"),
        ("file:///w/a;b=c&d.py", "/w/a;b=c&d.py"),
        ("file:///w/a.py#L10", "/w/a.py"),
        ("file:///w/a.py?version=3", "/w/a.py"),
        ("file:///w/../etc/./passwd", "/etc/passwd"),
        ("file:///w/%2E%2E/etc", "/etc"),
        ("file:///w/", "/w"),
        ("file:///", "/"),
        ("file:///C%3A/x", "/C:/x"),
        ("file:///w/a%5Cb", "/w/a\\b"),
        ("file:///w/%FF.py", "/w/\udcff.py"),
        ("file:///w/a%0Ab", "/w/a\nb"),
    ],
)
def test_file_uri_is_a_path_on_posix(uri: str, path: str) -> None:
    assert path_of(uri, is_windows=False) == PurePosixPath(path)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///c%3A/Users/x.py", r"c:\Users\x.py"),
        ("file:///C%3A/Users/x.py", r"c:\Users\x.py"),
        ("file:///C:/Users/x.py", r"c:\Users\x.py"),
        ("file:///c:/a%20b%23c.py", r"c:\a b#c.py"),
        ("file:///c:", "c:\\"),
        ("file:///C:/", "c:\\"),
        ("file:///c:/w/../../../x", r"c:\x"),
        ("file:///c:/w%5Cx", r"c:\w\x"),
        ("file://localhost/c:/x", r"c:\x"),
        ("file://server/share/a.py", r"\\server\share\a.py"),
        ("file://wsl.localhost/Ubuntu/home", r"\\wsl.localhost\Ubuntu\home"),
        ("file:////server/share/a.py", r"\\server\share\a.py"),
        ("file://///server/share/a.py", r"\\server\share\a.py"),
    ],
)
def test_file_uri_is_a_path_on_windows(uri: str, path: str) -> None:
    found = path_of(uri, is_windows=True)

    assert str(found) == path


@pytest.mark.parametrize(
    "uri",
    [
        "untitled:Untitled-1",
        "untitled:/w/new.py",
        "vscode-remote://ssh-remote%2Bhost/w/a.py",
        "git:/w/a.py?%7B%22ref%22%3A%22HEAD%22%7D",
        "vscode-notebook-cell:/w/a.ipynb#C1",
        "https://example.com/a.py",
        "jdt://contents/rt.jar",
        "/w/a.py",
        "c:\\w\\a.py",
        "file:a.py",
        "file:",
        "file:///w/a%00b",
        "",
    ],
)
@pytest.mark.parametrize("is_windows", [True, False])
def test_what_names_no_file_is_no_path(uri: str, is_windows: bool) -> None:
    assert path_of(uri, is_windows=is_windows) is None


@pytest.mark.parametrize("uri", ["file://server/share/a.py", "file://[::1/x", "file://\u2100/x"])
def test_file_of_another_host_is_no_path_on_posix(uri: str) -> None:
    assert path_of(uri, is_windows=False) is None


@pytest.mark.parametrize("uri", ["file:///w/a.py", "file:///"])
def test_path_without_a_drive_is_none_on_windows(uri: str) -> None:
    assert path_of(uri, is_windows=True) is None


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PurePosixPath("/w/a b#c?d%.py"), "file:///w/a%20b%23c%3Fd%25.py"),
        (PurePosixPath("/w/漢.py"), "file:///w/%E6%BC%A2.py"),
        (PurePosixPath("/C:/x"), "file:///C%3A/x"),
        (PurePosixPath("/w/\udcff"), "file:///w/%FF"),
        (PurePosixPath("/"), "file:///"),
        (PureWindowsPath(r"C:\a b\x.py"), "file:///c:/a%20b/x.py"),
        (PureWindowsPath("C:\\"), "file:///c:/"),
        (PureWindowsPath(r"\\server\share\a#.py"), "file://server/share/a%23.py"),
        (PureWindowsPath(r"\\?\C:\deep\x.py"), "file:///c:/deep/x.py"),
        (PureWindowsPath(r"\\?\UNC\server\share\x.py"), "file://server/share/x.py"),
    ],
)
def test_path_is_written_as_a_uri(path: PurePath, uri: str) -> None:
    assert uri_of(path) == uri


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_every_path_comes_back_from_its_uri(names: list[str]) -> None:
    posix, windows = PurePosixPath("/", *names), PureWindowsPath("c:/", *names)

    assert path_of(uri_of(posix), is_windows=False) == posix
    assert path_of(uri_of(windows), is_windows=True) == windows


def test_path_of_this_machine_comes_back(tmp_path: Path) -> None:
    assert local_path(uri_of(tmp_path / "a b.py")) == tmp_path / "a b.py"
    assert local_path("untitled:1") is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("file:///C%3A/Work/a.py", "file:///c:/work/A.py"),
        ("file://Server/Share/a.py", "file://server/share/a.py"),
        ("untitled:Untitled-1", "untitled:Untitled-1"),
    ],
)
def test_uris_of_one_place_on_windows_are_the_same(first: str, second: str) -> None:
    assert same_place(first, second, is_windows=True)


def test_case_tells_files_apart_where_the_system_does() -> None:
    uris = "file:///w/a.py", "file:///w/A.py"

    assert not same_place(*uris, is_windows=False, ignores_case=False)
    assert same_place(*uris, is_windows=False, ignores_case=True)
    assert not same_place(*uris[:1], "untitled:1", is_windows=False)


def test_uri_in_a_folder_is_spelt_as_the_folder_is() -> None:
    assert uri_in("file:///C%3A/Work", "src/a b.py") == "file:///C%3A/Work/src/a%20b.py"
    assert uri_in("file:///", "a.py") == "file:///a.py"


def not_resolved(path: PurePath) -> PurePath:
    return path


def posix_folder_of(path: str, *folders: str, ignores_case: bool = False) -> Inside | None:
    pure = [PurePosixPath(folder) for folder in folders]
    return find_folder(pure, PurePosixPath(path), ignores_case=ignores_case, resolve=not_resolved)


def windows_folder_of(path: str, *folders: str) -> Inside | None:
    pure = [PureWindowsPath(folder) for folder in folders]
    return find_folder(pure, PureWindowsPath(path), ignores_case=True, resolve=not_resolved)


def test_file_is_in_the_deepest_folder() -> None:
    assert posix_folder_of("/w/lib/src/a.py", "/w", "/w/lib", "/w/li") == Inside(1, "src/a.py")


def test_folder_is_in_itself() -> None:
    assert posix_folder_of("/w", "/w") == Inside(0, "")


@pytest.mark.parametrize("path", ["/wide/a.py", "/", "/W/a.py"])
def test_file_in_no_folder_is_nowhere(path: str) -> None:
    assert posix_folder_of(path, "/w") is None
    assert posix_folder_of("/w/a.py") is None


def test_case_does_not_matter_on_windows_and_is_kept() -> None:
    assert windows_folder_of(r"C:\WORK\Src\A.py", r"c:\Work") == Inside(0, "Src/A.py")
    assert windows_folder_of(r"\\SERVER\share\a.py", r"\\server\Share") == Inside(0, "a.py")
    assert windows_folder_of(r"d:\Work\a.py", r"c:\Work") is None


def test_composed_and_decomposed_names_are_one_where_case_does_not_matter() -> None:
    assert posix_folder_of("/Cafe\u0301/a.py", "/caf\u00e9", ignores_case=True) == Inside(0, "a.py")


@pytest.mark.skipif(os.name == "nt", reason="making links takes a privilege on Windows")
def test_file_is_found_through_a_link_to_its_folder(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    link = tmp_path / "link"
    link.symlink_to(root)

    assert find_folder([link], root / "src" / "gone.py") == Inside(0, "src/gone.py")
    assert find_folder([root], link / "a.py") == Inside(0, "a.py")
    assert find_folder([root], link) is None  # the link itself lies beside the folder


@pytest.mark.skipif(os.name == "nt", reason="making links takes a privilege on Windows")
def test_link_to_a_file_elsewhere_is_a_file_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").touch()
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.py").symlink_to(tmp_path / "elsewhere.py")

    assert find_folder([root], root / "a.py") == Inside(0, "a.py")
