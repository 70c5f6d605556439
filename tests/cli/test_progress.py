"""How far a job is, in words."""

from __future__ import annotations

import time

import pytest

from whence.cli.progress import describe, shown_progress
from whence.engine.jobs import Phase, Progress


def test_what_is_left_follows_from_the_rate_of_embedding_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)

    with shown_progress() as watch:
        watch(Progress(Phase.READING, n_files=9))
        now += 60.0  # reading takes a minute
        watch(Progress(Phase.EMBEDDING, n_embedded=8, n_to_embed=808))
        now += 10.0
        watch(Progress(Phase.EMBEDDING, n_embedded=208, n_to_embed=808))

    first, second = capsys.readouterr().err.splitlines()
    assert first == "whence: embedding 8 of 808 chunks (1%)"
    assert second == "whence: embedding 208 of 808 chunks (26%), 21/s, about 29 s left"


def test_nothing_to_embed_is_all_of_it() -> None:
    assert describe(Progress(Phase.EMBEDDING), 3.0) == "embedding 0 of 0 chunks (100%)"
