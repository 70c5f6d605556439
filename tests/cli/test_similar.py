"""`whence similar`, as a person or a script uses it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import TINY_MODEL
from tests.support import Whence, write_tree

SUM_IN_PYTHON = '''\
def sum_of_prices(items):
    """Add up the price of all items."""
    total = 0
    for item in items:
        total += item.price
    return total
'''
SUM_IN_JAVASCRIPT = """\
// Add up the price of all items.
function sumOfPrices(items) {
  let total = 0;
  for (const item of items) total += item.price;
  return total;
}
"""
UNRELATED = """\
def open_socket(host, port):
    connection = Socket(host, port)
    connection.listen()
    return connection
"""


@pytest.fixture
def twins(tmp_path: Path) -> Path:
    return write_tree(
        tmp_path / "twins",
        {
            "a/sum.py": SUM_IN_PYTHON,
            "b/copy.py": f"import os\n\n\n{SUM_IN_PYTHON}",
            "web/sum.js": SUM_IN_JAVASCRIPT,
            "net.py": UNRELATED,
        },
    )


def test_exact_copy_is_named_apart(whence: Whence, twins: Path) -> None:
    answer = whence("similar", "a/sum.py:4", "--root", twins, "--json").json

    assert answer["target"]["symbol"] == "sum_of_prices"
    assert [(copy["path"], copy["start_line"]) for copy in answer["copies"]] == [("b/copy.py", 4)]


def test_same_thing_in_another_language_is_found(whence: Whence, twins: Path) -> None:
    assert whence("similar", "a/sum.py:1", "--root", twins, "--json").paths == ["web/sum.js"]


def test_the_definition_itself_is_not_among_the_results(whence: Whence, twins: Path) -> None:
    answer = whence("similar", "a/sum.py:2", "--root", twins, "--json").json

    assert "a/sum.py" not in [hit["path"] for hit in [*answer["hits"], *answer["copies"]]]


def test_text_for_a_person_names_the_target_and_the_copies(whence: Whence, twins: Path) -> None:
    ran = whence("similar", "a/sum.py:1", "--root", twins)

    assert ran.code == 0
    assert ran.out.startswith("Like sum_of_prices in a/sum.py:1:")
    assert "Exact copies\n  b/copy.py:4" in ran.out


def test_nothing_alike_is_exit_code_one(whence: Whence, twins: Path) -> None:
    ran = whence("similar", "net.py:1", "--root", twins)

    assert ran.code == 1
    assert "Nothing in this code base is alike" in ran.out


def test_what_counts_as_alike_is_on_the_scale_of_the_model(
    whence: Whence, twins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Path(shutil.copytree(TINY_MODEL, tmp_path / "model"))
    keys = (model / "model.toml").read_text(encoding="utf-8")
    stricter = keys.replace("passage_similarity = [1.0, 0.0]", "passage_similarity = [1.0, -0.9]")
    (model / "model.toml").write_text(stricter, encoding="utf-8")
    monkeypatch.setenv("WHENCE_MODEL", str(model))

    assert whence("similar", "a/sum.py:1", "--root", twins, "--json").paths == []


def test_definition_that_was_just_edited_is_taken_as_it_stands(whence: Whence, twins: Path) -> None:
    whence("index", "--root", twins)
    write_tree(twins, {"net.py": SUM_IN_PYTHON.replace("sum_of_prices", "sum_all_prices")})

    answer = whence("similar", "net.py:1", "--root", twins, "--json", "--no-refresh").json

    first = answer["hits"][0]
    assert {first["path"], *(copy.partition(":")[0] for copy in first["copies"])} == {"a/sum.py", "b/copy.py"}
    assert [hit["path"] for hit in answer["hits"][1:]] == ["web/sum.js"]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("a/sum.py:99", "6 lines"),
        ("a/gone.py:1", "a/gone.py"),
        ("a/sum.py:0", "PATH:LINE"),
        ("a/sum.py", "PATH:LINE"),
    ],
)
def test_wrong_place_gets_one_line(whence: Whence, twins: Path, place: str, words: str) -> None:
    ran = whence("similar", place, "--root", twins)

    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert words in ran.err
