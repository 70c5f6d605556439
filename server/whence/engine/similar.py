"""Find code like a definition: exact copies apart, then what means the same, in whatever language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import attrs

from whence.chunking.chunker import definition_at
from whence.domain import (
    Chunk,
    ChunkId,
    ChunkRecord,
    Filters,
    Hit,
    IndexCounts,
    Kind,
    Passage,
    Reason,
    ReasonKind,
    Source,
    Span,
)
from whence.engine.freshness import Placed, Truth
from whence.engine.ports import Files, Model, Store, VectorCache
from whence.engine.stages import StageClock
from whence.errors import UsageError
from whence.ranking.likeness import ALIKE, Likeness, shared_words
from whence.text.passages import passage_of
from whence.text.records import text_hash
from whence.text.words import words_of

if TYPE_CHECKING:
    from whence.arrays import Float32

CANDIDATES_PER_HIT = 5
MIN_CANDIDATES = 50
"""Neighbours asked for: some are the target itself, its copies, its other parts, or gone from disk."""

MIN_SIMILARITY = 0.4
"""Of meaning alone: with less, no number of shared words makes two definitions alike."""

MAX_WORDS = 48
"""Distinct words of a definition that others are looked up by."""

SNIPPET_LINES = 4


@attrs.frozen
class SimilarResult:
    """What is like `target`. `copies` hold the same text but for white space; `hits` are in order of likeness."""

    path: str
    target: Chunk
    copies: Sequence[Hit]
    hits: Sequence[Hit]
    counts: IndexCounts
    stage_ms: Mapping[str, float]


class SimilarFinder:
    """Finds code like a place over one store."""

    def __init__(self, files: Files, store: Store, cache: VectorCache, model: Model, threshold: float = ALIKE) -> None:
        """Over what the store has; `threshold` is the likeness below which nothing is called alike."""
        self._files = files
        self._store = store
        self._cache = cache
        self._model = model
        self._threshold = threshold

    def find(self, path: str, line: int, limit: int, last_line: int | None = None) -> SimilarResult:
        """Find at most `limit` places like the definition around a 1-based line, and every copy of it.

        Args:
            path: relative to the root, '/' separators.
            line: of the definition; the first one where `last_line` is given.
            limit: the copies do not count.
            last_line: take the lines as they are, from `line` to this one, instead of the definition around them.

        Raises:
            UsageError: the file or the line is not there, or the file is left out of the index.
        """
        clock = StageClock()
        truth = Truth(self._files, self._store)
        with clock.time("target"):
            target = self._target(truth, path, line, last_line)
        with clock.time("encode"):
            vector = self._vector(passage_of(target))
        with clock.time("words"):
            named = self._with_its_words(target, vector)
        return self._find(truth, path, target, vector, named, limit, clock)

    def find_known(self, path: str, target: Chunk, limit: int) -> SimilarResult | None:
        """The same for one chunk of a file, without ever running the model: None where its vector is not known yet."""
        clock = StageClock()
        passage = passage_of(target)
        vector = self._cache.get(self._model.fingerprint, [passage.hash]).get(passage.hash)
        if vector is None:
            return None
        return self._find(Truth(self._files, self._store), path, target, vector, {}, limit, clock)

    def _find(
        self,
        truth: Truth,
        path: str,
        target: Chunk,
        vector: Float32,
        named: Mapping[ChunkId, float],
        limit: int,
        clock: StageClock,
    ) -> SimilarResult:
        """`named` has the cosines of further candidates that share the target's words.

        Likeness is told by what the index has; only what is shown is looked up on disk.
        """
        with clock.time("copies"):
            copies = list(self._copies(truth, path, target))
        with clock.time("vectors"):
            found = self._store.search_vectors(vector, max(MIN_CANDIDATES, limit * CANDIDATES_PER_HIT), Filters())
        scale = self._model.passage_similarity
        cosines = {**named, **{scored.chunk_id: scored.score for scored in found}}
        near = {chunk_id: scale.of(cosine) for chunk_id, cosine in cosines.items()}
        near = {chunk_id: similarity for chunk_id, similarity in near.items() if similarity >= MIN_SIMILARITY}
        with clock.time("fetch"):
            records = self._store.fetch(sorted(near, key=near.__getitem__, reverse=True))
        with clock.time("compare"):
            others = _one_a_definition(record for record in records if not _is_same(record, path, target))
            alike = self._alike(target, others, near)
        with clock.time("verify"):
            hits = list(islice(_hits(truth, path, target, alike), limit))
        clock.stop()
        counts = attrs.evolve(self._store.counts(), n_first=0)  # two passages are compared by the model alone
        return SimilarResult(path, target, copies, hits, counts, clock.stage_ms)

    def _target(self, truth: Truth, path: str, line: int, last_line: int | None) -> Chunk:
        source = truth.source(path)
        if source is None:
            raise UsageError(f'{path} is not a file that is indexed; "whence explain-file {path}" says why')
        n_lines = source.data.count(b"\n") + (not source.data.endswith(b"\n"))
        if line > n_lines:
            raise UsageError(f"{path} has {n_lines} lines; there is no line {line}")
        chunks = truth.chunks(path)
        if last_line is not None:
            return _lines_as_chunk(source, chunks, line, min(last_line, n_lines))
        target = definition_at(chunks, line) or next(
            (chunk for chunk in chunks if chunk.span.start_line <= line <= chunk.span.end_line), None
        )
        if target is None:
            raise UsageError(f"Line {line} of {path} is blank; name a line of a definition")
        return target

    def _vector(self, passage: Passage) -> Float32:
        """The passage's vector, from the cache when it was ever embedded."""
        cached = self._cache.get(self._model.fingerprint, [passage.hash])
        if passage.hash in cached:
            return cached[passage.hash]
        encoded: list[Float32] = []

        def keep(_idxs: Sequence[int], rows: Float32) -> None:
            encoded.append(rows[0])

        self._model.load().encode_passages([passage.text], keep, lambda: False)
        return encoded[0]

    def _alike(
        self, target: Chunk, groups: Sequence[Sequence[ChunkRecord]], near: Mapping[ChunkId, float]
    ) -> list[tuple[Likeness, Sequence[ChunkRecord]]]:
        """The groups that are alike enough, the likest first."""
        words = _words_of(target)
        compared = (
            (Likeness(near[group[0].chunk_id], shared_words(words, Counter(group[0].words.split()))), group)
            for group in groups
        )
        return sorted((one for one in compared if one[0].score >= self._threshold), key=lambda one: -one[0].score)

    def _with_its_words(self, target: Chunk, vector: Float32) -> dict[ChunkId, float]:
        """Chunks that share most of the target's words, with their cosines to its vector; those that have one."""
        words = " ".join(islice(_words_of(target), MAX_WORDS))
        found = [scored.chunk_id for scored in self._store.search_words(words, MIN_CANDIDATES, Filters())]
        return {chunk_id: float(row @ vector) for chunk_id, row in self._store.vectors_of(found).items()}

    def _copies(self, truth: Truth, path: str, target: Chunk) -> Iterator[Hit]:
        for record in self._store.copies_of([text_hash(target.text)]):
            placed = truth.place(record)
            if placed is not None and not _covers(path, target, record, placed):
                yield _hit(record, placed, Reason(ReasonKind.COPY, "the same text", 1.0))


def _lines_as_chunk(source: Source, chunks: Sequence[Chunk], first: int, last: int) -> Chunk:
    """Selected lines; a selection of exactly one chunk is that chunk, with its name."""
    for chunk in chunks:
        if (chunk.span.start_line, chunk.span.end_line) == (first, last):
            return chunk
    lines = source.data.split(b"\n")
    start = sum(len(line) + 1 for line in lines[: first - 1])
    text = b"\n".join(lines[first - 1 : last])
    if not text.strip():
        raise UsageError(f"Lines {first} to {last} of {source.path} are blank; select some code")
    language = chunks[0].language if chunks else ""
    span = Span(first, last, start, start + len(text))
    return Chunk(span=span, language=language, kind=Kind.BLOCK, text=text.decode("utf-8", "replace"))


def _words_of(target: Chunk) -> Counter[str]:
    """Stems of a chunk's words with how often they stand there, as its record would have them."""
    return Counter(words_of(target.plain or target.text).split())


def _hits(
    truth: Truth, path: str, target: Chunk, alike: Sequence[tuple[Likeness, Sequence[ChunkRecord]]]
) -> Iterator[Hit]:
    for likeness, (best, *copies) in alike:
        placed = truth.place(best)
        if placed is not None and not _covers(path, target, best, placed):
            others = tuple(f"{copy.path}:{copy.span.start_line}" for copy in copies)
            yield attrs.evolve(_hit(best, placed, *likeness.reasons), copies=others)


def _is_same(record: ChunkRecord, path: str, target: Chunk) -> bool:
    """True for the target, its parts and its copies, by what the index says."""
    is_part = record.path == path and bool(target.symbol) and record.symbol == target.symbol
    return is_part or record.text_hash == text_hash(target.text)


def _covers(path: str, target: Chunk, record: ChunkRecord, placed: Placed) -> bool:
    return record.path == path and placed.span.overlaps(target.span)


def _one_a_definition(records: Iterator[ChunkRecord]) -> list[list[ChunkRecord]]:
    """Groups of records that hold the same text, best first; of a definition stored in parts, the best part alone."""
    groups: dict[str, list[ChunkRecord]] = {}
    seen: set[tuple[str, str]] = set()
    for record in records:
        definition = (record.path, record.symbol)
        if record.symbol and definition in seen:
            continue
        seen.add(definition)
        groups.setdefault(record.text_hash, []).append(record)
    return list(groups.values())


def _hit(record: ChunkRecord, placed: Placed, *reasons: Reason) -> Hit:
    lines = [line.rstrip() for line in placed.text.splitlines() if line.strip()]
    snippet = "\n".join(line[:160] for line in lines[:SNIPPET_LINES])
    return placed.hit(record, reasons, sum(reason.score for reason in reasons), snippet)
