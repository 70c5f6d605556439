"""From chunks to what the store keeps of them: hashes, stable ids, words and names. Pure assembly."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

import attrs

from whence.domain import Chunk, ChunkId, ChunkRecord, Passage, PassageHash, TextHash
from whence.text.passages import passage_of
from whence.text.words import names_of, words_of

_ID_MASK = 2**63 - 1


@attrs.frozen
class PreparedChunk:
    """A chunk's record and the passage that is embedded for it."""

    record: ChunkRecord
    passage: Passage


def prepare_chunks(path: str, chunks: Sequence[Chunk]) -> list[PreparedChunk]:
    """Records and passages of one file's chunks, in their order; equal passages are told apart by occurrence."""
    prepared: list[PreparedChunk] = []
    n_seen: Counter[PassageHash] = Counter()
    for chunk in chunks:
        passage = passage_of(chunk)
        prepared.append(PreparedChunk(record_of(path, chunk, passage, n_seen[passage.hash]), passage))
        n_seen[passage.hash] += 1
    return prepared


def record_of(path: str, chunk: Chunk, passage: Passage, occurrence: int) -> ChunkRecord:
    """The record of one chunk; `occurrence` counts earlier chunks of the file with the same passage."""
    return ChunkRecord(
        chunk_id=chunk_id(path, passage.hash, occurrence),
        path=path,
        language=chunk.language,
        kind=chunk.kind,
        name=chunk.name,
        symbol=chunk.symbol,
        signature=chunk.signature,
        span=chunk.span,
        text_hash=text_hash(chunk.text),
        passage_hash=passage.hash,
        words=words_of(chunk.plain or chunk.text),
        names=names_of(chunk.symbol, path),
    )


def text_hash(text: str) -> TextHash:
    """Hash of a text that does not see how white space is laid out: copies and text that moved compare equal."""
    folded = " ".join(text.split())
    return TextHash(hashlib.blake2b(folded.encode("utf-8", errors="replace"), digest_size=8).hexdigest())


def chunk_id(path: str, passage_hash: PassageHash, occurrence: int) -> ChunkId:
    """A positive 63-bit id that outlives edits elsewhere in the file."""
    address = f"{path}\0{passage_hash}\0{occurrence}".encode("utf-8", errors="surrogatepass")
    digest = hashlib.blake2b(address, digest_size=8).digest()
    return ChunkId(int.from_bytes(digest, "big") & _ID_MASK or 1)
