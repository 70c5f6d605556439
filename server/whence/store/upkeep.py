"""When building, extending, compacting and cleaning up pays.

The bound: the tables' folder never holds more than GROWTH times what it held after the last clean-up, plus SLACK_BYTES
and what was added since; a clean-up leaves one version of the data and its indexes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from whence.store.catalogue import Catalogue
from whence.store.disk import n_bytes_of
from whence.store.tables import CHUNKS, VECTOR_INDEX_ROWS, Tables, Tail

GROWTH: Final = 1.5
SLACK_BYTES: Final = 4_000_000
"""Beside GROWTH, so that a small index is not cleaned up at every save."""

TAIL_ROWS: Final = 100
"""Rows outside the full-text index are cut into words again at every search: 400 of them take 45 ms on two busy cores,
so hardly more than a save's worth is left there."""

SMALL_FRAGMENTS: Final = 24
"""Pieces of a table that each search opens; every write adds one."""

COMMITS_BETWEEN: Final = 64
"""Commits of one import after which its pieces are merged: the list of pieces is written anew by every commit."""

REBUILD_FACTOR: Final = 3
"""A vector index is built anew once the table has outgrown the one its partitions were made for."""

_BUILT_ROWS: Final = "vector_index_rows"


def settle_chunks(tables: Tables, catalogue: Catalogue, folder: Path) -> None:
    """See to the table of words."""
    tail = tables.tail(CHUNKS)
    if tail.n_rows and tail.n_unindexed == tail.n_rows:
        tables.optimize(CHUNKS)
        tables.build_word_index()
        _clean(tables, catalogue, CHUNKS, folder)
    elif _pays(tail) or _is_outgrown(catalogue, CHUNKS, folder):
        _clean(tables, catalogue, CHUNKS, folder)


def settle_vectors(tables: Tables, catalogue: Catalogue, folder: Path, name: str) -> None:
    """See to a table of vectors; below VECTOR_INDEX_ROWS it needs no index."""
    built_key = _BUILT_ROWS if name == tables.vectors_name else f"{_BUILT_ROWS} of {name}"
    tail = tables.tail(name)
    is_indexed = tail.n_unindexed < tail.n_rows
    if tail.n_rows >= VECTOR_INDEX_ROWS:
        built = catalogue.state(built_key) if is_indexed else None
        if built is None or tail.n_rows >= REBUILD_FACTOR * float(built):
            tables.optimize(name)
            tables.build_vector_index(name)
            _clean(tables, catalogue, name, folder)
            _remember(catalogue, built_key, tail.n_rows)
            return
    is_extended = is_indexed and _pays(tail)
    if is_extended or tail.n_small_fragments > SMALL_FRAGMENTS or _is_outgrown(catalogue, name, folder):
        _clean(tables, catalogue, name, folder)


def _pays(tail: Tail) -> bool:
    return tail.n_unindexed > TAIL_ROWS or tail.n_small_fragments > SMALL_FRAGMENTS


def _is_outgrown(catalogue: Catalogue, name: str, folder: Path) -> bool:
    settled = float(catalogue.state(_bytes_key(name)) or 0)
    return n_bytes_of(_table_folder(folder, name)) > settled * GROWTH + SLACK_BYTES


def _clean(tables: Tables, catalogue: Catalogue, name: str, folder: Path) -> None:
    tables.optimize(name)
    _remember(catalogue, _bytes_key(name), n_bytes_of(_table_folder(folder, name)))


def _remember(catalogue: Catalogue, key: str, value: float) -> None:
    with catalogue.transaction():
        catalogue.set_state(key, value)


def _bytes_key(name: str) -> str:
    return f"bytes of {name}"


def _table_folder(folder: Path, name: str) -> Path:
    return folder / f"{name}.lance"
