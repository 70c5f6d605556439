"""Near-clones differ from their original as they say, and in nothing else."""

from __future__ import annotations

import random

import pytest

from benchmarks.quality.clones import LANGUAGES, clones_of, reformat, rename, reorder

BACKUP = """\
@command
def back_up(path, suffix):
    # what is there already stays
    copied = []
    target = "path" + suffix
    for line in read(path):
        copied.append(line)
    log.path = path
    return copied
"""


def test_names_are_changed_consistently_but_for_calls_members_and_strings() -> None:
    renamed = rename(BACKUP, "back_up", LANGUAGES["python"], random.Random(0))

    header, *_, member, result = renamed.strip().split("\n")[1:]
    path, suffix = header.partition("(")[2].removesuffix("):").split(", ")
    assert "back_up" not in renamed
    assert {path, suffix}.isdisjoint({"path", "suffix"})
    assert member == f"    log.path = {path}"
    assert f'"path" + {suffix}' in renamed
    assert f"read({path})" in renamed
    assert f"{result.split()[1]}.append(" in renamed


def test_definition_with_few_names_is_not_renamed() -> None:
    text = "def run():\n    start()\n"

    assert rename(text, "run", LANGUAGES["python"], random.Random(0)) == text


def test_independent_assignments_and_parameters_change_places() -> None:
    lines = reorder(BACKUP, "back_up").split("\n")

    assert lines[1] == "def back_up(suffix, path):"
    assert lines[3:5] == ['    target = "path" + suffix', "    copied = []"]


@pytest.mark.parametrize(
    "text",
    [
        "def area(self, width=1, height=2):\n    a = width\n    b = a * height\n    return b",
        "def area(self, width):\n    a = first(\n        b)\n    return a",
        "def swap(self, pair):\n    a = b\n    b = c\n    return a",
    ],
    ids=["one needs the other", "more than a line", "one sets what the other reads"],
)
def test_dependent_lines_stay_in_order(text: str) -> None:
    assert reorder(text, text[4:8]) == text


def test_reformatted_code_has_the_same_tokens_without_comments() -> None:
    text = """\
func Send(ctx Context, name string, body []byte) error {
\t// "twice"

\treturn post(ctx, name, "a, b//c", body, retries, time.Second)
}"""

    assert reformat(text, LANGUAGES["go"]).split("\n") == [
        "func Send(",
        "    ctx Context,",
        "    name string,",
        "    body []byte",
        ") error",
        "{",
        "  return post(",
        "      ctx,",
        "      name,",
        '      "a, b//c",',
        "      body,",
        "      retries,",
        "      time.Second",
        "  )",
        "}",
    ]


def test_each_kind_of_change_gives_one_clone_and_the_same_seed_the_same_clones() -> None:
    clones = clones_of(BACKUP, "back_up", LANGUAGES["python"], seed=7)

    assert list(clones) == ["renamed", "reordered", "re-formatted", "all three"]
    assert len({*clones.values(), BACKUP}) == 5
    assert clones == clones_of(BACKUP, "back_up", LANGUAGES["python"], seed=7)
