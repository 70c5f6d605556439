"""Filters hold before the best are chosen, for every odd name; globs mean what they mean in .gitignore."""

from __future__ import annotations

import pytest

from tests.store.support import MODEL, NO_FILTERS, Workbench, axes, chunk, paths_found
from whence.domain import Filters, IndexState, Kind
from whence.errors import StoreError

PATHS = (
    "setup.py",
    "src/a.py",
    "src/deep/a.py",
    "src/deep/b.ts",
    "docs/src/c.md",
    "it's/100%.py",
    "brackets/[x].py",
    "naïve/日本.py",
    "back/new\nline.py",
)


@pytest.mark.parametrize(
    ("globs", "paths"),
    [
        (["*.py"], [path for path in PATHS if path.endswith(".py")]),
        (["a.py"], ["src/a.py", "src/deep/a.py"]),
        (["/setup.py"], ["setup.py"]),
        (["/a.py"], []),
        (["src"], ["docs/src/c.md", "src/a.py", "src/deep/a.py", "src/deep/b.ts"]),
        (["/src/"], ["src/a.py", "src/deep/a.py", "src/deep/b.ts"]),
        (["src/*.py"], ["src/a.py"]),
        (["src/**/*.py"], ["src/a.py", "src/deep/a.py"]),
        (["src/**"], ["src/a.py", "src/deep/a.py", "src/deep/b.ts"]),
        (["**/deep"], ["src/deep/a.py", "src/deep/b.ts"]),
        (["?.[mt][ds]"], ["docs/src/c.md", "src/deep/b.ts"]),
        (["[!ab].*"], ["docs/src/c.md"]),
        (["src", "!*.ts", "!docs"], ["src/a.py", "src/deep/a.py"]),
        (["!src"], [path for path in PATHS if "src/" not in path]),
        (["it's"], ["it's/100%.py"]),
        (["100%.*"], ["it's/100%.py"]),
        ([r"\[x\].py"], ["brackets/[x].py"]),
        (["[[]x].py"], ["brackets/[x].py"]),
        (["日?.py"], ["naïve/日本.py"]),
        (["NAÏVE"], []),
        (["*line.py"], ["back/new\nline.py"]),
        (["setup.p[y"], []),
        (["[]"], []),
        (["![z-a].py"], list(PATHS)),
        (["[[:bad:]]*"], []),
        (["setup.py\\"], []),
        (["src[/]a.py"], []),
        (["' OR TRUE --"], []),
        (["# comment", ""], list(PATHS)),
    ],
)
def test_path_globs_are_gitignore_patterns(bench: Workbench, globs: list[str], paths: list[str]) -> None:
    index = bench.filled(*(chunk(path, "common") for path in PATHS))

    assert paths_found(index, "common", Filters(path_globs=tuple(globs))) == sorted(paths)


def test_languages_and_kinds_limit_both_searches(bench: Workbench) -> None:
    records = [
        chunk("a.py", "common", language="python", kind=Kind.CLASS),
        chunk("b.py", "common", language="python", kind=Kind.METHOD),
        chunk("c.go", "common", language="go", kind=Kind.METHOD),
    ]
    index = bench.filled(*records)
    index.add_vectors([record.path for record in records], records, axes(0, 1, 2))
    filters = Filters(languages=("python", "rust"), kinds=(Kind.METHOD,))

    assert paths_found(index, "common", filters) == ["b.py"]
    assert [scored.chunk_id for scored in index.search_vectors(axes(0)[0], 10, filters)] == [records[1].chunk_id]


@pytest.mark.parametrize("is_indexed", [False, True])
def test_filters_hold_before_the_best_are_chosen(bench: Workbench, is_indexed: bool) -> None:
    records = [chunk(f"crowd{idx}.py", "common common common") for idx in range(30)]
    rare = chunk("rare.go", "common and more words that make it less alike", language="go")
    index = bench.filled(*records, rare)
    index.add_vectors(["rare.go"], [*records, rare], axes(*[0] * 30, 1))
    if is_indexed:
        index.settle(is_final=True)
    filters = Filters(languages=("go",))

    assert len(index.search_words("common", 5, NO_FILTERS)) == 5
    assert [scored.chunk_id for scored in index.search_words("common", 5, filters)] == [rare.chunk_id]
    assert [scored.chunk_id for scored in index.search_vectors(axes(0)[0], 5, filters)] == [rare.chunk_id]


def test_thousands_of_globs_are_one_condition(bench: Workbench) -> None:
    index = bench.filled(*(chunk(path, "common") for path in PATHS))
    globs = (*(f"folder{idx}/**" for idx in range(2_000)), "*.py", *(f"!other{idx}" for idx in range(2_000)), "!src")

    assert paths_found(index, "common", Filters(path_globs=globs)) == [
        "back/new\nline.py",
        "brackets/[x].py",
        "it's/100%.py",
        "naïve/日本.py",
        "setup.py",
    ]


@pytest.mark.parametrize("globs", [["a", "!b"] * 500, ["*?" * 20_000]])
def test_globs_beyond_what_the_tables_take_are_refused_and_do_no_harm(bench: Workbench, globs: list[str]) -> None:
    index = bench.filled(chunk("a.py", "common"))

    with pytest.raises(StoreError, match="fewer or shorter"):
        paths_found(index, "common", Filters(path_globs=tuple(globs)))

    assert bench.home.inspect(bench.root, MODEL).state is IndexState.USABLE
