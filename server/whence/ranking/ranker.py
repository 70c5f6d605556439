"""Put candidates in order and say of each why: weighted causes, each with its share of the score.

Pure on candidates; knows nothing of how they were found.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import attrs

from whence.domain import ChunkRecord, Kind, ReasonKind
from whence.ranking.candidates import Candidate, Ranked, Share
from whence.ranking.evidence import Evidence, Evidences, rarity_of
from whence.ranking.roles import Role, roles_of
from whence.ranking.symbols import name_key, symbol_grade
from whence.ranking.understanding import QueryForm
from whence.ranking.weights import Weights, weights_for

SIMILARITY_FLOOR = 0.05
SIMILARITY_CEILING = 0.70
"""Cosines that count as no and as full agreement in meaning: about the 1st and 99th percentile of right hits."""

FILE_DISCOUNTS = (1.0, 0.5, 0.25)
"""How much a file's best, second and third hit count when files are compared as wholes."""

N_WORDS_NAMED = 4
"""Words named in a reason."""

LOG2_LINES_THAT_COUNT_IN_FULL = 8
"""256 lines; a function of fifteen has half of the share."""

_ENTRANCES = frozenset({"index", "main", "mod", "lib", "__init__", "init", "app", "core"})

_DEFINITIONS = frozenset(Kind) - {
    Kind.BLOCK,
    Kind.TEXT,
    Kind.SECTION,
    Kind.CELL,
    Kind.TEST,
    Kind.KEY,
    Kind.FIELD,
    Kind.VARIABLE,
    Kind.ELEMENT,
}


def rank(
    form: QueryForm,
    candidates: Sequence[Candidate],
    weights: Weights | None = None,
    evidences: Evidences | None = None,
) -> list[Ranked]:
    """Score every candidate and sort, best first; equal scores in the order of path and line.

    A candidate without a similarity counts as the least similar one seen; where none has any (vectors are not in yet)
    words take the place of meaning, so that scores stay on one scale.

    Args:
        form: the query, understood.
        candidates: distinct chunks, in any order.
        weights: None for those that suit the query's shape.
        evidences: of the query's words, where some are known already.
    """
    if not candidates:
        return []
    evidences = evidences or Evidences(form.words)
    evidence_of = [evidences.of(candidate.record) for candidate in candidates]
    rarity = rarity_of(form.words, evidence_of)
    known = [
        _Known(candidate, evidence, sum(map(rarity.__getitem__, evidence.found)))
        for candidate, evidence in zip(candidates, evidence_of, strict=True)
    ]
    context = _Context.of(form, known, rarity, weights or weights_for(form.shape))
    shares = [list(_shares(context, one)) for one in known]
    wholes = _file_wholes(known, list(map(_total, shares)))
    ranked = [
        _ranked(context, one, [*own, _file_share(context, wholes[one.record.path])])
        for one, own in zip(known, shares, strict=True)
    ]
    return sorted(ranked, key=_order)


class _Known(NamedTuple):
    """A candidate and the query words it has. A tuple, as some eighty are made for a query."""

    candidate: Candidate
    evidence: Evidence
    coverage: float
    """The share of the query's words that it has, by their rarity."""

    @property
    def record(self) -> ChunkRecord:
        return self.candidate.record


@attrs.frozen
class _Context:
    """What all candidates of one query are measured against."""

    form: QueryForm
    weights: Weights
    rarity: Mapping[str, float]
    """Weight of each query word; they add up to 1."""
    full_word_score: float
    """The BM25 score that counts as full: what the best one would have if it covered the whole query."""
    least_similarity: float | None

    @classmethod
    def of(cls, form: QueryForm, known: Sequence[_Known], rarity: Mapping[str, float], weights: Weights) -> _Context:
        similarities = [one.candidate.similarity for one in known if one.candidate.similarity is not None]
        if not similarities:
            weights = weights.without_meaning()
        return cls(
            form=form,
            weights=weights,
            rarity=rarity,
            full_word_score=_full_word_score(known),
            least_similarity=min(similarities, default=None),
        )


def _full_word_score(known: Sequence[_Known]) -> float:
    best = max(known, key=lambda one: one.candidate.word_score or 0.0)
    return (best.candidate.word_score or 0.0) / best.coverage if best.coverage else 0.0


def _shares(context: _Context, known: _Known) -> Iterator[Share]:
    """The causes that lie in the candidate alone."""
    yield _meaning(context, known.candidate)
    if known.evidence.found or known.candidate.word_score:
        yield _words_share(context, known)
    yield from _names_shares(context, known)
    if context.form.symbols:
        yield _symbol_share(context, known.record)
    yield _asked_for(context, known.record)
    yield from _place_shares(context, known.record)


def _meaning(context: _Context, candidate: Candidate) -> Share:
    similarity = candidate.similarity
    if similarity is None:
        similarity = context.least_similarity or 0.0
    agreement = (similarity - SIMILARITY_FLOOR) / (SIMILARITY_CEILING - SIMILARITY_FLOOR)
    share = context.weights.meaning * min(1.0, max(0.0, agreement))
    return Share(ReasonKind.MEANING, share, lambda: f"means something like it ({similarity:.2f})")


def _words_share(context: _Context, known: _Known) -> Share:
    word_score = known.candidate.word_score or 0.0
    relative = word_score / context.full_word_score if context.full_word_score else 0.0
    share = context.weights.words * relative + context.weights.coverage * known.coverage
    return Share(ReasonKind.WORDS, share, lambda: f"has {_most_telling(context, known.evidence.found)}")


def _most_telling(context: _Context, words: frozenset[str]) -> str:
    telling = sorted(words, key=lambda word: (-context.rarity[word], word))[:N_WORDS_NAMED]
    return ", ".join(context.form.spellings.get(word, word) for word in telling)


def _names_shares(context: _Context, known: _Known) -> Iterator[Share]:
    evidence, record = known.evidence, known.record
    if evidence.found_in_symbol:
        named = context.weights.names * _overlap(context, evidence.found_in_symbol, evidence.in_symbol)
        yield Share(ReasonKind.DEFINITION, named, lambda: f"is named {record.symbol}")
    if evidence.found_in_path:
        placed = context.weights.path * _overlap(context, evidence.found_in_path, evidence.in_path)
        yield Share(ReasonKind.PATH, placed, lambda: f"its path speaks of it: {record.path}")


def _overlap(context: _Context, found: frozenset[str], share_of_name: float) -> float:
    """How much of the query is in a name, and of the name in the query, in [0, 1]: their geometric mean."""
    return math.sqrt(sum(map(context.rarity.__getitem__, found)) * share_of_name)


def _symbol_share(context: _Context, record: ChunkRecord) -> Share:
    grade = max((symbol_grade(symbol, record) for symbol in context.form.symbols), default=0.0)
    if record.kind not in _DEFINITIONS:
        grade *= context.weights.not_a_definition
    return Share(ReasonKind.SYMBOL, context.weights.symbol * grade, lambda: f"defines {record.symbol}")


def _asked_for(context: _Context, record: ChunkRecord) -> Share:
    """The kind, language or path that the query names."""
    form = context.form
    matches = [record.kind.value] if record.kind in form.kinds else []
    matches += [record.language] if record.language in form.languages else []
    matches += [path for path in form.paths if path.lower() in record.path.lower()]
    is_defined = record.kind in _DEFINITIONS or (record.kind is Kind.TEST and Role.TEST in form.roles)
    share = context.weights.asked_for * len(matches) + (context.weights.definition if is_defined else 0.0)
    return Share(
        ReasonKind.DEFINITION,
        share,
        lambda: f"is {', '.join(matches)} as asked" if matches else f"is a {record.kind.value}",
    )


def _place_shares(context: _Context, record: ChunkRecord) -> Iterator[Share]:
    """How much code it is, and where it stands."""
    n_lines = record.span.end_line - record.span.start_line + 1
    size = min(1.0, math.log2(1 + n_lines) / LOG2_LINES_THAT_COUNT_IN_FULL)
    yield Share(ReasonKind.DEFINITION, context.weights.size * size, lambda: f"goes on for {n_lines} lines")
    stem = record.path.rpartition("/")[2].partition(".")[0].lower()
    if stem in _ENTRANCES:
        yield Share(ReasonKind.PATH, context.weights.entry, lambda: f"{stem} is its folder's entrance")
    if record.kind in _DEFINITIONS and record.name and name_key(record.name) == name_key(stem):
        yield Share(ReasonKind.PATH, context.weights.eponym, lambda: f"its file is named after it: {record.path}")


def _file_wholes(known: Sequence[_Known], scores: Sequence[float]) -> dict[str, float]:
    """How much each file as a whole is about the query, the best as 1."""
    scores_of: defaultdict[str, list[float]] = defaultdict(list)
    for one, score in zip(known, scores, strict=True):
        scores_of[one.record.path].append(score)
    wholes = {
        path: sum(score * factor for score, factor in zip(sorted(of_file, reverse=True), FILE_DISCOUNTS, strict=False))
        for path, of_file in scores_of.items()
    }
    best = max(wholes.values())
    return {path: whole / best if best > 0 else 0.0 for path, whole in wholes.items()}


def _file_share(context: _Context, whole: float) -> Share:
    return Share(ReasonKind.FILE_ROLE, context.weights.file * whole, lambda: "much of its file is about it")


def _ranked(context: _Context, known: _Known, shares: list[Share]) -> Ranked:
    factor, role = _role_factor(context, known.record)
    score = _total(shares)
    if role is not None:
        shares.append(Share(ReasonKind.FILE_ROLE, (factor - 1) * score, lambda: f"but {role.value}"))
        score *= factor
    return Ranked(known.candidate, tuple(shares), score, coverage=known.coverage)


def _role_factor(context: _Context, record: ChunkRecord) -> tuple[float, Role | None]:
    """What a file's role leaves of its score, and the role that takes most."""
    roles = roles_of(record.path, record.kind).difference(context.form.roles)
    if not roles:
        return 1.0, None
    return min(((context.weights.of_role(role), role) for role in roles), key=lambda pair: (pair[0], pair[1].value))


def _total(shares: Iterable[Share]) -> float:
    return sum([share.score for share in shares])


def _order(ranked: Ranked) -> tuple[float, str, int]:
    return -ranked.score, ranked.record.path, ranked.record.span.start_line
