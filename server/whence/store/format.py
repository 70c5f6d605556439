"""The numbered shape of an index folder: file names and `index.json`, the header every other file is judged by.

Knows nothing of what SQLite and LanceDB keep; reading a header loads no heavy library.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

import attrs

FORMAT: Final = 1
"""Number of the folder's shape. Raised by whatever an older Whence would misread; docs/index-format.md describes it.

History:
    1  index.json; catalogue.sqlite (files, chunks, symbols, terms, embedded); LanceDB tables `chunks` and
    `vectors-<model>`.
"""

APPLICATION: Final = "whence"

HEADER_NAME: Final = "index.json"
CATALOGUE_NAME: Final = "catalogue.sqlite"
TABLES_NAME: Final = "tables"
DAMAGED_NAME: Final = "damaged.txt"
"""Written by whoever meets damage that shows only while reading; tells the next writer to begin anew."""

CACHE_NAME: Final = "vectors.sqlite"


@attrs.frozen
class Header:
    """What `index.json` says of an index."""

    format: int
    content: str
    """Versions of chunking and words as the caller names them; another value means every file has to be read again."""
    fingerprint: str
    model: str
    dimension: int
    root: str


class NotAHeader(Exception):
    """`index.json` is not there or is not ours."""


class BrokenHeader(Exception):
    """`index.json` is ours and cannot be read."""


def read_header(folder: Path) -> Header:
    """Read a folder's header. Of a header in another format only `format` and `root` are to be relied on.

    Raises:
        NotAHeader, BrokenHeader: as their names say.
    """
    try:
        raw = (folder / HEADER_NAME).read_bytes()
    except FileNotFoundError as missing:
        raise NotAHeader(f"{HEADER_NAME} is missing") from missing
    except OSError as failure:
        raise BrokenHeader(f"{HEADER_NAME} cannot be read: {failure.strerror}") from failure
    try:
        fields = json.loads(raw)
    except ValueError as failure:
        raise BrokenHeader(f"{HEADER_NAME} is not JSON") from failure
    if not isinstance(fields, dict) or fields.get("application") != APPLICATION:
        raise NotAHeader(f"{HEADER_NAME} was not written by Whence")
    try:
        return Header(
            format=int(fields["format"]),
            content=str(fields.get("content", "")),
            fingerprint=str(fields.get("fingerprint", "")),
            model=str(fields.get("model", "")),
            dimension=int(fields.get("dimension", 0)),
            root=str(fields.get("root", "")),
        )
    except (KeyError, TypeError, ValueError) as failure:
        raise BrokenHeader(f"{HEADER_NAME} lacks a usable {failure}") from failure


def write_header(folder: Path, header: Header) -> None:
    """Write a folder's header so that a reader sees the old one or the new one, never a part."""
    fields = {"application": APPLICATION, **attrs.asdict(header)}
    temporary = folder / f"{HEADER_NAME}.{os.getpid()}"
    temporary.write_text(json.dumps(fields, indent=2, ensure_ascii=True) + "\n", encoding="utf-8")
    temporary.replace(folder / HEADER_NAME)


def table_name_of(fingerprint: str) -> str:
    """Name of the table that holds one model's vectors."""
    safe = "".join(letter for letter in fingerprint if letter.isalnum())
    return f"vectors-{safe[:16] or 'none'}"
