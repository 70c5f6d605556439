"""Files and chunk records as the catalogue's rows: hashes as bytes, words compressed."""

from __future__ import annotations

import zlib
from typing import Any, Final, TypeAlias

from whence.domain import (
    ChunkId,
    ChunkRecord,
    FileHash,
    Kind,
    LeftOutReason,
    PassageHash,
    Span,
    StoredFile,
    TextHash,
)

SqlRow: TypeAlias = tuple[Any, ...]

Row: TypeAlias = tuple[int, str, str, str, str, str, str, int, int, int, int, bytes | str, bytes | str, bytes]
"""chunk_id, path, language, kind, name, symbol, signature, start_line, end_line, start_byte, end_byte, text_hash,
passage_hash, words."""

WORDS_LEVEL: Final = 1
"""120 words take 279 bytes at level 1 and 266 at level 6, which costs three times the time (30 and 95 µs; reading, 11
µs)."""

_RAW: Final = -15
"""zlib without header and checksum: the rows are short and SQLite's pages are read whole or not at all."""

_SEPARATOR: Final = "\n"


def pack_hash(text: str) -> bytes | str:
    """Hex digits as bytes, half as long; anything else stays as it is."""
    try:
        packed = bytes.fromhex(text)
    except ValueError:
        return text
    return packed if packed.hex() == text else text


def unpack_hash(value: bytes | str) -> str:
    """What `pack_hash` was given."""
    return value.hex() if isinstance(value, bytes) else value


def pack_words(record: ChunkRecord) -> bytes:
    """Words and names of a chunk, compressed."""
    compressor = zlib.compressobj(WORDS_LEVEL, zlib.DEFLATED, _RAW)
    text = record.words + _SEPARATOR + record.names
    return compressor.compress(text.encode("utf-8", "surrogatepass")) + compressor.flush()


def unpack_words(packed: bytes) -> tuple[str, str]:
    """Words and names that `pack_words` was given.

    Raises:
        ValueError: the bytes are damaged.
    """
    try:
        text = zlib.decompress(packed, _RAW).decode("utf-8", "surrogatepass")
    except zlib.error as failure:
        raise ValueError(f"words of a chunk cannot be read: {failure}") from failure
    words, _, names = text.partition(_SEPARATOR)
    return words, names


def record_of(row: Row) -> ChunkRecord:
    """A row read back.

    Raises:
        ValueError: the row is damaged.
    """
    words, names = unpack_words(row[13])
    return ChunkRecord(
        chunk_id=ChunkId(row[0]),
        path=row[1],
        language=row[2],
        kind=Kind(row[3]),
        name=row[4],
        symbol=row[5],
        signature=row[6],
        span=Span(row[7], row[8], row[9], row[10]),
        text_hash=TextHash(unpack_hash(row[11])),
        passage_hash=PassageHash(unpack_hash(row[12])),
        words=words,
        names=names,
    )


def stored_file_of(row: SqlRow) -> StoredFile:
    """A file from its row."""
    path, size, mtime_ns, file_hash, language, n_chunks, n_secrets, reason, detail, is_embedded = row
    return StoredFile(
        path=path,
        size=size,
        mtime_ns=mtime_ns,
        file_hash=FileHash(file_hash),
        language=language,
        n_chunks=n_chunks,
        n_secrets=n_secrets,
        reason=None if reason is None else LeftOutReason(reason),
        detail=detail,
        is_embedded=bool(is_embedded),
    )


def file_row(file: StoredFile, n_chunks: int) -> SqlRow:
    """The row of a file, but for whether it is embedded."""
    reason = None if file.reason is None else file.reason.value
    known = (file.path, file.size, file.mtime_ns, file.file_hash, file.language)
    return (*known, n_chunks, file.n_secrets, reason, file.detail)


def chunk_row(record: ChunkRecord, file_id: int) -> SqlRow:
    """The row of a chunk."""
    span = record.span
    return (
        *(record.chunk_id, file_id, record.language, record.kind.value, record.name, record.symbol, record.signature),
        *(span.start_line, span.end_line, span.start_byte, span.end_byte),
        *(pack_hash(record.text_hash), pack_hash(record.passage_hash), pack_words(record)),
    )


def symbol_pairs(record: ChunkRecord) -> list[tuple[str, int]]:
    """What a chunk is found by in the table of symbols."""
    keys = {record.name.casefold(), record.symbol.casefold()} - {""}
    return [(key, record.chunk_id) for key in keys]


def is_searched_otherwise(one: ChunkRecord, other: ChunkRecord) -> bool:
    """True when two records of one id differ in what searching looks at."""
    return (one.words, one.names, one.kind, one.language) != (other.words, other.names, other.kind, other.language)
