"""Questions about code: what is asked about takes no rank, and the claims and absent things kept are well formed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.quality.absent import Absent, check_absent, read_absent
from benchmarks.quality.alike import INSPECTED, N_CLAIMS, precision, read_claims
from benchmarks.quality.calibration import Decided, rows
from benchmarks.quality.questions import Place, Question, Task
from benchmarks.quality.retrievers import fits
from benchmarks.quality.scoring import Found, score
from benchmarks.quality.suites import Solution
from tests.support import git, write_tree


def test_hits_in_what_is_asked_about_take_no_rank() -> None:
    question = Question(
        "code", "from go", (Place("python/a.py"),), origin=Place("go/a.go", 3, 3), among=r"(?!go/a\.go$)"
    )
    hits = [Found("go/a.go", 3, 9), Found("go/b.go", 1, 5), Found("python/a.py", 1, 4)]

    assert score(question, hits).rank == 2


def test_only_hits_of_one_language_can_be_counted() -> None:
    question = Question("code", "go to python", (Place("python/a.py"),), among="python/")

    assert score(question, [Found("go/b.go", 1, 5), Found("python/a.py", 1, 4)]).rank == 1


@pytest.mark.parametrize(
    ("origin", "asked"), [(None, {"BM25", "whence"}), (Place("a.py", 1, 1), {"BM25", "similar"})], ids=["words", "code"]
)
def test_retrievers_get_the_questions_they_can_answer(origin: Place | None, asked: set[str]) -> None:
    task = Task("suite", "task", Path(), (Question("text", "group", (), origin=origin),))

    assert {name for name in ("BM25", "whence", "similar") if fits(name, task)} == asked


def test_solution_is_asked_about_at_its_function() -> None:
    solution = Solution("import math\n\n\ndef area(radius):\n", "    return math.pi * radius**2\n")

    assert solution.line == 4
    assert solution.function == "def area(radius):\n    return math.pi * radius**2\n"


def test_every_claim_that_was_drawn_has_a_verdict() -> None:
    for path in INSPECTED.glob("*.jsonl"):
        claims = read_claims(path)

        assert len(claims) == N_CLAIMS
        assert all(claim.alike is not None and claim.why for claim in claims)
        assert all(re.fullmatch(r".+:\d+", place) for claim in claims for place in (claim.one, claim.other))


def test_precision_is_the_share_of_claims_found_right(tmp_path: Path) -> None:
    claims = [{"one": "a.py:1", "other": "b.py:1", "similarity": 0.65, "alike": alike, "why": "-"} for alike in (1, 0)]
    write_tree(
        tmp_path,
        {"acme+shop.jsonl": "".join(f"{json.dumps({**one, 'alike': bool(one['alike'])})}\n" for one in claims)},
    )

    told = {row.what: row.measured for row in precision(tmp_path)}

    assert told["alike claims, acme/shop, precision"].startswith("n 2: 0.500")
    assert told["alike claims, acme/shop, cosine 0.6 to 0.7"].startswith("n 2: 0.500")


def test_absent_questions_are_well_formed() -> None:
    assert list(check_absent(read_absent(), None)) == []


def test_thing_that_is_there_is_not_absent(tmp_path: Path) -> None:
    repo = write_tree(tmp_path / "acme+shop" / "repo", {"pay.py": "def charge_credit_card(): ...\n"})
    git(repo, "init", "-q")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "A shop")
    commit = git(repo, "rev-parse", "HEAD").strip()
    others = read_absent()[2:]
    asked = [
        Absent("acme/shop", commit, "pay by card", "Credit.card"),
        Absent("acme/shop", commit, "pay in cash", "cash"),
        *others,
    ]

    assert list(check_absent(asked, tmp_path)) == ["absent.jsonl:1: Credit.card is there, in pay.py"]


def test_bounds_that_would_refuse_and_keep_enough_are_told() -> None:
    absent = [Decided(str(idx), idx == 9, idx / 20, ()) for idx in range(10)]
    good = [Decided(str(idx), True, 0.5, ()) for idx in range(10)]

    told = {row.what: (row.measured, row.is_met) for row in rows(absent, good)}

    assert told["calibration, nothing relevant said of absent things"][1] is True
    assert told["calibration, good queries keep their hit"][1] is True
    assert told["calibration, lowest bound that refuses 0.8"][0] == "0.36: refuses 0.800, keeps 1.000"
    assert told["calibration, highest bound that keeps 0.97"][0] == "0.50: refuses 1.000, keeps 1.000"
