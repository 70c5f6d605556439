"""What is ranked: the candidates of words and of vectors, each with its meaning compared."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.support import write_tree
from whence.app import LocalServices
from whence.arrays import Float32
from whence.domain import Filters, Query, Scored
from whence.ranking.candidates import Candidate
from whence.store.index import Index
from whence.store.resident import Residency, Resident

N_FUNCTIONS = 12


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Functions of which one has the word that is asked for."""
    bodies = {f"m{idx}.py": f"def step_{idx}(value):\n    return value + {idx}\n" for idx in range(N_FUNCTIONS)}
    return write_tree(tmp_path / "r", {**bodies, "z.py": "def rewind_tape(reel):\n    return reel.start()\n"})


def candidates(root: Path, text: str) -> list[Candidate]:
    with closing(LocalServices().open(root)) as workspace:
        workspace.refresh()
        return workspace.candidates(text)


def test_meaning_is_compared_for_what_words_alone_have_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = {one.record.path: one.similarity for one in candidates(root, "rewind tape reel")}
    assert max(everything, key=lambda path: everything[path] or 0.0) == "z.py"
    nearest = Index.search_vectors

    def all_but_the_nearest(index: Index, vector: Float32, limit: int, filters: Filters) -> list[Scored]:
        return nearest(index, vector, limit, filters)[1:]

    monkeypatch.setattr(Index, "search_vectors", all_but_the_nearest)

    found = {one.record.path: one.similarity for one in candidates(root, "rewind tape reel")}

    assert found == pytest.approx(everything, abs=1e-3)


def test_answers_are_the_same_with_vectors_in_memory(root: Path) -> None:
    with closing(LocalServices().open(root)) as workspace:
        workspace.refresh()
        first, *_, last = [workspace.search(Query("rewind tape reel")) for _ in range(20)]

    assert [hit.chunk_id for hit in last.hits] == [hit.chunk_id for hit in first.hits]
    assert [hit.score for hit in last.hits] == pytest.approx([hit.score for hit in first.hits], abs=1e-3)


def test_a_process_that_asks_once_reads_no_vectors_into_memory(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    search = Residency.of

    def counted(residency: Residency, version: int) -> Resident | None:
        looked.append(version)
        return search(residency, version)

    monkeypatch.setattr(Residency, "of", counted)
    with closing(LocalServices().open(root)) as workspace:
        workspace.refresh()
        workspace.search(Query("rewind tape reel"))

    assert len(looked) == 1  # the second one of a version has them read (tests/store/test_resident.py)
