"""Placing what the index remembers in the files as they are now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import write_tree
from whence.domain import ChunkRecord, FileEntry, Source
from whence.engine.freshness import Truth
from whence.engine.prepare import prepare
from whence.files.options import FileOptions
from whence.files.workspace import WorkspaceFiles
from whence.text.secrets import mask_secrets

TWO_FUNCTIONS = "import os\n\n\ndef first(a):\n    return a + 1\n\n\ndef second(b):\n    return b * 2\n"


@pytest.fixture
def files(tmp_path: Path) -> WorkspaceFiles:
    return WorkspaceFiles(tmp_path, FileOptions(), mask_secrets)


def remembered(files: WorkspaceFiles, root: Path, text: str, symbol: str) -> ChunkRecord:
    """The record of a symbol as it would have been indexed."""
    write_tree(root, {"a.py": text})
    source = files.read(FileEntry("a.py", 0, 0))
    assert isinstance(source, Source)
    return next(record for record in prepare(source, 0).records if record.symbol == symbol)


def lines_of_placed(files: WorkspaceFiles, record: ChunkRecord) -> tuple[int, int] | None:
    placed = Truth(files).place(record)
    return (placed.span.start_line, placed.span.end_line) if placed else None


def test_unchanged_text_is_where_it_was(files: WorkspaceFiles, tmp_path: Path) -> None:
    record = remembered(files, tmp_path, TWO_FUNCTIONS, "second")

    assert lines_of_placed(files, record) == (8, 9)


def test_text_that_moved_is_found_where_it_is_now(files: WorkspaceFiles, tmp_path: Path) -> None:
    record = remembered(files, tmp_path, TWO_FUNCTIONS, "second")
    write_tree(tmp_path, {"a.py": TWO_FUNCTIONS.replace("import os\n", "import os\nimport re\nimport sys\n")})

    assert lines_of_placed(files, record) == (10, 11)


def test_change_elsewhere_in_the_file_does_not_matter(files: WorkspaceFiles, tmp_path: Path) -> None:
    record = remembered(files, tmp_path, TWO_FUNCTIONS, "second")
    write_tree(tmp_path, {"a.py": TWO_FUNCTIONS.replace("a + 1", "a - 1")})

    assert lines_of_placed(files, record) == (8, 9)


def test_equal_bytes_on_other_lines_are_placed_on_the_lines_they_are_on(files: WorkspaceFiles, tmp_path: Path) -> None:
    record = remembered(files, tmp_path, TWO_FUNCTIONS, "second")
    write_tree(tmp_path, {"a.py": TWO_FUNCTIONS.replace("import os", "import\n\n")})

    assert lines_of_placed(files, record) == (10, 11)


@pytest.mark.parametrize("now", ["", "b * 2 is gone\n", TWO_FUNCTIONS.replace("b * 2", "b * 3")])
def test_text_that_is_gone_is_nowhere(files: WorkspaceFiles, tmp_path: Path, now: str) -> None:
    record = remembered(files, tmp_path, TWO_FUNCTIONS, "second")
    write_tree(tmp_path, {"a.py": now})

    assert lines_of_placed(files, record) is None


def test_file_that_is_gone_holds_nothing(files: WorkspaceFiles, tmp_path: Path) -> None:
    record = remembered(files, tmp_path, TWO_FUNCTIONS, "second")
    (tmp_path / "a.py").unlink()

    assert lines_of_placed(files, record) is None


def test_file_that_became_a_link_out_of_the_root_is_not_read(files: WorkspaceFiles, tmp_path: Path) -> None:
    root = tmp_path / "root"
    inner = WorkspaceFiles(root, FileOptions(), mask_secrets)
    record = remembered(inner, root, TWO_FUNCTIONS, "second")
    outside = write_tree(tmp_path / "outside", {"a.py": TWO_FUNCTIONS}) / "a.py"
    (root / "a.py").unlink()
    (root / "a.py").symlink_to(outside)

    assert lines_of_placed(inner, record) is None
