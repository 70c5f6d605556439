"""Killed at any moment, and several processes at once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.store.support import (
    FIRST_MODEL,
    MODEL,
    NO_FILTERS,
    Workbench,
    axes,
    axis,
    chunk,
    is_consistent,
    paths_found,
    put,
)
from whence.domain import ChunkId, Filters
from whence.errors import StoreBusy
from whence.store.home import IndexHome

REPOSITORY = Path(__file__).parents[2]


def start_writer(home: IndexHome, root: Path, ready: Path, n_rounds: int) -> subprocess.Popen[bytes]:
    """A child process that writes; returns once it holds the lock."""
    arguments = f"Path({str(home.folder)!r}), Path({str(root)!r}), {str(ready)!r}, {n_rounds}"
    script = (
        f"import sys; sys.path[:0] = [{str(REPOSITORY)!r}, {str(REPOSITORY / 'server')!r}]; from pathlib import Path;"
        f"from tests.store.support import write_much; write_much({arguments})"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.DEVNULL)
    while not ready.exists() and process.poll() is None:
        time.sleep(0.005)
    assert process.poll() is None
    ready.unlink()
    return process


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_at_any_moment_an_index_is_consistent_and_goes_on(home: IndexHome, root: Path, tmp_path: Path) -> None:
    seed = random.randrange(1 << 30)
    moments = random.Random(seed)
    for turn in range(5):
        process = start_writer(home, root, tmp_path / "ready", n_rounds=10_000)
        time.sleep(moments.uniform(1.5 if turn == 0 else 0.2, 2.5))  # the moment is what is being tested
        process.send_signal(signal.SIGKILL)
        process.wait()

        bench = Workbench(home, root)
        index = bench.writer()
        assert index.reset_reason is None
        assert is_consistent(index), f"seed {seed}"
        put(index, chunk("after.py", f"common after{turn}"))
        assert paths_found(index, f"after{turn}") == ["after.py"]
        assert is_consistent(index)
        after = index.chunks_of("after.py")
        index.add_first_vectors(FIRST_MODEL, "quick", after, axes(1))
        found = index.search_first_vectors(FIRST_MODEL, axis(1), 100, NO_FILTERS)
        assert after[0].chunk_id in {scored.chunk_id for scored in found}
        bench.close()


def test_rows_the_catalogue_does_not_know_are_gone_after_the_next_opening(bench: Workbench) -> None:
    index = bench.filled(chunk("a.py", "common one"))
    stray = chunk("b.py", "common two")
    tables = index._begin(())
    tables.write_chunks([stray], (), n_replaced=0)
    tables.write_vectors([stray], axes(0), ())
    bench.close()

    again = bench.writer()

    assert paths_found(again, "two") == []
    assert is_consistent(again)
    put(again, stray)
    assert len(again.search_words("two", 10, _no_filters())) == 1


def test_a_file_whose_rows_are_lost_is_planned_again(bench: Workbench) -> None:
    kept, lost, bare = chunk("a.py", "common one"), chunk("b.py", "common two"), chunk("c.py", "common three")
    index = bench.filled(kept, lost, bare)
    index.add_vectors(["a.py", "b.py", "c.py"], [kept, lost, bare], axes(0, 1, 2))
    tables = index._begin(())
    tables.write_chunks([], [lost.chunk_id], n_replaced=0)
    tables.write_vectors([], axes(0)[:0], [bare.chunk_id])
    bench.close()

    again = bench.writer()

    assert sorted(again.files()) == ["a.py", "c.py"]
    assert not again.files()["c.py"].is_embedded
    assert is_consistent(again)


def test_a_change_that_was_broken_off_is_not_taken_for_the_old_content(bench: Workbench) -> None:
    old = chunk("a.py", "common one")
    index = bench.filled(old)
    index._begin(["a.py"])
    bench.close()

    assert bench.writer().files()["a.py"].file_hash == ""
    assert bench.opened[-1].fetch([ChunkId(old.chunk_id)]) == [old]


@pytest.mark.slow
def test_one_process_writes_and_others_read(bench: Workbench, tmp_path: Path) -> None:
    process = start_writer(bench.home, bench.root, tmp_path / "ready", n_rounds=10_000)
    try:
        with pytest.raises(StoreBusy, match=f"Process {process.pid} "):
            bench.writer()
        assert bench.home.status(bench.root, MODEL).writer_pid == process.pid
        reader = bench.reader()
        seen: set[str] = set()
        while len(seen) < 12:  # across clean-ups, which take the version away that is being read
            found = reader.fetch([scored.chunk_id for scored in reader.search_words("common", 100, _no_filters())])
            seen |= {record.words for record in found}
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("begun", ["chunks.lance/data", "chunks.lance/_versions"])
def test_a_table_that_is_just_being_made_is_an_empty_one(bench: Workbench, begun: str) -> None:
    index = bench.writer()
    (bench.home.index_dir(bench.root) / "tables" / begun).mkdir(parents=True)
    reader = bench.reader()

    assert paths_found(reader, "common") == []

    put(index, chunk("a.py", "common"))
    assert paths_found(reader, "common") == ["a.py"]


def _no_filters() -> Filters:
    return Filters()
