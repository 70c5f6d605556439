"""Our own rules say what git says, on random trees and random patterns."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whence.files.layout import look_around
from whence.files.listing import list_files
from whence.files.patterns import parse_patterns

NAMES = st.sampled_from(["a", "b", "c", "ab", "a.b", "b.c", "a b", "é", "A", "a]", "foo.log", "!a", "#b", "[a]", "a-b"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PIECES = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "ab",
        "é",
        "A",
        ".",
        "foo",
        "log",
        " ",
        "*",
        "**",
        "?",
        "/",
        "[ab]",
        "[!a]",
        "[^b]",
        "[a-c]",
        "[]a]",
        "[[:alpha:]]",
        "[[:punct:]]",
        "[[:bad:]]",
        "[b-a]",
        "[a",
        "[a-",
        "[\\]]",
        "\\",
        "\\*",
        "\\ ",
        "!",
        "#",
        "-",
        "/**",
        "**/",
    ]
)
PATTERNS = st.tuples(
    st.sampled_from(["", "", "", "!", "/", "!/", "\\!", "**/", "/**/"]),
    st.lists(PIECES, min_size=1, max_size=5).map("".join),
    st.sampled_from(["", "", "", "/", "/*", "/**", " ", "\t", "\r"]),
).map("".join)
IGNORE_FILES = st.lists(PATTERNS, min_size=1, max_size=6).map("\n".join)
NOT_ON_WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="names with '*' and the like cannot be made there")


def make_tree(root: Path, paths: list[str], ignore_files: dict[str, str]) -> None:
    for path in paths:
        file = root / path
        if any(parent.is_file() for parent in file.parents) or file.is_dir():
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    for folder, content in ignore_files.items():
        if (root / folder).is_dir():
            (root / folder / ".gitignore").write_bytes(content.encode())


@NOT_ON_WINDOWS
@given(
    paths=st.lists(PATHS, min_size=3, max_size=12),
    ignore_files=st.dictionaries(st.sampled_from(["", "a", "b", "a/b", "ab"]), IGNORE_FILES, min_size=1),
    exclude=IGNORE_FILES,
)
@settings(max_examples=40, deadline=None)
def test_rules_list_what_git_lists(
    git: Callable[..., bytes], paths: list[str], ignore_files: dict[str, str], exclude: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        git(root, "init", "-q", "--template=")
        (root / ".git" / "info").mkdir()
        (root / ".git" / "info" / "exclude").write_bytes(exclude.encode())
        make_tree(root, paths, ignore_files)
        listed = git(root, "ls-files", "--others", "--exclude-standard", "-z")

        without_git = {name: value for name, value in os.environ.items() if name != "PATH"}
        listing = list_files(look_around(str(root), without_git), max_bytes=1000)

        ours = [entry.path for entry in listing.entries] + [item.path for item in listing.left_out]
        assert sorted(ours) == sorted(os.fsdecode(listed).split("\0")[:-1])


@given(content=st.binary(max_size=60), path=st.binary(min_size=1, max_size=20))
@settings(max_examples=300)
def test_any_bytes_make_patterns_that_can_be_matched(content: bytes, path: bytes) -> None:
    patterns = parse_patterns(content, ".gitignore", b"", ignores_case=False)

    assert set(patterns.matches(path, is_dir=False)) <= set(patterns.patterns)
