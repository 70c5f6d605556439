"""Stopping a job."""

from __future__ import annotations

import threading
import time

import pytest

from whence.engine.jobs import CancelToken
from whence.engine.writes import WriteLane
from whence.errors import Cancelled


def test_token_turns_when_cancelled_from_another_thread() -> None:
    token = CancelToken()

    thread = threading.Thread(target=token.cancel)
    thread.start()
    thread.join()

    with pytest.raises(Cancelled):
        token.check()


def test_token_turns_at_its_deadline() -> None:
    assert CancelToken(deadline=time.monotonic() - 1).is_cancelled()
    assert not CancelToken(deadline=time.monotonic() + 3600).is_cancelled()


def test_token_turns_with_its_parent_and_not_the_other_way_round() -> None:
    parent = CancelToken()
    child = CancelToken(parent=parent)
    sibling = CancelToken(parent=parent)

    sibling.cancel()
    assert not child.is_cancelled()
    parent.cancel()
    assert child.is_cancelled()


def test_writes_run_one_after_the_other_in_order() -> None:
    done: list[int] = []

    with WriteLane() as writes:
        for number in range(5):
            writes.submit(done.append, number)

    assert done == [0, 1, 2, 3, 4]


def test_failed_write_is_raised_by_the_next_submit() -> None:
    def fail() -> None:
        raise OSError("disk full")

    with WriteLane() as writes:
        writes.submit(fail)

        with pytest.raises(OSError, match="disk full"):
            writes.submit(lambda: None)
