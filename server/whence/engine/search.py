"""Answer a query: words and meaning side by side, fused and ranked with reasons, held against what is on disk."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from heapq import nlargest
from typing import TYPE_CHECKING

import attrs

from whence.domain import (
    ChunkId,
    ChunkRecord,
    Filters,
    Hit,
    IndexCounts,
    Query,
    Scored,
    SearchResult,
)
from whence.engine.drafts import Draft, passes, passing
from whence.engine.freshness import Truth
from whence.engine.ports import Files, Model, Store
from whence.engine.stages import StageClock
from whence.errors import ModelError
from whence.ranking.candidates import Candidate, Ranked
from whence.ranking.diversity import diversify
from whence.ranking.evidence import Evidences
from whence.ranking.ranker import rank
from whence.ranking.relevance import is_relevant
from whence.ranking.snippets import snippet_of
from whence.ranking.understanding import QueryForm, understand
from whence.text.words import spellings_of

if TYPE_CHECKING:
    from whence.arrays import Float32

logger = logging.getLogger(__name__)

CANDIDATES_PER_HIT = 2
MIN_CANDIDATES = 40
"""Candidates asked of each retriever. More bring rivals: of our own tune questions 0.67 are answered among the first
five with 40 and 0.63 with 80, of cqs' 0.47 and 0.44 first; semble's NDCG@10 is 0.855 and 0.857."""

MAX_DRAFTS = 40
"""Drafts ranked beside the index's candidates: as many as one retriever gives."""

NEAREST_HITS = 3
NEAREST_WORDS = 5
"""Places and words named when nothing is relevant."""


@attrs.frozen
class _Found:
    """What the retrievers gave, best first each."""

    words: Sequence[Scored] = ()
    vectors: Sequence[Scored] = ()
    first: Sequence[Scored] = ()
    """By the first model's vectors: chunks that have no other yet."""
    symbols: Sequence[ChunkId] = ()
    records: Sequence[ChunkRecord] = ()
    """Those of words and symbols, fetched while vectors are still looked up."""
    vector_of: Mapping[ChunkId, Float32] = attrs.field(factory=dict)
    """Of these records: ranking compares every candidate's meaning, also those that are not among the nearest."""
    query_vector: Float32 | None = None
    expected: float | None = None
    """Similarity that the query's answer may be expected to have, by the model."""
    expected_first: float | None = None
    """The same by the first model."""


@attrs.frozen
class Retrieved:
    """Chunks as the retrievers brought them, best first each."""

    words: tuple[ChunkRecord, ...]
    vectors: tuple[ChunkRecord, ...]


class Searcher:
    """Answers queries over one store."""

    def __init__(self, files: Files, store: Store, model: Model, first_model: Model | None = None) -> None:
        """The first model is loaded when its vectors stand in for those to come, not before."""
        self._files = files
        self._store = store
        self._model = model
        self._first_model = first_model
        # Words and symbols are looked up here while the caller's thread encodes the query and looks up vectors.
        self._lane = ThreadPoolExecutor(1, "whence-words")

    def search(self, query: Query, drafts: Sequence[Draft] = (), *, by_name: bool = False) -> SearchResult:
        """Answer one query. Nothing relevant gives no hits; what came nearest is named apart.

        Args:
            query: what is asked.
            drafts: chunks of open documents that the index does not have.
            by_name: look at names and paths alone, which loads no heavy library.
        """
        clock = StageClock()
        form = understand(query.text)
        counts, first_model = self._standing()
        evidences = Evidences(form.words)
        drafts = passing(drafts, query.filters, self._files)
        if by_name:
            found = clock.timed("names", lambda: self._retrieve_by_name(query, form))
        else:
            has_vectors = _has_vectors(counts, drafts)
            found = self._retrieve(query, form, evidences, clock, first_model, has_vectors=has_vectors)
        candidates = clock.timed(
            "fetch", lambda: [*self._candidates(found), *self._as_candidates(drafts, found, evidences)]
        )
        ranked = clock.timed("rank", lambda: rank(form, candidates, evidences=evidences))
        is_answered = is_relevant(form, ranked)
        with clock.time("verify"):
            n_shown = query.limit if is_answered else min(query.limit, NEAREST_HITS)
            hits, n_lost = _placed(form, diversify(form, ranked), Truth(self._files, self._store), n_shown)
        words = () if is_answered else clock.timed("nearest", lambda: self._nearest_words(form))
        clock.stop()
        return SearchResult(
            hits=hits if is_answered else (),
            counts=counts,
            stage_ms=clock.stage_ms,
            is_by_name=by_name,
            n_stale=n_lost,
            nearest=() if is_answered else hits,
            nearest_words=words,
        )

    def retrieved(self, text: str, limit: int) -> Retrieved:
        """What words alone and vectors alone give, best first: for measuring what ranking makes of it."""
        form = understand(text)
        vector = self._model.load().encode_query(form.passage)
        words = self._store.search_words(" ".join(form.words), limit, Filters())
        vectors = self._store.search_vectors(vector, limit, Filters())
        return Retrieved(
            words=tuple(self._store.fetch([one.chunk_id for one in words])),
            vectors=tuple(self._store.fetch([one.chunk_id for one in vectors])),
        )

    def candidates(self, text: str) -> list[Candidate]:
        """What would be ranked, in no order: for learning how to."""
        form = understand(text)
        evidences = Evidences(form.words)
        found = self._retrieve(Query(text), form, evidences, StageClock(), None, has_vectors=True)
        return self._candidates(found)

    def close(self) -> None:
        """Let go of the lane; the store belongs to the caller."""
        self._lane.shutdown(wait=False)

    def _retrieve(
        self,
        query: Query,
        form: QueryForm,
        evidences: Evidences,
        clock: StageClock,
        first_model: Model | None,
        *,
        has_vectors: bool,
    ) -> _Found:
        limit = max(MIN_CANDIDATES, query.limit * CANDIDATES_PER_HIT)

        def look_up_words() -> _Found:
            words: list[Scored] = []
            symbols: list[ChunkId] = []
            if form.words:
                with clock.time("words"):
                    words = self._store.search_words(" ".join(form.words), limit, query.filters)
            if form.symbol_names:
                with clock.time("symbols"):
                    symbols = self._store.search_symbols(form.symbol_names, limit, query.filters)
            records = self._store.fetch(list({*(scored.chunk_id for scored in words), *symbols}))
            vector_of = self._store.vectors_of([record.chunk_id for record in records]) if has_vectors else {}
            for record in records:
                evidences.of(record)  # ranking needs it, and vectors are still being searched
            return _Found(words=words, symbols=symbols, records=records, vector_of=vector_of)

        looked_up = self._lane.submit(look_up_words)
        vectors: Sequence[Scored] = ()
        vector: Float32 | None = None
        expected: float | None = None
        if has_vectors and form.passage:
            encoder = clock.timed("load", self._model.load)
            vector = clock.timed("encode", lambda: encoder.encode_query(form.passage))
            with clock.time("vectors"):
                vectors = self._store.search_vectors(vector, limit, query.filters)
            expected = self._model.expected_similarity(vector)
        first: Sequence[Scored] = ()
        expected_first: float | None = None
        if first_model is not None and form.passage:
            first, expected_first = self._look_up_first(first_model, query, form, limit, clock)
        return attrs.evolve(
            looked_up.result(),
            vectors=vectors,
            first=first,
            query_vector=vector,
            expected=expected,
            expected_first=expected_first,
        )

    def _look_up_first(
        self, model: Model, query: Query, form: QueryForm, limit: int, clock: StageClock
    ) -> tuple[list[Scored], float | None]:
        """Chunks near the query by the first model, with their similarity on the common scale, and the expected one."""
        try:
            encoder = clock.timed("load", model.load)
            vector = clock.timed("encode", lambda: encoder.encode_query(form.passage))
        except ModelError as failure:
            logger.warning("the first model is left out: %s", failure)
            return [], None
        with clock.time("first"):
            found = self._store.search_first_vectors(model.fingerprint, vector, limit, query.filters)
        scored = [Scored(one.chunk_id, model.query_similarity.of(one.score)) for one in found]
        return scored, model.expected_similarity(vector)

    def _standing(self) -> tuple[IndexCounts, Model | None]:
        """How much is known, and the first model where its vectors stand in; none on a finished index."""
        counts = self._store.counts()
        model = self._first_model
        if counts.n_first == 0:
            return counts, None
        if model is None or self._store.first_model() != model.fingerprint:
            return attrs.evolve(counts, n_first=0), None
        return counts, model

    def _retrieve_by_name(self, query: Query, form: QueryForm) -> _Found:
        """Symbols asked for and chunks named like the question, through the catalogue alone."""
        limit = max(MIN_CANDIDATES, query.limit * CANDIDATES_PER_HIT)
        symbols = self._store.search_symbols(form.symbol_names, limit, Filters()) if form.symbol_names else []
        named = self._store.search_names(form.words, limit)
        records = self._store.fetch(list(dict.fromkeys((*symbols, *named))))
        return _Found(records=[record for record in records if passes(record, query.filters, self._files)])

    def _candidates(self, found: _Found) -> list[Candidate]:
        word_scores = {scored.chunk_id: scored.score for scored in found.words}
        by_first = {scored.chunk_id: scored.score for scored in found.first}
        by_model = {scored.chunk_id: self._similarity(scored.score) for scored in found.vectors}
        if found.query_vector is not None:
            by_model |= {
                chunk_id: self._similarity(float(row @ found.query_vector)) for chunk_id, row in found.vector_of.items()
            }
        # What both brought got its vector between the lookups: the model's own counts.
        similarities = by_first | by_model
        fetched = {record.chunk_id for record in found.records}
        missing = [chunk_id for chunk_id in similarities if chunk_id not in fetched]
        return [
            Candidate(
                record=record,
                word_score=word_scores.get(record.chunk_id),
                similarity=similarities.get(record.chunk_id),
                expected=found.expected if record.chunk_id in by_model else found.expected_first,
            )
            for record in (*found.records, *self._store.fetch(missing))
        ]

    def _as_candidates(self, drafts: Sequence[Draft], found: _Found, evidences: Evidences) -> list[Candidate]:
        """Drafts beside what the index gave, the likeliest MAX_DRAFTS: scored as if they were indexed."""
        best_words = max((scored.score for scored in found.words), default=1.0)
        candidates = [self._as_candidate(draft, found, best_words, evidences) for draft in drafts]
        return nlargest(
            MAX_DRAFTS, candidates, key=lambda one: (one.similarity or 0.0) + (one.word_score or 0.0) / best_words
        )

    def _as_candidate(self, draft: Draft, found: _Found, best_words: float, evidences: Evidences) -> Candidate:
        """BM25 needs the whole collection; the share of the query's words stands for it, scaled by the best hit's."""
        similarity = None
        if found.query_vector is not None and draft.vector is not None:
            similarity = self._similarity(float(draft.vector @ found.query_vector))
        share = evidences.share_of(draft.record)
        return Candidate(draft.record, best_words * share if share else None, similarity, found.expected)

    def _similarity(self, cosine: float) -> float:
        return self._model.query_similarity.of(cosine)

    def _nearest_words(self, form: QueryForm) -> tuple[str, ...]:
        """Words of the index spelt like the query's, which may be mistyped."""
        nearest = [near for word in form.words for near in self._store.terms_like(word, 2) if near != word]
        distinct = list(dict.fromkeys(nearest))[:NEAREST_WORDS]
        return tuple(spellings_of(self._store.name_with(near)).get(near, near) for near in distinct)


def _has_vectors(counts: IndexCounts, drafts: Sequence[Draft]) -> bool:
    return counts.n_embedded > 0 or any(draft.vector is not None for draft in drafts)


def _placed(form: QueryForm, ranked: Sequence[Ranked], truth: Truth, limit: int) -> tuple[list[Hit], int]:
    """The best that are still on disk, and how many before the last of them are not."""
    hits: list[Hit] = []
    n_lost = 0
    for item in ranked:
        if len(hits) == limit:
            break
        placed = truth.place(item.record)
        if placed is None:
            n_lost += 1
        else:
            snippet = snippet_of(form, placed.text, item.record.signature).text
            hits.append(placed.hit(item.record, item.reasons(), item.score, snippet, item.copies))
    return hits, n_lost
