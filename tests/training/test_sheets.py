import json
from pathlib import Path

import pytest

from training import sheets
from training.corpus import Definition, Repository
from training.sheets import take

REPOSITORY = Repository("pool", "pool", "0" * 40, "MIT", ("python",))


def definition_of(symbol: str, start_line: int) -> Definition:
    return Definition(
        "pool.py", symbol, "function", "python", start_line, start_line + 6, "", f"def {symbol}", (), False
    )


DEFINITIONS = [definition_of("close_all", 1), definition_of("open_one", 11), definition_of("copied", 21)]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sheets, "QUESTIONS", tmp_path)
    monkeypatch.setattr(sheets, "read_measured", lambda: {("pool/pool", "pool.py", "copied")})
    return tmp_path / f"{REPOSITORY.folder}.jsonl"


def test_questions_are_taken_once_and_added_to_what_is_there(elsewhere: Path) -> None:
    line = "0\tL1\t1\tgive every connection back\n"
    assert take(REPOSITORY, DEFINITIONS, line)[-1] == "1 taken, 0 not; 1 questions about pool/pool now"
    assert take(REPOSITORY, DEFINITIONS, f"{line}1\tL0\t0\topen a connection python")[-1].startswith(
        "1 taken, 0 not; 2"
    )
    first, second = map(json.loads, elsewhere.read_text(encoding="utf-8").splitlines())
    assert first["query"] == "give every connection back"
    assert first["gold"] == [{"path": "pool.py", "symbol": "close_all", "start_line": 1, "end_line": 7}]
    assert second["hard_negative"]["symbol"] == "close_all"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("0 L1 1 give every connection back", "tabs between"),
        ("7\tL1\t1\tgive every connection back", "no such definition"),
        ("0\tL1\t0\tgive every connection back", "no such definition"),
        ("0\tL9\t1\tgive every connection back", "the level is none of L0, L1, L2"),
        ("0\tL1\t1\tgive back", "not 3 to 18 words"),
        ("0\tL2\t1\tnothing is closing connections", "has words of the name"),
        ("2\tL0\t1\twhat a test suite asks", "stands in a test suite too (measured.txt)"),
    ],
)
def test_a_line_that_is_not_right_is_told_with_its_reason_and_not_taken(elsewhere: Path, line: str, why: str) -> None:
    problem, total = take(REPOSITORY, DEFINITIONS, line)
    assert problem.startswith("line 1: ")
    assert why in problem
    assert total == "0 taken, 1 not; 0 questions about pool/pool now"
    assert not elsewhere.read_text(encoding="utf-8")
