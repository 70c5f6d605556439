"""Watching a folder: what changes below it is told, until watching is to stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import write_tree
from whence.files.watching import watch_folder

LONG_S = 60.0
"""A test that waits so long has failed."""


class Watching:
    """Watches a folder on a thread of its own, and waits for paths."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stop = threading.Event()
        self._seen: set[Path] = set()  # under _changed
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def wait_until_it_watches(self) -> None:
        """Change one file again and again until it is seen: nothing tells when the system has begun to look."""
        probe = self._root / "probe"
        with self._changed:
            for number in range(int(LONG_S * 10)):
                probe.write_text(str(number))
                if self._changed.wait_for(lambda: probe in self._seen, 0.1):
                    return
        raise AssertionError("nothing is seen")

    def wait_for(self, *paths: Path) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._seen.issuperset(paths), LONG_S), (paths, self._seen)

    @property
    def seen(self) -> set[Path]:
        with self._changed:
            return set(self._seen)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(LONG_S)
        assert not self._thread.is_alive()

    def _watch(self) -> None:
        for group in watch_folder(self._root, self._stop):
            assert group
            with self._changed:
                self._seen.update(group)
                self._changed.notify_all()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "root"
    write_tree(folder, {"changed.py": "a = 1\n", "gone.py": "a = 1\n", "old.py": "a = 1\n", "untouched.py": "a = 1\n"})
    return folder


@pytest.fixture
def watching(root: Path) -> Iterator[Watching]:
    watching = Watching(root)
    watching.wait_until_it_watches()
    yield watching
    watching.stop()


def test_files_that_are_made_changed_renamed_and_deleted_are_told(root: Path, watching: Watching) -> None:
    write_tree(root, {"new.py": "a = 1\n", "changed.py": "a = 2\n"})
    (root / "gone.py").unlink()
    (root / "old.py").rename(root / "renamed.py")

    watching.wait_for(*(root / name for name in ("new.py", "changed.py", "gone.py", "old.py", "renamed.py")))
    assert root / "untouched.py" not in watching.seen


def test_folders_that_were_made_later_are_watched_too(root: Path, watching: Watching) -> None:
    (root / "folder" / "inner").mkdir(parents=True)
    watching.wait_for(root / "folder")
    write_tree(root, {"folder/inner/deep.py": "a = 1\n"})

    # On a system that tells of single folders, the file may have been there before its folder was watched.
    watching.wait_for(root / "folder")
    write_tree(root, {"folder/later.py": "a = 1\n"})
    watching.wait_for(root / "folder/later.py")


def test_nothing_is_hidden_by_its_name(root: Path, watching: Watching) -> None:
    names = (".gitignore", ".hidden/a.py", "node_modules/a.js", "__pycache__/a.pyc", "a.py.swp", "naïve/日本.py")
    write_tree(root, dict.fromkeys(names, "a\n"))

    watching.wait_for(*(root / name.split("/")[0] for name in names))


def test_what_lies_beside_the_folder_is_not_told(root: Path, watching: Watching) -> None:
    write_tree(root.parent, {"beside.py": "a = 1\n"})
    write_tree(root, {"inside.py": "a = 1\n"})

    watching.wait_for(root / "inside.py")
    assert all(path.is_relative_to(root) for path in watching.seen)


def test_watching_that_is_to_stop_before_it_begins_tells_nothing(root: Path) -> None:
    stop = threading.Event()
    stop.set()

    assert list(watch_folder(root, stop)) == []


def test_folder_that_is_gone_cannot_be_watched(tmp_path: Path) -> None:
    with pytest.raises((OSError, RuntimeError)):
        next(watch_folder(tmp_path / "gone", threading.Event()))
