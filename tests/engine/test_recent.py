"""Files read lately are not read again, and never older than the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support import write_tree
from whence.domain import FileEntry, FileHash, LeftOut, Source
from whence.engine import recent
from whence.engine.recent import RecentFiles
from whence.files.options import FileOptions
from whence.files.workspace import WorkspaceFiles
from whence.text.secrets import mask_secrets

LONG_AGO_NS = 1_600_000_000 * 10**9


class Counting(WorkspaceFiles):
    """Real files, and which of them were read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, FileOptions(), mask_secrets)
        self.read_paths: list[str] = []

    def read(self, entry: FileEntry, without_secrets: FileHash | None = None) -> Source | LeftOut:
        self.read_paths.append(entry.path)
        return super().read(entry, without_secrets)


@pytest.fixture
def disk(tmp_path: Path) -> Counting:
    return Counting(tmp_path)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files just written count as written long ago: the time a file's entry changed cannot be set."""
    monkeypatch.setattr(recent, "RACY_NS", -(10**12))


def text_of(files: RecentFiles, path: str = "a.py") -> str:
    read = files.read(FileEntry(path, 0, 0))
    assert isinstance(read, Source)
    return read.data.decode()


@pytest.mark.usefixtures("settled")
def test_a_file_that_did_not_change_is_read_once(disk: Counting, tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": "one = 1\n"})
    files = RecentFiles(disk)

    assert text_of(files) == text_of(files) == "one = 1\n"
    assert disk.read_paths == ["a.py"]


@pytest.mark.usefixtures("settled")
def test_a_changed_file_is_read_anew_even_with_its_old_time_and_size(disk: Counting, tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": "one = 1\n"})
    os.utime(tmp_path / "a.py", ns=(LONG_AGO_NS, LONG_AGO_NS))
    files = RecentFiles(disk)
    text_of(files)

    write_tree(tmp_path, {"b.py": "two = 2\n"})
    os.utime(tmp_path / "b.py", ns=(LONG_AGO_NS, LONG_AGO_NS))
    (tmp_path / "b.py").replace(tmp_path / "a.py")

    assert text_of(files) == "two = 2\n"


@pytest.mark.usefixtures("settled")
def test_a_file_that_is_gone_is_gone(disk: Counting, tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": "one = 1\n"})
    files = RecentFiles(disk)
    text_of(files)

    (tmp_path / "a.py").unlink()

    assert isinstance(files.read(FileEntry("a.py", 0, 0)), LeftOut)


def test_a_file_written_a_moment_ago_is_not_remembered(disk: Counting, tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": "one = 1\n"})
    files = RecentFiles(disk)

    text_of(files)
    text_of(files)

    assert disk.read_paths == ["a.py", "a.py"]


@pytest.mark.usefixtures("settled")
def test_no_more_is_remembered_than_fits_and_the_latest_used_stays(
    disk: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "MAX_BYTES", 20)
    write_tree(tmp_path, dict.fromkeys(("a.py", "b.py", "c.py"), "one = 1\n"))
    files = RecentFiles(disk)

    for name in ("a.py", "b.py", "a.py", "c.py", "a.py", "b.py"):
        text_of(files, name)

    assert disk.read_paths == ["a.py", "b.py", "c.py", "b.py"]


@pytest.mark.usefixtures("settled")
def test_secrets_are_masked_in_what_is_remembered(disk: Counting, tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": f'key = "AKIA{"ABCDEFGHIJ234567"}"\n'})
    files = RecentFiles(disk)

    assert "AKIA" not in text_of(files)
    assert "AKIA" not in text_of(files)
