"""What the suites of the store share: a home, a root, and small records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.support import Workbench
from whence.store.home import IndexHome


@pytest.fixture
def home(tmp_path: Path) -> IndexHome:
    """An own home folder."""
    return IndexHome(tmp_path / "home", content="1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace's folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def bench(home: IndexHome, root: Path) -> Iterator[Workbench]:
    """Opens indexes of `root` and closes them all at the end."""
    workbench = Workbench(home, root)
    yield workbench
    workbench.close()
