"""Where indexes lie, the states they are found in, and what is done about each."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.support import MODEL, NO_FILTERS, OTHER_MODEL, Workbench, axes, chunk, file, paths_found, put
from whence.domain import Fingerprint, IndexState
from whence.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull
from whence.store.disk import pieces_of
from whence.store.failures import translated
from whence.store.format import FORMAT, HEADER_NAME
from whence.store.home import IndexHome


def begin(bench: Workbench) -> Path:
    """An index with some chunks, closed; gives its folder."""
    records = [chunk("a.py", "common one"), chunk("b.py", "common two")]
    index = bench.filled(*records)
    index.add_vectors(["a.py", "b.py"], records, axes(0, 1))
    index.settle(is_final=True)
    bench.close()
    return bench.home.index_dir(bench.root)


def state_of(bench: Workbench, fingerprint: Fingerprint | None = MODEL) -> IndexState:
    return bench.home.inspect(bench.root, fingerprint).state


def set_header(folder: Path, **fields: object) -> None:
    header = json.loads((folder / HEADER_NAME).read_text())
    (folder / HEADER_NAME).write_text(json.dumps({**header, **fields}))


def empty_all(folder: Path, pattern: str) -> None:
    found = list(folder.glob(pattern))
    assert found
    for path in found:
        path.write_bytes(b"")


def remove_all(folder: Path, pattern: str) -> None:
    found = list(folder.glob(pattern))
    assert found
    for path in found:
        path.unlink()


def test_home_is_private_and_passed_over_by_backups(bench: Workbench) -> None:
    folder = begin(bench)

    assert (bench.home.folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in (bench.home.folder, folder)} == {0o700}


def test_home_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WHENCE_HOME", str(tmp_path / "elsewhere"))
    assert IndexHome.of_user().folder == tmp_path / "elsewhere"
    monkeypatch.delenv("WHENCE_HOME")
    assert IndexHome.of_user().folder.name.lower() == "whence"


def test_one_folder_under_two_names_has_one_index(home: IndexHome, tmp_path: Path, root: Path) -> None:
    link = tmp_path / "link"
    try:
        link.symlink_to(root, target_is_directory=True)
    except OSError:
        pytest.skip("this system lets nobody make links")

    assert home.index_dir(link) == home.index_dir(root)
    assert home.index_dir(tmp_path / "other" / "work") != home.index_dir(root)


def test_what_is_not_there_is_missing_and_looking_makes_nothing(bench: Workbench) -> None:
    assert state_of(bench) is IndexState.MISSING
    assert bench.home.status(bench.root, MODEL).state is IndexState.MISSING
    assert not bench.home.folder.exists()
    with pytest.raises(StoreCorrupt, match="whence index"):
        bench.reader()


def test_looking_at_an_index_changes_nothing(bench: Workbench) -> None:
    folder = begin(bench)
    before = pieces_of(folder)

    status = bench.home.status(bench.root, MODEL)

    assert pieces_of(folder) == before
    assert (status.state, status.counts.n_embedded, status.format, status.model) == (
        IndexState.USABLE,
        2,
        FORMAT,
        "tiny",
    )
    assert status.disk_bytes == sum(before.values())
    assert status.changed_at is not None


def test_status_needs_no_heavy_library(bench: Workbench) -> None:
    begin(bench)
    script = (
        "import sys; from pathlib import Path; from whence.store.home import IndexHome;"
        f"home = IndexHome(Path({str(bench.home.folder)!r}), '1'); root = Path({str(bench.root)!r});"
        f"print(home.status(root, None).state.value);"
        f"index = home.open_for_writing(root, {MODEL!r}, 'tiny', 8); index.files(); index.close();"
        "print(sorted({'lancedb', 'pyarrow', 'numpy'} & set(sys.modules)))"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines() == ["usable", "[]"]


@pytest.mark.parametrize(
    ("damage", "state"),
    [
        (lambda folder: set_header(folder, format=FORMAT - 1), IndexState.OLD_FORMAT),
        (lambda folder: set_header(folder, format=FORMAT + 1), IndexState.NEWER_FORMAT),
        (lambda folder: set_header(folder, content="0"), IndexState.OLD_FORMAT),
        (lambda folder: set_header(folder, root="/somewhere/else"), IndexState.FOREIGN),
        (lambda folder: set_header(folder, application="other"), IndexState.FOREIGN),
        (lambda folder: (folder / HEADER_NAME).unlink(), IndexState.FOREIGN),
        (lambda folder: (folder / HEADER_NAME).write_text("{"), IndexState.CORRUPT),
        (lambda folder: set_header(folder, dimension="x"), IndexState.CORRUPT),
        (lambda folder: (folder / "catalogue.sqlite").write_bytes(b"garbage" * 1000), IndexState.CORRUPT),
        (lambda folder: (folder / "catalogue.sqlite").unlink(), IndexState.CORRUPT),
        (lambda folder: remove_all(folder, "tables/chunks.lance/_versions/*"), IndexState.CORRUPT),
    ],
)
def test_what_cannot_be_used_is_named_and_set_aside(
    bench: Workbench, damage: Callable[[Path], object], state: IndexState
) -> None:
    folder = begin(bench)
    damage(folder)

    assert state_of(bench) is state
    with pytest.raises(StoreCorrupt, match=state.value):
        bench.reader()
    index = bench.writer()

    assert state.value in (index.reset_reason or "")
    assert index.files() == {}
    assert folder.with_name(f"{folder.name}.set-aside-1").is_dir()
    put(index, chunk("a.py", "common"))
    assert paths_found(index, "common") == ["a.py"]
    assert state_of(bench) is IndexState.USABLE


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: empty_all(folder, "tables/chunks.lance/_versions/*.manifest"),
        lambda folder: empty_all(folder, "tables/chunks.lance/data/*"),
        lambda folder: remove_all(folder, "tables/chunks.lance/data/*"),
        lambda folder: remove_all(folder, "tables/vectors-*/data/*"),
    ],
)
def test_damage_inside_a_table_is_noticed_by_the_next_writer(bench: Workbench, damage: Callable[[Path], None]) -> None:
    damage(begin(bench))

    index = bench.writer()

    assert "damaged" in (index.reset_reason or "")
    put(index, chunk("a.py", "common"))
    assert paths_found(index, "common") == ["a.py"]


@pytest.mark.parametrize("pattern", ["tables/chunks.lance/_versions/*.manifest", "tables/chunks.lance/_indices/*/*"])
def test_damage_that_a_reader_meets_is_one_line_and_makes_the_index_corrupt(bench: Workbench, pattern: str) -> None:
    empty_all(begin(bench), pattern)
    reader = bench.reader()

    with pytest.raises(StoreCorrupt, match="whence index") as caught:
        paths_found(reader, "common")

    assert "\n" not in str(caught.value)
    assert state_of(bench) is IndexState.CORRUPT


def test_at_most_one_index_is_kept_aside(bench: Workbench) -> None:
    folder = bench.home.index_dir(bench.root)
    for _ in range(3):
        begin(bench)
        set_header(folder, format=FORMAT + 1)
    bench.writer()

    assert [path.name for path in folder.parent.glob("*set-aside*")] == [f"{folder.name}.set-aside-3"]


def test_another_model_is_told_by_inspecting(bench: Workbench) -> None:
    begin(bench)

    assert state_of(bench, OTHER_MODEL) is IndexState.OTHER_MODEL
    assert state_of(bench, None) is IndexState.USABLE


def test_a_second_writer_is_told_who_writes(bench: Workbench) -> None:
    bench.writer()

    assert bench.home.status(bench.root, MODEL).writer_pid == os.getpid()
    with pytest.raises(StoreBusy, match=f"Process {os.getpid()} "):
        bench.home.open_for_writing(bench.root, MODEL, "tiny", 8)
    with pytest.raises(StoreBusy):
        bench.home.remove(bench.root)
    bench.close()

    assert bench.home.status(bench.root, MODEL).writer_pid is None


def test_removing_an_index_leaves_those_of_other_workspaces(bench: Workbench, tmp_path: Path) -> None:
    other = Workbench(bench.home, tmp_path)
    begin(other)
    folder = begin(bench)
    set_header(folder, format=FORMAT + 1)
    begin(bench)
    assert {stored.root for stored in bench.home.list_all()} == {str(bench.root), str(tmp_path)}

    gone = bench.home.remove(bench.root)

    assert [stored.path for stored in gone] == [folder, folder.with_name(f"{folder.name}.set-aside-1")]
    assert all(stored.n_bytes > 0 for stored in gone)
    assert [stored.root for stored in bench.home.list_all()] == [str(tmp_path)]
    assert state_of(other) is IndexState.USABLE


def test_removing_everything_leaves_no_index_and_no_vectors(bench: Workbench) -> None:
    begin(bench)
    with closing(bench.home.vector_cache()) as cache:
        cache.put(MODEL, {chunk("a.py", "x").passage_hash: axes(0)[0]})

    bench.home.remove_all()

    assert bench.home.list_all() == []
    assert not list(bench.home.folder.glob("vectors*"))


@pytest.mark.parametrize("name", ["it's", "100%", "naïve ünïcode 日本", "a b", "-", "x" * 200])
def test_workspaces_and_files_may_have_unusual_names(home: IndexHome, tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    root.mkdir()
    bench = Workbench(home, root)
    path = f"{name}/{name}.py"
    index = bench.filled(chunk(path, "common one"), chunk("plain.py", "common two"))

    assert paths_found(index, "common") == sorted([path, "plain.py"])
    index.replace([file(path, 0, "second")], [], {})
    index.drop([path])

    assert paths_found(index, "common") == ["plain.py"]
    bench.close()


@pytest.mark.parametrize(
    "failure",
    [OSError(28, "No space left on device"), RuntimeError("lance error: No space left on device (os error 28)")],
)
def test_a_full_disk_is_called_so(tmp_path: Path, failure: Exception) -> None:
    with pytest.raises(StoreFull, match="free some space"), translated(tmp_path):
        raise failure

    assert not list(tmp_path.iterdir())


def test_request_that_is_not_unicode_is_refused_and_does_no_harm(bench: Workbench) -> None:
    index = bench.filled(chunk("a.py", "common"))

    for ask in (lambda: index.file("bad\udcff.py"), lambda: index.search_words("bad\udcff", 10, NO_FILTERS)):
        with pytest.raises(StoreError, match="not Unicode"):
            ask()

    assert bench.home.inspect(bench.root, MODEL).state is IndexState.USABLE
