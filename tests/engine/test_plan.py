"""Deciding what a refresh has to do."""

from __future__ import annotations

import attrs
from hypothesis import given
from hypothesis import strategies as st

from whence.domain import FileEntry, FileHash, LeftOutReason, Listing, StoredFile
from whence.engine.plan import RACY_NS, UNTRUSTED_MTIME_NS, Plan, batches_by_size, plan_refresh, trusted_mtime_ns

A_DAY_NS = 86_400 * 10**9


def listing(*entries: FileEntry) -> Listing:
    return Listing(entries=entries, left_out=(), source="rules")


def entry(path: str, *, size: int = 10, mtime_ns: int = A_DAY_NS) -> FileEntry:
    return FileEntry(path, size, mtime_ns)


def stored(path: str, *, size: int = 10, mtime_ns: int = A_DAY_NS, is_embedded: bool = True) -> StoredFile:
    return StoredFile(path, size, mtime_ns, FileHash("00"), n_chunks=1, is_embedded=is_embedded)


def plan(entries: list[FileEntry], files: list[StoredFile]) -> Plan:
    return plan_refresh(listing(*entries), {file.path: file for file in files})


def test_new_file_is_read() -> None:
    assert plan([entry("a.py")], []).read == (entry("a.py"),)


def test_unchanged_file_is_left_alone() -> None:
    assert plan([entry("a.py")], [stored("a.py")]).is_empty


def test_file_of_another_size_is_read() -> None:
    assert plan([entry("a.py", size=11)], [stored("a.py")]).read == (entry("a.py", size=11),)


def test_file_of_another_time_is_read_even_if_older() -> None:
    older = entry("a.py", mtime_ns=A_DAY_NS - 1)

    assert plan([older], [stored("a.py")]).read == (older,)


def test_file_that_is_gone_is_dropped() -> None:
    assert plan([], [stored("b.py"), stored("a.py")]).drop == ("a.py", "b.py")


def test_unchanged_file_without_vectors_is_embedded_where_the_last_run_stopped() -> None:
    unfinished = stored("a.py", is_embedded=False)

    assert plan([entry("a.py")], [unfinished]) == Plan(read=(), drop=(), embed=(unfinished,), n_unchanged=1)


def test_file_left_out_by_content_is_neither_read_nor_embedded_again() -> None:
    left_out = attrs.evolve(stored("a.bin", is_embedded=False), reason=LeftOutReason.BINARY)

    assert plan([entry("a.bin")], [left_out]).is_empty


def test_source_is_read_before_tests_and_documents_and_the_latest_edit_first() -> None:
    entries = [
        entry("README.md"),
        entry("tests/test_a.py"),
        entry("old.py", mtime_ns=A_DAY_NS),
        entry("new.py", mtime_ns=2 * A_DAY_NS),
    ]

    order = [item.path for item in plan(entries, []).read]

    assert order == ["new.py", "old.py", "README.md", "tests/test_a.py"]


def test_time_of_a_file_written_just_before_it_was_read_is_not_trusted() -> None:
    assert trusted_mtime_ns(A_DAY_NS, read_at_ns=A_DAY_NS + RACY_NS - 1) == UNTRUSTED_MTIME_NS
    assert trusted_mtime_ns(A_DAY_NS, read_at_ns=A_DAY_NS + RACY_NS) == A_DAY_NS


def test_file_whose_time_is_not_trusted_is_read_again() -> None:
    assert plan([entry("a.py")], [stored("a.py", mtime_ns=UNTRUSTED_MTIME_NS)]).read == (entry("a.py"),)


@given(st.lists(st.integers(0, 50)), st.integers(1, 5), st.integers(1, 60))
def test_batches_keep_every_file_in_order_within_their_limits(sizes: list[int], max_files: int, max_bytes: int) -> None:
    entries = [entry(f"{idx}", size=size) for idx, size in enumerate(sizes)]

    batches = list(batches_by_size(entries, max_files, max_bytes))

    assert [item for batch in batches for item in batch] == entries
    assert all(0 < len(batch) <= max_files for batch in batches)
    assert all(len(batch) == 1 or sum(item.size for item in batch) <= max_bytes for batch in batches)
