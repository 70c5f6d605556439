"""Answer a query: words and meaning side by side, fused and ranked with reasons, held against what is on disk."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import attrs

from whence.domain import ChunkId, ChunkRecord, Hit, IndexCounts, Query, SearchResult
from whence.engine.freshness import Placed, Truth
from whence.engine.ports import Files, Model, Scored, Store
from whence.ranking.candidates import Candidate, Ranked
from whence.ranking.diversity import diversify
from whence.ranking.ranker import rank
from whence.ranking.relevance import is_relevant
from whence.ranking.snippets import snippet_of
from whence.ranking.understanding import QueryForm, understand

CANDIDATES_PER_HIT = 8
MIN_CANDIDATES = 80
"""Candidates asked of each retriever: enough that a place found by one of them alone can still win after ranking."""


@attrs.frozen
class _Found:
    """What the retrievers gave, best first each."""

    words: Sequence[Scored]
    vectors: Sequence[Scored]
    symbols: Sequence[ChunkId]


class Searcher:
    """Answers queries over one store. `search` may be called by several threads at once."""

    def __init__(self, files: Files, store: Store, model: Model) -> None:
        self._files = files
        self._store = store
        self._model = model
        # Words and symbols are looked up here while the caller's thread encodes and looks up vectors.
        self._words_lane = ThreadPoolExecutor(2, "whence-words")

    def search(self, query: Query) -> SearchResult:
        """Answer one query. Nothing relevant gives no hits, with the index's words nearest to the query's."""
        clock = StageClock()
        form = understand(query.text)
        counts = self._store.counts()
        limit = max(MIN_CANDIDATES, query.limit * CANDIDATES_PER_HIT)
        found = self._retrieve(query, form, limit, counts, clock)
        with clock.time("fetch"):
            candidates = self._candidates(found)
        with clock.time("rank"):
            ranked = rank(form, candidates)
            ranked = diversify(ranked) if is_relevant(form, ranked) else []
        with clock.time("verify"):
            hits, n_stale = self._hits(form, ranked, query.limit)
        nearest = () if hits else self._nearest_words(form)
        clock.stop()
        return SearchResult(hits, counts, clock.stage_ms, n_stale=n_stale, nearest_words=nearest)

    def _retrieve(self, query: Query, form: QueryForm, limit: int, counts: IndexCounts, clock: StageClock) -> _Found:
        words = self._words_lane.submit(self._search_words, form, limit, query.filters, clock)
        symbols = self._words_lane.submit(self._search_symbols, form, limit, query.filters, clock)
        vectors: Sequence[Scored] = ()
        if counts.n_embedded:
            with clock.time("encode"):
                vector = self._model.load().encode_query(query.text)
            with clock.time("vectors"):
                vectors = self._store.search_vectors(vector, limit, query.filters)
        return _Found(words.result(), vectors, symbols.result())
