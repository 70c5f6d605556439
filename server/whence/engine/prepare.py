"""From a source to what the store keeps and what the model reads: chunk, name, split, address. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from whence.chunking.chunker import chunk_source
from whence.domain import ChunkRecord, Passage, Source, StoredFile
from whence.text.records import prepare_chunks


@attrs.frozen
class PreparedFile:
    """One file ready to be stored; `records[i]` is embedded as `passages[i]`."""

    stored: StoredFile
    records: Sequence[ChunkRecord]
    passages: Sequence[Passage]


def prepare(source: Source, mtime_ns: int) -> PreparedFile:
    """Chunk a source and assemble its records and passages, in line order.

    Args:
        source: the file as read.
        mtime_ns: the time to remember for it, see `plan.trusted_mtime_ns`.
    """
    chunks = chunk_source(source)
    prepared = prepare_chunks(source.path, chunks)
    stored = StoredFile(
        path=source.path,
        size=source.size,
        mtime_ns=mtime_ns,
        file_hash=source.file_hash,
        language=chunks[0].language if chunks else "",
        n_chunks=len(chunks),
        n_secrets=source.n_secrets,
    )
    return PreparedFile(
        stored=stored,
        records=[item.record for item in prepared],
        passages=[item.passage for item in prepared],
    )
