"""Hold what the index says against what is on disk: a hit's span holds the text that was indexed, or moves, or goes."""

from __future__ import annotations

import attrs

from whence.chunking.chunker import chunk_source
from whence.domain import Chunk, ChunkRecord, FileEntry, Hit, LeftOut, Reason, Source, Span
from whence.engine.ports import Files, Store
from whence.text.records import text_hash


@attrs.frozen
class Placed:
    """Where a chunk's text stands now."""

    span: Span
    text: str

    def hit(
        self, record: ChunkRecord, reasons: tuple[Reason, ...], score: float, snippet: str, copies: tuple[str, ...] = ()
    ) -> Hit:
        """The hit that shows a record where it stands."""
        return Hit(
            path=record.path,
            span=self.span,
            symbol=record.symbol,
            kind=record.kind,
            language=record.language,
            score=score,
            reasons=reasons,
            snippet=snippet,
            chunk_id=record.chunk_id,
            copies=copies,
        )


class Truth:
    """Reads files at most once and places records in them; made for one request, then thrown away."""

    def __init__(self, files: Files, store: Store | None = None) -> None:
        """With a store, files it knows to hold no secret are not searched for secrets again."""
        self._files = files
        self._store = store
        self._sources: dict[str, Source | None] = {}
        self._chunks: dict[str, list[Chunk]] = {}

    def source(self, path: str) -> Source | None:
        """The file as it is now, or None when it is gone or would be left out."""
        if path not in self._sources:
            stored = self._store.file(path) if self._store else None
            clean = stored.file_hash if stored and not stored.n_secrets else None
            read = self._files.read(FileEntry(path, size=0, mtime_ns=0), without_secrets=clean)
            self._sources[path] = None if isinstance(read, LeftOut) else read
        return self._sources[path]

    def chunks(self, path: str) -> list[Chunk]:
        """The file's chunks as they are now; empty when it is gone."""
        if path not in self._chunks:
            source = self.source(path)
            self._chunks[path] = chunk_source(source) if source else []
        return self._chunks[path]

    def place(self, record: ChunkRecord) -> Placed | None:
        """Find the text that was indexed: at its span, else where it moved to within the file, else nowhere."""
        source = self.source(record.path)
        return (_at_its_span(record, source) or self._moved(record)) if source else None

    def _moved(self, record: ChunkRecord) -> Placed | None:
        """The same text nearest to where it was, if it is still a chunk of its file."""
        same = [chunk for chunk in self.chunks(record.path) if text_hash(chunk.text) == record.text_hash]
        if not same:
            return None
        nearest = min(same, key=lambda chunk: abs(chunk.span.start_line - record.span.start_line))
        return Placed(nearest.span, nearest.text)


def _at_its_span(record: ChunkRecord, source: Source) -> Placed | None:
    span = record.span
    text = source.data[span.start_byte : span.end_byte].decode("utf-8", errors="replace")
    if text_hash(text) != record.text_hash:
        return None
    # Equal bytes at an equal offset can be other lines: text before them may have gained line ends, byte for byte.
    if source.data.count(b"\n", 0, span.start_byte) + 1 != span.start_line:
        return None
    return Placed(span, text)
