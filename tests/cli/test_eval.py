"""`whence eval`, as a person or a script uses it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TINY_MODEL
from tests.support import Whence, git, write_tree

ANIMALS = ("sheep", "goat", "horse", "donkey", "camel", "llama", "alpaca", "yak", "buffalo", "rabbit", "goose", "duck")
DEEDS = (
    *("counts", "feeds", "shears", "washes", "brushes", "weighs"),
    *("walks", "sells", "names", "paints", "photographs", "insures"),
)


def herd(n_changes: int = 0) -> dict[str, str]:
    """A dozen documented functions, a file each; the first of them changed."""
    return {
        f"farm/{animal}.py": f'''\
def {deed}_{animal}(barn, hour):
    """Somebody {deed} every {animal} in the big barn."""
    total = {int(idx < n_changes)}
    for stall in barn.{animal}_stalls:
        total += stall.{deed}(hour)
    return total
'''
        for idx, (animal, deed) in enumerate(zip(ANIMALS, DEEDS, strict=True))
    }


@pytest.fixture
def farm(tmp_path: Path) -> Path:
    """A work tree whose commits change one function each."""
    root = write_tree(tmp_path / "farm-repo", herd())
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Begin the farm with all animals")
    for idx, (animal, deed) in enumerate(zip(ANIMALS, DEEDS, strict=True), start=1):
        write_tree(root, herd(idx))
        git(root, "commit", "-q", "-a", "-m", f"Start at one where somebody {deed} a {animal}")
    return root


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_both_sorts_of_questions_are_asked_and_measured(whence: Whence, farm: Path) -> None:
    ran = whence("eval", "--root", farm, "--json")

    assert ran.code == 0
    answer = ran.json
    assert answer["root"] == str(farm.resolve())
    assert answer["model"] and answer["dimension"] > 0 and answer["version"]
    assert (answer["files"], answer["files_listed"], answer["limit"]) == (12, 12, 200)
    for sort in ("docs", "commits"):
        asked = answer[sort]
        assert (asked["questions"], asked["misses"]) == (12, [])
        assert asked["chunks"] >= 12
        for name in ("recall_at_1", "recall_at_5", "recall_at_20", "mrr"):
            assert 0 <= asked[name]["low"] <= asked[name]["mean"] <= asked[name]["high"] <= 1
        # A dozen places, and animals that stand in the code: whoever mixes paths or lines up finds none.
        assert asked["recall_at_20"]["mean"] > 0.5


def test_doc_comments_are_not_searched(whence: Whence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told_by_doc = {
        f"f{idx}.py": f'def run_{idx}(x):\n    """Somebody {deed} every {animal} by night."""\n    return x + {idx}\n'
        for idx, (animal, deed) in enumerate(zip(ANIMALS, DEEDS, strict=True))
    }
    root = write_tree(tmp_path / "r", told_by_doc)

    answer = whence("eval", "--root", root, "--json").json

    # With its doc, each is found by two words that no other function has.
    assert whence("search", "shears every horse", "--root", root, "--json").places[0] == "f2.py:1"
    assert answer["docs"]["recall_at_1"]["mean"] < 0.5
    assert answer["commits"] is None


def test_same_folder_gives_the_same_answer(whence: Whence, farm: Path) -> None:
    first = whence("eval", "--root", farm, "--limit", "10", "--files", "11", "--json")

    assert (first.code, first.json["docs"]["questions"], first.json["files"]) == (0, 10, 11)
    assert whence("eval", "--root", farm, "--limit", "10", "--files", "11", "--json").out == first.out


def test_index_and_folder_of_the_user_stay_as_they_are(
    whence: Whence, farm: Path, own_surroundings: Path, scratch: Path
) -> None:
    whence("index", "--root", farm)
    index = Path(whence("status", "--root", farm, "--json").json["index_dir"])
    before = snapshot(index), snapshot(farm)

    assert whence("eval", "--root", farm).code == 0

    assert (snapshot(index), snapshot(farm)) == before
    assert [path.name for path in index.parent.iterdir() if path.is_dir()] == [index.name]
    assert list(scratch.iterdir()) == []


def test_table_says_what_was_measured_and_misses_where_the_right_place_came(whence: Whence, farm: Path) -> None:
    ran = whence("eval", "--root", farm, "--files", "11", "--show-misses", "3")

    assert ran.code == 0
    assert ran.out.startswith(f"Search among 11 of 12 files of {farm.resolve()}, chosen by chance; model ")
    rows = [line.split() for line in ran.out.splitlines()]
    assert any(row[:3] == ["doc", "comments", "11"] for row in rows)
    assert any(row[:3] == ["commit", "messages", "11"] for row in rows)


def test_misses_name_the_right_place_and_what_came_first(whence: Whence, tmp_path: Path) -> None:
    names = {f"f{idx}.py": f'def run_{idx}(x):\n    """Tell how {animal} sleeps by night."""\n    return x\n'
             for idx, animal in enumerate(ANIMALS)}  # fmt: skip
    root = write_tree(tmp_path / "r", names)

    answer: dict[str, Any] = whence("eval", "--root", root, "--show-misses", "2", "--json").json

    misses = answer["docs"]["misses"]
    assert len(misses) == 2
    for miss in misses:
        assert miss["question"].startswith("Tell how")
        assert miss["origin"] == f"{miss['right'][0]['path']}:1"
        assert miss["rank"] is None or miss["rank"] > 1
    assert "Answered worst of the doc comments:" in whence("eval", "--root", root, "--show-misses", "1").out


def test_too_few_questions_are_one_line(whence: Whence, shop: Path, scratch: Path) -> None:
    ran = whence("eval", "--root", shop, "--json")

    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "too little to ask" in ran.err
    assert list(scratch.iterdir()) == []


def test_another_model_can_be_measured(whence: Whence, farm: Path, tmp_path: Path) -> None:
    assert whence("eval", "--root", farm, "--model", TINY_MODEL).code == 0

    missing = whence("eval", "--root", farm, "--model", tmp_path / "none")

    assert (missing.code, missing.err.count("\n")) == (2, 1)
    assert str(tmp_path / "none") in missing.err


@pytest.mark.parametrize(
    "arguments",
    [["--limit", "0"], ["--files", "x"], ["--show-misses", "-1"], ["--dimension", "7"], ["--root", "/none/such"]],
)
def test_wrong_use_is_one_line(whence: Whence, farm: Path, arguments: list[str]) -> None:
    ran = whence("eval", "--root", farm, *arguments)

    assert (ran.code, ran.err.count("\n")) == (2, 1)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize("n_signals", [1, 2])
def test_ctrl_c_leaves_nothing(tmp_path: Path, scratch: Path, n_signals: int) -> None:
    files = {
        f"m{idx}.py": f'def f_{idx}():\n    """Say how {idx} sheep sleep."""\n    return {idx}\n' for idx in range(2000)
    }
    root = write_tree(tmp_path / "big", files)
    command = [sys.executable, "-m", "whence", "eval", "--root", str(root), "--files", "2000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # Wait for the index to be begun by looking, not by the clock.
    while process.poll() is None and not any(scratch.rglob("catalogue.sqlite")):
        pass
    for _ in range(n_signals):
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (130, b""), err
    assert err.splitlines()[-1].startswith(b"whence: Stopped")
    assert b"Traceback" not in err
    assert list(scratch.iterdir()) == []
