"""Whether a path passes the patterns of a search: as gitignore patterns say, and as the store's filter answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.store.support import Workbench, chunk, paths_found
from whence.domain import Filters
from whence.files.filters import MAX_OTHER_LETTERS, passes
from whence.store.home import IndexHome
from whence.store.index import Index

PATHS = (
    "a",
    "a.py",
    "ab/a.py",
    "b/a/a.b",
    "a/b",
    "a-b",
    "a[b",
    "a\\b",
    "[a]/^",
    "é.py",
    "ü/é.a",
    "日本.py",
    "a/日",
    "🦊",
)

PIECES = ["a", "b", ".", "py", "é", "日", "🦊", "*", "**", "?", "/", "/**", "**/", "[ab]", "[!a]", "[^b]", "[é-ü]"]
ODD_PIECES = [
    "[b-a]",
    "[!b-a]",
    "[a",
    "[",
    "[]",
    "[]]",
    "[!]a]",
    "[[:alpha:]]",
    "[[:bad:]]",
    "[a-]",
    "[\\]]",
    "\\",
    "[/]",
]
GLOBS = st.tuples(
    st.sampled_from(["", "", "!", "/"]), st.lists(st.sampled_from(PIECES * 2 + ODD_PIECES), min_size=1, max_size=5)
).map(lambda parts: parts[0] + "".join(parts[1]))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Holds a chunk of every path."""
    folder = tmp_path_factory.mktemp("filters")
    (folder / "work").mkdir()
    bench = Workbench(IndexHome(folder / "home", content="1"), folder / "work")
    yield bench.filled(*(chunk(path, "common") for path in PATHS))
    bench.close()


def passing(*globs: str) -> list[str]:
    return [path for path in PATHS if passes(path, globs)]


@pytest.mark.parametrize(
    ("globs", "paths"),
    [
        ([], list(PATHS)),
        (["# comment", ""], list(PATHS)),
        (["*.py"], ["a.py", "ab/a.py", "é.py", "日本.py"]),
        (["/*.py"], ["a.py", "é.py", "日本.py"]),
        (["b"], ["b/a/a.b", "a/b"]),
        (["b/"], ["b/a/a.b"]),
        (["b/a"], ["b/a/a.b"]),
        (["**/a/**"], ["b/a/a.b", "a/b", "a/日"]),
        (["!a"], ["a.py", "ab/a.py", "a-b", "a[b", "a\\b", "[a]/^", "é.py", "ü/é.a", "日本.py", "🦊"]),
        (["*.py", "!ab"], ["a.py", "é.py", "日本.py"]),
        (["!*.py", "ab"], [path for path in PATHS if not path.endswith(".py") or path.startswith("ab")]),
        (["A.PY"], []),
        ([r"\!a", r"a\[b"], ["a[b"]),
    ],
)
def test_globs_are_gitignore_patterns_and_the_last_that_matches_decides(globs: list[str], paths: list[str]) -> None:
    assert passing(*globs) == paths


@pytest.mark.parametrize(
    ("glob", "paths"),
    [
        ("?.py", ["a.py", "ab/a.py", "é.py"]),
        ("日?.py", ["日本.py"]),
        ("??.py", ["日本.py"]),
        ("[!a].py", ["é.py"]),
        ("[à-ÿ].py", ["é.py"]),
        ("[日月]*", ["日本.py", "a/日"]),
        ("?", ["a", "b/a/a.b", "a/b", "[a]/^", "ü/é.a", "a/日", "🦊"]),
    ],
)
def test_letters_beyond_ascii_are_single_letters(glob: str, paths: list[str]) -> None:
    assert passing(glob) == paths


def test_glob_with_very_many_letters_still_names_a_path() -> None:
    name = "".join(chr(0x4E00 + number) for number in range(MAX_OTHER_LETTERS + 1))

    assert passes(f"folder/{name}.py", [f"{name}.*"])
    assert not passes(f"folder/{name[1:]}.py", [f"{name}.*"])


@pytest.mark.parametrize("glob", ["[", "[a", "[]", "[!]", "[[:bad:]]", "a\\", "[/]", "a[/]b"])
def test_pattern_that_git_never_matches_lets_nothing_in_and_takes_nothing_out(index: Index, glob: str) -> None:
    assert passing(glob) == paths_found(index, "common", Filters(path_globs=(glob,))) == []
    assert passing(f"!{glob}") == list(PATHS)
    assert paths_found(index, "common", Filters(path_globs=(f"!{glob}",))) == sorted(PATHS)


@example(["/****/a"])
@example(["a/****"])
@example(["a**/**"])
@example(["***/a"])
@example(["//"])
@example(["!a//"])
@given(st.lists(GLOBS, min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_the_store_answers_the_same(index: Index, globs: list[str]) -> None:
    assert sorted(passing(*globs)) == paths_found(index, "common", Filters(path_globs=tuple(globs)))
