"""Two steps to vectors: a first model stands in while many chunks wait, and nothing of it is left in the end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.support import SHOP, STATIC, Whence, write_tree
from whence.app import LocalServices
from whence.arrays import Float32
from whence.domain import IndexStatus, Query
from whence.encoder.lazy import LazyModel
from whence.engine import embedding, first_step
from whence.engine.jobs import CancelToken, Phase, Progress
from whence.engine.workspace import Workspace

MEANT = Query("how much do products in the cart cost altogether")
"""Shares no word with what is meant."""

NAMED = Query("session of a customer")

Leave = Callable[[Progress], bool]


@pytest.fixture
def workspace(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Not indexed; two chunks are many."""
    monkeypatch.setenv("WHENCE_FIRST_MODEL", str(STATIC))
    monkeypatch.setattr(first_step, "FEW_CHUNKS", 1)
    for path in SHOP:
        os.utime(shop / path, (1, 1))  # long ago, so that their times are trusted
    with closing(LocalServices().open(shop)) as opened:
        yield opened


def is_settling(progress: Progress) -> bool:
    return progress.phase is Phase.SETTLING


def is_embedding(progress: Progress) -> bool:
    return progress.phase is Phase.EMBEDDING


def stop_when(workspace: Workspace, leave: Leave) -> IndexStatus:
    """Refresh, stop as soon as `leave` says so, and tell how the index stands."""
    token = CancelToken()

    def look(progress: Progress) -> None:
        if leave(progress):
            token.cancel()

    assert not workspace.refresh(look, token).is_complete
    return workspace.status()


def vector_tables(status: IndexStatus) -> list[str]:
    return sorted(path.stem for path in Path(status.index_dir).glob("tables/vectors-*.lance"))


def test_search_by_meaning_answers_before_the_model_has_embedded_anything(workspace: Workspace) -> None:
    status = stop_when(workspace, is_settling)

    result = workspace.search(MEANT)

    assert (status.counts.n_embedded, status.counts.n_first) == (0, status.counts.n_chunks)
    assert status.first_model == "whence-static"
    assert [hit.symbol for hit in result.hits[:1]] == ["basketTotal"]
    assert any("means something like it" in reason.text for reason in result.hits[0].reasons)
    assert (result.counts.n_by_meaning, result.counts.is_complete) == (result.counts.n_chunks, False)


def test_what_an_answer_may_be_expected_to_have_is_told_by_the_model_that_looked_for_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_when(workspace, is_settling)
    asked: list[str] = []

    def far_more_than_there_is(model: LazyModel, query: Float32) -> float:
        asked.append(model.name)
        assert query.shape == (model.dimension,)
        return 9.0

    monkeypatch.setattr(LazyModel, "expected_similarity", far_more_than_there_is)

    refused = workspace.search(MEANT)
    workspace.refresh()
    refused_again = workspace.search(MEANT)

    assert asked == ["whence-static", "tiny"]
    assert not refused.hits and not refused_again.hits
    assert refused.nearest and refused_again.nearest


def test_chunks_with_their_vector_are_found_by_it_and_the_others_by_the_first_model(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "SLAB_PASSAGES", 1)
    counts = stop_when(workspace, is_embedding).counts
    assert 0 < counts.n_embedded < counts.n_chunks

    result = workspace.search(NAMED)

    assert result.counts.n_by_meaning == counts.n_chunks
    assert {"vectors", "first"} <= set(result.stage_ms)
    ids = [hit.chunk_id for hit in result.hits]
    assert len(ids) == len(set(ids)) > 1


def test_while_two_models_stand_together_each_hit_is_held_against_what_its_own_model_expects(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "SLAB_PASSAGES", 1)
    stop_when(workspace, is_embedding)

    def are_hits(expected_of: Mapping[str, float]) -> bool:
        monkeypatch.setattr(LazyModel, "expected_similarity", lambda model, _: expected_of[model.name])
        return bool(workspace.search(NAMED).hits)

    assert are_hits({"whence-static": -9.0, "tiny": 9.0})
    assert are_hits({"whence-static": 9.0, "tiny": -9.0})
    assert not are_hits({"whence-static": 9.0, "tiny": 9.0})


def test_nothing_of_the_first_model_is_left_when_every_chunk_has_its_vector(workspace: Workspace) -> None:
    stop_when(workspace, is_settling)
    assert workspace.refresh().is_complete

    status = workspace.status()

    assert status.counts.is_complete
    assert (len(vector_tables(status)), status.first_model, status.counts.n_first) == (1, "", 0)


def test_search_on_a_finished_index_loads_no_first_model(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    workspace.refresh()
    monkeypatch.setenv("WHENCE_FIRST_MODEL", str(tmp_path / "no-model"))

    with closing(LocalServices().open(workspace.root)) as later:
        result = later.search(NAMED)

    assert result.hits
    assert "first" not in result.stage_ms


def test_a_run_stopped_between_the_steps_is_picked_up_without_encoding_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_when(workspace, is_settling)
    with closing(LocalServices().open(workspace.root)) as later:
        report = later.refresh()

    assert (report.is_complete, report.n_files_changed, "first" in report.stage_s) == (True, 0, False)


def test_words_without_vectors_get_the_first_models_in_the_next_run(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index by words alone, as an earlier version left it; and one whose first step was lost."""
    monkeypatch.setenv("WHENCE_FIRST_MODEL", "none")
    with closing(LocalServices().open(workspace.root)) as earlier:
        assert stop_when(earlier, is_settling).counts.n_first == 0

    status = stop_when(workspace, is_settling)

    assert status.counts.n_first == status.counts.n_chunks > 0


def test_vectors_that_are_known_need_no_first_step(workspace: Workspace, whence: Whence) -> None:
    workspace.refresh()
    whence("clean", "--root", workspace.root)

    report = workspace.refresh()

    assert (report.n_encoded, report.n_reused > 0, "first" in report.stage_s) == (0, True, False)


def test_few_chunks_need_no_first_step(workspace: Workspace) -> None:
    workspace.refresh()
    write_tree(workspace.root, {"shop/new.py": "def refund(order):\n    return pay_back(order)\n"})

    report = workspace.refresh()

    assert (report.n_encoded, "first" in report.stage_s) == (1, False)


def test_file_changed_between_the_steps_is_found_as_it_is_now(workspace: Workspace) -> None:
    before = stop_when(workspace, is_settling).counts.n_chunks
    (workspace.root / "shop/prices.js").unlink()
    session = workspace.root / "shop/session.py"
    renewed = (
        "def renew(cookie):\n    return cookie.again()\n\n\ndef refuse(cookie):\n    raise PermissionError(cookie)\n"
    )
    session.write_text(renewed, encoding="utf-8")
    os.utime(session, (2, 2))

    counts = stop_when(workspace, is_settling).counts

    assert counts.n_first == counts.n_chunks < before


@pytest.mark.parametrize("named", ["none", "", "models/tiny"])
def test_the_setting_keeps_a_model_alone(named: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = os.environ["WHENCE_MODEL"]
    monkeypatch.setenv("WHENCE_FIRST_MODEL", tiny if named == "models/tiny" else named)

    with closing(LocalServices().open(workspace.root)) as alone:
        status = stop_when(alone, is_settling)

    assert (vector_tables(status), status.first_model, status.counts.n_first) == ([], "", 0)


def test_vectors_nobody_asks_any_more_are_not_counted(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_when(workspace, is_settling)
    monkeypatch.setenv("WHENCE_FIRST_MODEL", "none")

    with closing(LocalServices().open(workspace.root)) as alone:
        assert (alone.status().first_model, alone.status().counts.n_first) == ("", 0)
        assert alone.search(MEANT).counts.n_first == 0
        alone.refresh()
        assert len(vector_tables(alone.status())) == 1


def test_status_tells_which_model_knows_how_much(workspace: Workspace, whence: Whence) -> None:
    n_chunks = stop_when(workspace, is_settling).counts.n_chunks

    told = whence("status", "--root", workspace.root).out
    answer = whence("search", "token", "--root", workspace.root, "--no-refresh").out

    assert f"meaning   0 of {n_chunks} chunks by tiny, {n_chunks} by whence-static until then" in told
    assert f"{n_chunks} chunks are found by a faster model's meaning" in answer


@pytest.mark.parametrize("few", [0, 256])
def test_a_first_model_that_is_not_there_is_left_out(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, few: int
) -> None:
    monkeypatch.setenv("WHENCE_FIRST_MODEL", str(tmp_path / "nowhere"))
    monkeypatch.setattr(first_step, "FEW_CHUNKS", few)

    with closing(LocalServices().open(shop)) as opened:
        assert opened.refresh().is_complete
        assert opened.status().counts.is_complete
        assert opened.search(NAMED).hits
    assert "the first model is left out: No model folder" in caplog.text


def test_a_damaged_first_model_costs_neither_indexing_nor_search(workspace: Workspace, tmp_path: Path) -> None:
    stop_when(workspace, is_settling)
    damaged = tmp_path / "damaged"
    shutil.copytree(STATIC, damaged)
    (damaged / "model.onnx").write_bytes(b"no graph")
    os.environ["WHENCE_FIRST_MODEL"] = str(damaged)

    with closing(LocalServices().open(workspace.root)) as opened:
        assert opened.search(NAMED).hits
        assert opened.refresh().is_complete
        assert opened.search(NAMED).hits


def test_a_first_table_that_cannot_be_read_is_begun_anew(workspace: Workspace) -> None:
    status = stop_when(workspace, is_settling)
    for table in Path(status.index_dir).glob("tables/vectors-*.lance"):
        shutil.rmtree(table / "_versions")

    with closing(LocalServices().open(workspace.root)) as opened:
        assert opened.search(NAMED).hits
        assert opened.refresh().reset_reason is None
        assert opened.status().counts.is_complete
