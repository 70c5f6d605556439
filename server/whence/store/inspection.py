"""Look at an index folder without opening it: is it there, ours, whole, of this format and model? Changes nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

import attrs

from whence.domain import Found, IndexCounts, IndexState
from whence.store.catalogue import FIRST_NAME, Catalogue
from whence.store.format import (
    CATALOGUE_NAME,
    DAMAGED_NAME,
    FORMAT,
    TABLES_NAME,
    BrokenHeader,
    Header,
    NotAHeader,
    read_header,
)


@attrs.frozen
class Numbers:
    """What the catalogue says at a glance."""

    counts: IndexCounts
    changed_at: float | None
    first_model: str = ""
    """Name of the model whose vectors stand in for those to come; empty where none do."""


NO_NUMBERS: Final = Numbers(IndexCounts(n_files=0, n_chunks=0, n_embedded=0), None)


def inspect_folder(folder: Path, root: str, fingerprint: str | None, content: str) -> Found:
    """Name the state of the folder where the index of `root` (a real path) belongs."""
    if not folder.is_dir():
        return (
            _found(IndexState.FOREIGN, f"{folder} is not a folder") if folder.exists() else _found(IndexState.MISSING)
        )
    try:
        header = read_header(folder)
    except NotAHeader as failure:
        is_empty = not any(folder.iterdir())
        return _found(IndexState.MISSING) if is_empty else _found(IndexState.FOREIGN, str(failure))
    except BrokenHeader as failure:
        return _found(IndexState.CORRUPT, str(failure))
    return _inspect_ours(folder, header, root, fingerprint, content)


def numbers_of(folder: Path) -> Numbers:
    """Counts and time of the last change.

    Raises:
        sqlite3.Error: the catalogue is damaged.
    """
    catalogue = Catalogue(folder / CATALOGUE_NAME, is_writable=False)
    try:
        changed_at = catalogue.state("changed_at")
        first_model = str(catalogue.state(FIRST_NAME) or "")
        return Numbers(catalogue.counts(), None if changed_at is None else float(changed_at), first_model)
    finally:
        catalogue.close()


def known_numbers_of(folder: Path) -> Numbers:
    """The same of an index that was found usable; none where it went meanwhile."""
    try:
        return numbers_of(folder)
    except sqlite3.Error:
        return NO_NUMBERS


def _inspect_ours(folder: Path, header: Header, root: str, fingerprint: str | None, content: str) -> Found:
    if header.format != FORMAT:
        state = IndexState.NEWER_FORMAT if header.format > FORMAT else IndexState.OLD_FORMAT
        return _found(state, f"format {header.format}, this Whence writes {FORMAT}", header)
    if header.root != root:
        return _found(IndexState.FOREIGN, f"it belongs to {header.root}", header)
    if (folder / DAMAGED_NAME).exists():
        return _found(IndexState.CORRUPT, _first_line(folder / DAMAGED_NAME), header)
    if not (folder / CATALOGUE_NAME).exists():
        # index.json is written first: a folder with nothing else was begun and never written to.
        is_begun = not (folder / TABLES_NAME).exists()
        return (
            _found(IndexState.MISSING) if is_begun else _found(IndexState.CORRUPT, f"{CATALOGUE_NAME} is gone", header)
        )
    try:
        numbers = numbers_of(folder)
    except sqlite3.Error as failure:
        return _found(IndexState.CORRUPT, f"{CATALOGUE_NAME}: {failure}", header)
    if numbers.counts.n_chunks and not any((folder / TABLES_NAME).glob("chunks.lance/_versions/*")):
        return _found(IndexState.CORRUPT, "the table of words is gone", header)
    return _judge(header, numbers, fingerprint, content)


def _judge(header: Header, numbers: Numbers, fingerprint: str | None, content: str) -> Found:
    state, detail = IndexState.USABLE, ""
    if header.content != content:
        state, detail = IndexState.OLD_FORMAT, f"files were cut by version {header.content!r}, this is {content!r}"
    elif fingerprint is not None and header.fingerprint != fingerprint:
        state, detail = IndexState.OTHER_MODEL, f'its vectors came from the model "{header.model}"'
    return attrs.evolve(_found(state, detail, header), changed_at=numbers.changed_at)


def _found(state: IndexState, detail: str = "", header: Header | None = None) -> Found:
    return Found(
        state=state,
        detail=detail,
        format=FORMAT if header is None else header.format,
        model="" if header is None else header.model,
        changed_at=None,
    )


def _first_line(path: Path) -> str:
    try:
        return next(iter(path.read_text(encoding="utf-8", errors="replace").splitlines()), "")
    except OSError:
        return ""
