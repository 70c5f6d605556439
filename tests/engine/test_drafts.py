"""Chunks of open documents that the index does not have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support import write_tree
from whence.app import LocalServices
from whence.domain import Filters, Kind, Query
from whence.engine.drafts import passing
from whence.engine.jobs import CancelToken
from whence.engine.workspace import Workspace
from whence.errors import Cancelled
from whence.files.options import FileOptions
from whence.files.workspace import WorkspaceFiles
from whence.text.secrets import mask_secrets

FIRST = "def first_of_all(a):\n    return a + 1\n"
SECOND = "\n\ndef second_in_line(b):\n    return b * 2\n"
THIRD = "\n\ndef third_at_last(c):\n    return c - 3\n"
LONG = "".join(f"\n\ndef number_{n}(value):\n" + f"    print(value, {n}, 'of many words')\n" * 20 for n in range(9))
"""Too much for one batch."""


class TurnsAfter(CancelToken):
    """Turns when it was looked at so many times."""

    def __init__(self, n_looks: int) -> None:
        super().__init__()
        self._n_left = n_looks

    def is_cancelled(self) -> bool:
        self._n_left -= 1
        return self._n_left < 0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "root", {"a.py": FIRST + SECOND})


@pytest.fixture
def bare(root: Path) -> Iterator[Workspace]:
    """A workspace without an index."""
    workspace = LocalServices().open(root)
    yield workspace
    workspace.close()


@pytest.fixture
def indexed(bare: Workspace) -> Workspace:
    bare.refresh()
    return bare


def put(workspace: Workspace, path: str, text: str) -> None:
    workspace.buffers.put(path, text)
    workspace.update_drafts([path])


def symbols(workspace: Workspace, *, embedded: bool | None = None) -> list[str]:
    """Of all drafts, or of those with or without a vector."""
    drafts = [draft for draft in workspace.drafts.all() if embedded in (None, draft.vector is not None)]
    return [draft.record.symbol for draft in drafts]


def embed(workspace: Workspace, path: str) -> None:
    workspace.drafts.embed(path, CancelToken())


def test_document_that_is_as_indexed_has_no_drafts(indexed: Workspace) -> None:
    put(indexed, "a.py", FIRST + SECOND)

    assert indexed.drafts.all() == []


def test_new_definition_is_the_only_draft(indexed: Workspace) -> None:
    put(indexed, "a.py", FIRST + SECOND + THIRD)

    assert symbols(indexed) == ["third_at_last"]


def test_changed_definition_is_a_draft_and_the_others_are_not(indexed: Workspace) -> None:
    put(indexed, "a.py", FIRST + SECOND.replace("b * 2", "b * 2 * 2"))

    assert symbols(indexed) == ["second_in_line"]


def test_definition_that_only_moved_is_no_draft(indexed: Workspace) -> None:
    put(indexed, "a.py", "\n\n" + FIRST + "\n\n" + SECOND)

    assert indexed.drafts.all() == []


def test_deleted_definition_leaves_no_draft(indexed: Workspace) -> None:
    put(indexed, "a.py", FIRST)

    assert indexed.drafts.all() == []


def test_undoing_a_change_takes_its_draft_away(indexed: Workspace) -> None:
    put(indexed, "a.py", FIRST + SECOND + THIRD)
    put(indexed, "a.py", FIRST + SECOND)

    assert indexed.drafts.all() == []


def test_closing_a_document_takes_its_drafts_away_and_no_others(indexed: Workspace) -> None:
    put(indexed, "a.py", FIRST + SECOND + THIRD)
    put(indexed, "new.py", FIRST)
    indexed.buffers.drop("a.py")
    indexed.update_drafts(["a.py"])

    assert [draft.record.path for draft in indexed.drafts.all()] == ["new.py"]


def test_emptying_a_document_takes_its_drafts_away(indexed: Workspace) -> None:
    put(indexed, "a.py", FIRST + SECOND + THIRD)
    put(indexed, "a.py", "")

    assert indexed.drafts.all() == []


def test_what_was_saved_and_indexed_is_no_draft_any_more(indexed: Workspace, root: Path) -> None:
    text = FIRST + SECOND + THIRD
    put(indexed, "a.py", text)
    write_tree(root, {"a.py": text})
    indexed.refresh()
    indexed.update_drafts(["a.py"])

    assert indexed.drafts.all() == []


def test_without_an_index_all_of_a_document_is_drafts(bare: Workspace) -> None:
    put(bare, "a.py", FIRST + SECOND)

    assert symbols(bare) == ["first_of_all", "second_in_line"]


def test_drafts_have_no_vectors_until_they_are_embedded(bare: Workspace) -> None:
    put(bare, "a.py", FIRST + SECOND)
    assert symbols(bare, embedded=True) == []

    embed(bare, "a.py")

    vectors = [draft.vector for draft in bare.drafts.all()]
    assert len(vectors) == 2
    for vector in vectors:
        assert vector is not None
        assert vector.dtype == np.float32
        assert float(vector @ vector) == pytest.approx(1.0, abs=1e-3)


def test_vectors_that_are_known_are_not_made_again(bare: Workspace) -> None:
    put(bare, "a.py", FIRST + SECOND)
    embed(bare, "a.py")
    put(bare, "a.py", THIRD)
    put(bare, "elsewhere.py", SECOND + THIRD)

    assert symbols(bare, embedded=True) == ["second_in_line"]
    assert symbols(bare, embedded=False) == ["third_at_last", "third_at_last"]


def test_vectors_that_indexing_made_are_used(indexed: Workspace) -> None:
    put(indexed, "copy.py", FIRST + THIRD)

    assert symbols(indexed, embedded=True) == ["first_of_all"]
    assert symbols(indexed, embedded=False) == ["third_at_last"]


def test_vectors_of_drafts_are_used_when_their_file_is_indexed(indexed: Workspace, root: Path) -> None:
    put(indexed, "a.py", FIRST + SECOND + THIRD)
    embed(indexed, "a.py")
    write_tree(root, {"a.py": FIRST + SECOND + THIRD})

    report = indexed.refresh()

    assert report.n_files_changed == 1
    assert report.n_encoded == 0


def test_embedding_a_document_that_has_no_drafts_does_nothing(bare: Workspace) -> None:
    token = CancelToken()
    token.cancel()

    bare.drafts.embed("a.py", token)

    assert bare.drafts.all() == []


def test_embedding_that_is_stopped_at_once_leaves_drafts_without_vectors(bare: Workspace) -> None:
    token = CancelToken()
    token.cancel()
    put(bare, "a.py", FIRST + SECOND)

    with pytest.raises(Cancelled):
        bare.drafts.embed("a.py", token)

    assert symbols(bare, embedded=False) == ["first_of_all", "second_in_line"]


def test_embedding_that_is_stopped_keeps_what_it_has(bare: Workspace) -> None:
    put(bare, "a.py", LONG)

    with pytest.raises(Cancelled):
        bare.drafts.embed("a.py", TurnsAfter(2))

    done, left = symbols(bare, embedded=True), symbols(bare, embedded=False)
    assert done
    assert left
    put(bare, "a.py", "")
    put(bare, "a.py", LONG)
    assert symbols(bare, embedded=True) == done

    embed(bare, "a.py")
    assert symbols(bare, embedded=False) == []


def test_document_that_changes_while_it_is_embedded_gets_no_wrong_vectors(bare: Workspace) -> None:
    class Typing(CancelToken):
        """Somebody types while the model runs."""

        def is_cancelled(self) -> bool:
            put(bare, "a.py", SECOND + THIRD)
            return False

    put(bare, "a.py", FIRST + SECOND)
    bare.drafts.embed("a.py", Typing())

    assert symbols(bare, embedded=True) == ["second_in_line"]
    assert symbols(bare, embedded=False) == ["third_at_last"]


def test_document_that_closes_while_it_is_embedded_leaves_nothing(bare: Workspace) -> None:
    class Closing(CancelToken):
        """Somebody closes the document while the model runs."""

        def is_cancelled(self) -> bool:
            bare.buffers.drop("a.py")
            bare.update_drafts(["a.py"])
            return False

    put(bare, "a.py", FIRST)
    bare.drafts.embed("a.py", Closing())

    assert bare.drafts.all() == []


def test_drafts_are_found_beside_the_index(indexed: Workspace) -> None:
    put(indexed, "a.py", FIRST + SECOND + THIRD)
    by_word = indexed.search(Query("third_at_last")).hits[0]
    embed(indexed, "a.py")
    by_meaning = indexed.search(Query("third_at_last")).hits[0]

    assert by_word.symbol == by_meaning.symbol == "third_at_last"
    assert by_word.span.start_line == by_meaning.span.start_line == 9


@pytest.mark.parametrize(
    ("filters", "paths"),
    [
        (Filters(), ["src/a.py", "docs/b.md"]),
        (Filters(languages=("python", "go")), ["src/a.py"]),
        (Filters(kinds=(Kind.SECTION,)), ["docs/b.md"]),
        (Filters(path_globs=("docs/",)), ["docs/b.md"]),
        (Filters(path_globs=("!docs/",)), ["src/a.py"]),
        (Filters(path_globs=("docs/",), languages=("python",)), []),
    ],
)
def test_filters_of_a_query_hold_for_drafts(bare: Workspace, root: Path, filters: Filters, paths: list[str]) -> None:
    put(bare, "src/a.py", FIRST)
    put(bare, "docs/b.md", "# Title\n\nSome words.\n")
    files = WorkspaceFiles(root, FileOptions(), mask_secrets)

    assert [draft.record.path for draft in passing(bare.drafts.all(), filters, files)] == paths
