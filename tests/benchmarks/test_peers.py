"""The comparison with peers: what its table says, and what becomes of a peer that fails."""

import sys
from pathlib import Path

import pytest

from benchmarks.quality.peer_process import Command, PeerFailed, running
from benchmarks.quality.peer_table import Asked, Indexed, Measured, rows_of
from benchmarks.quality.questions import Place, Question
from benchmarks.quality.scoring import Found, score

QUESTION = Question("where is it", "", (Place("right.py"),))

ECHO = """\
import json, sys
for line in sys.stdin:
    print(json.dumps({"said": json.loads(line)["text"], "peak_bytes": 7}), flush=True)
"""


def test_each_measure_of_a_peer_has_its_ratio_to_whence() -> None:
    measured = [contender("Whence", rank=1, size=2, ms=10.0), contender("other", rank=3, size=1, ms=30.0)]

    told = {row.what: row.measured for row in rows_of(measured)}

    assert told["NDCG@10, mean of 1 folders: other"].startswith(
        "**0.500**, **0.50 times**; better than Whence on 0, worse on 1;"
    )
    assert told["NDCG@10, folder, 1 questions"] == "Whence 1.000, other 0.500"
    assert told["index time: other"] == "**1.0 s**, **0.50 times** (folder 1.0)"
    assert told["question, warm: other"] == "p50 **30.0 ms**, **3.00 times**; p95 **30.0 ms**, **3.00 times** (n 1)"
    assert told["peak memory, answering: other"] == "**1.0 MB**, **0.50 times**"
    assert told["size on disk: other"] == "**1.00 MB**, **0.50 times** (folder 1.00)"


def test_a_peer_without_an_index_has_quality_and_time_alone() -> None:
    measured = [contender("Whence", rank=1, size=2, ms=10.0), contender("grep", rank=1, size=None, ms=5.0)]

    told = [row.what for row in rows_of(measured) if "grep" in row.what]

    assert told == ["NDCG@10, mean of 1 folders: grep", "question, warm: grep"]


def test_a_peer_that_ends_is_told_by_its_last_words(tmp_path: Path) -> None:
    command = Command((sys.executable, "-c", "import sys; sys.exit('there is no model')"), {}, tmp_path)

    with pytest.raises(PeerFailed, match="there is no model"), running(command, tmp_path / "log") as process:
        process.do(do="index")


def test_a_peer_answers_line_by_line_and_tells_its_memory(tmp_path: Path) -> None:
    with running(Command((sys.executable, "-c", ECHO), {}, tmp_path), tmp_path / "log") as process:
        said = process.do(text="hello")["said"]

    assert said == "hello"
    assert process.usage.peak_bytes >= 7
    assert process.usage.wall_s > 0


def contender(name: str, *, rank: int, size: int | None, ms: float) -> Measured:
    """One that answers the one question at this rank; `size` megabytes and seconds for an index, None for no index."""
    hits = [Found("wrong.py", 1, 2)] * (rank - 1) + [Found("right.py", 1, 2)]
    n_bytes = (size or 0) * 1_000_000
    asked = Asked("folder", 1, (score(QUESTION, hits),), (ms,), n_bytes)
    indexed = () if size is None else (Indexed("folder", float(size), n_bytes, n_bytes, 3),)
    return Measured(name, indexed, {name: (asked,)})
