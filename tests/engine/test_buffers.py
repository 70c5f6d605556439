"""Open documents count as they stand on screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import SHOP, git, write_tree
from whence.app import LocalServices
from whence.domain import FileEntry, LeftOut, LeftOutReason, Query, Source
from whence.engine.buffers import Buffers, FilesOnScreen
from whence.files.options import FileOptions
from whence.files.workspace import WorkspaceFiles
from whence.text.secrets import mask_secrets

SECRET = "npm" + "_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3hJ6"
"""Put together here: the file holds none."""


class Screen:
    """The files of a folder, and documents before them."""

    def __init__(self, root: Path) -> None:
        disk = WorkspaceFiles(root, FileOptions(), mask_secrets)
        self.buffers = Buffers(disk)
        self.files = FilesOnScreen(disk, self.buffers)

    def read(self, path: str) -> str | LeftOutReason:
        read = self.files.read(FileEntry(path, 0, 0))
        return read.reason if isinstance(read, LeftOut) else read.data.decode()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "root", {"a.py": "saved = 1\n"})


@pytest.fixture
def screen(root: Path) -> Screen:
    return Screen(root)


def reason_of(left_out: LeftOut | None) -> LeftOutReason | None:
    return left_out.reason if left_out else None


def test_what_is_typed_is_seen_instead_of_the_file_until_the_document_closes(screen: Screen) -> None:
    assert screen.read("a.py") == "saved = 1\n"
    assert screen.buffers.source("a.py") is None

    assert screen.buffers.put("a.py", "typed = 1\n") is None
    screen.buffers.put("a.py", "typed = 2\n")
    assert screen.read("a.py") == "typed = 2\n"

    screen.buffers.drop("a.py")
    assert screen.read("a.py") == "saved = 1\n"


def test_dropping_a_document_that_is_not_open_does_nothing(screen: Screen) -> None:
    screen.buffers.drop("a.py")

    assert screen.read("a.py") == "saved = 1\n"


def test_one_document_does_not_stand_for_another_file(screen: Screen, root: Path) -> None:
    write_tree(root, {"b.py": "other = 1\n"})

    screen.buffers.put("a.py", "typed = 1\n")

    assert screen.read("b.py") == "other = 1\n"


def test_what_lies_on_disk_is_listed_and_told_as_it_is(screen: Screen) -> None:
    screen.buffers.put("a.py", "typed, and longer than what was saved\n")
    screen.buffers.put("new.py", "typed = 1\n")

    assert [entry.path for entry in screen.files.listing().entries] == ["a.py"]
    explained = screen.files.explain("a.py")
    assert isinstance(explained, FileEntry)
    assert explained.size == len("saved = 1\n")
    stamp = screen.files.stamp("a.py")
    assert stamp is not None
    assert stamp.size == len("saved = 1\n")
    assert screen.files.passes("a.py", ["*.py"])


def test_document_that_was_never_saved_counts(screen: Screen) -> None:
    assert screen.buffers.put("folder/new.py", "typed = 1\n") is None

    assert screen.read("folder/new.py") == "typed = 1\n"


def test_document_whose_file_was_deleted_counts_while_it_is_open(screen: Screen, root: Path) -> None:
    screen.buffers.put("a.py", "typed = 1\n")
    (root / "a.py").unlink()

    assert screen.read("a.py") == "typed = 1\n"

    screen.buffers.drop("a.py")
    assert screen.read("a.py") is LeftOutReason.MISSING


def test_secrets_in_documents_are_masked_byte_for_byte(screen: Screen) -> None:
    text = f'token = "{SECRET}"\nrest = 1\n'

    assert screen.buffers.put("a.py", text) is None

    source = screen.buffers.source("a.py")
    assert source is not None
    assert source.n_secrets == 1
    assert source.data.decode() == text.replace(SECRET, "*" * len(SECRET))


def test_half_a_character_can_be_typed(screen: Screen) -> None:
    screen.buffers.put("a.py", "typed = '\ud83d'\n")

    assert screen.read("a.py") == "typed = '?'\n"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("build/out.py", LeftOutReason.IGNORED),
        ("server.pem", LeftOutReason.SECRET),
        ("package-lock.json", LeftOutReason.LOCK_FILE),
    ],
)
def test_document_whose_file_is_left_out_does_not_count(root: Path, path: str, reason: LeftOutReason) -> None:
    git(root, "init", "-q")
    write_tree(root, {".gitignore": "build/\n", path: "saved = 1\n"})
    screen = Screen(root)

    assert reason_of(screen.buffers.put(path, "typed = 1\n")) is reason
    assert screen.buffers.source(path) is None


def test_document_whose_file_is_ignored_from_now_on_counts_no_longer(screen: Screen, root: Path) -> None:
    git(root, "init", "-q")
    screen.buffers.put("a.py", "typed = 1\n")
    write_tree(root, {".gitignore": "a.py\n"})

    assert reason_of(screen.buffers.put("a.py", "typed = 2\n")) is LeftOutReason.IGNORED
    assert screen.buffers.source("a.py") is None


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", LeftOutReason.EMPTY),
        ("\x7fELF\x02\x01\x01\0\0", LeftOutReason.BINARY),
        ("x" * 1_100_000, LeftOutReason.TOO_LARGE),
    ],
    ids=["emptied", "binary", "too large"],
)
def test_document_that_would_be_left_out_hides_its_file(screen: Screen, typed: str, reason: LeftOutReason) -> None:
    screen.buffers.put("a.py", "typed = 1\n")

    assert reason_of(screen.buffers.put("a.py", typed)) is reason
    assert screen.buffers.source("a.py") is None
    assert screen.read("a.py") is reason

    screen.buffers.put("a.py", "typed = 2\n")
    assert screen.read("a.py") == "typed = 2\n"


def test_what_was_deleted_on_screen_is_not_found(shop: Path) -> None:
    workspace = LocalServices().open(shop)
    workspace.refresh()
    path = "shop/prices.js"

    workspace.buffers.put(path, "")
    workspace.update_drafts([path])
    assert path not in {hit.path for hit in workspace.search(Query("basketTotal")).hits}
    assert workspace.chunks(path) == ()

    workspace.buffers.drop(path)
    workspace.update_drafts([path])
    assert workspace.search(Query("basketTotal")).hits[0].path == path
    workspace.close()


def test_places_are_those_on_screen(shop: Path) -> None:
    workspace = LocalServices().open(shop)
    workspace.refresh()
    path = "shop/prices.js"

    workspace.buffers.put(path, "\n\n" + SHOP[path])
    workspace.update_drafts([path])
    hit = workspace.search(Query("basketTotal")).hits[0]

    source = workspace.source(path)
    assert isinstance(source, Source)
    assert (hit.path, hit.span.start_line) == (path, 3)
    assert b"basketTotal" in source.data[hit.span.start_byte : hit.span.end_byte]
    workspace.close()
