"""Folders that suites are asked of."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.quality.suites import Sources


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(None, None, tmp_path)


def test_a_folder_of_other_files_is_made_anew(sources: Sources) -> None:
    sources.folder("functions", {"a.py": "1", "b.py": "2"})

    root = sources.folder("functions", {"a.py": "3", "in/c.py": "4"})

    assert {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*.py")} == {
        "a.py": "3",
        "in/c.py": "4",
    }


def test_a_folder_of_the_same_files_stays(sources: Sources) -> None:
    root = sources.folder("functions", {"a.py": "1"})
    before = (root / "a.py").stat().st_ino

    assert sources.folder("functions", {"a.py": "1"}) == root
    assert (root / "a.py").stat().st_ino == before
