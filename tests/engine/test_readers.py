"""One opening of an index, shared by threads: nobody loses it while another one has it opened anew."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from whence.app import LocalServices
from whence.domain import Query
from whence.engine.readers import Readers
from whence.engine.workspace import Workspace
from whence.errors import StoreCorrupt, StoreError

QUERY = Query("session of a customer")


@pytest.fixture
def indexed(shop: Path) -> Iterator[Workspace]:
    with closing(LocalServices().open(shop)) as workspace:
        workspace.refresh()
        yield workspace


@pytest.fixture
def readers(indexed: Workspace) -> Readers:
    return indexed._readers


def test_searches_go_on_while_the_index_is_opened_anew(indexed: Workspace) -> None:
    expected = [hit.chunk_id for hit in indexed.search(QUERY).hits]

    def search(_number: int) -> list[int]:
        indexed.look_again()
        return [hit.chunk_id for hit in indexed.search(QUERY).hits]

    with ThreadPoolExecutor(4) as lanes:
        assert list(lanes.map(search, range(40))) == [expected] * 40


def test_an_index_is_closed_once_the_last_thread_is_done_with_it(readers: Readers) -> None:
    with readers.use() as outer:
        with readers.use() as inner:
            readers.look_again()
            assert inner is outer
        assert outer.store.counts().n_chunks > 0
        with readers.use() as another:
            assert another is not outer
    with pytest.raises(StoreError, match="closed"):
        outer.store.counts()


def test_after_a_failure_the_index_is_opened_anew_for_those_that_come(readers: Readers) -> None:
    with readers.use() as other:
        with pytest.raises(StoreCorrupt), readers.use() as failing:
            raise StoreCorrupt("as if")
        assert failing is other
        with readers.use() as anew:
            assert anew is not other
        assert other.store.counts() == anew.store.counts()


def test_a_late_failure_leaves_what_was_opened_since(readers: Readers) -> None:
    with contextlib.suppress(StoreCorrupt), readers.use():
        readers.look_again()
        with readers.use() as anew:
            pass
        raise StoreCorrupt("of the first one")

    with readers.use() as now:
        assert now is anew
