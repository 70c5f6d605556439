"""Put candidates in order and say of each why: weighted causes, each with its share of the score.

Pure on candidates; knows nothing of how they were found.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from whence.domain import ChunkRecord, Kind, Reason, ReasonKind
from whence.ranking.candidates import Candidate, Ranked
from whence.ranking.evidence import Evidence, evidence_of, rarity_of
from whence.ranking.roles import Role, roles_of
from whence.ranking.symbols import symbol_grade
from whence.ranking.understanding import QueryForm
from whence.ranking.weights import Weights, weights_for

MIN_SHOWN = 0.005
"""A cause with a smaller share is not worth a person's time; its share goes to the largest cause of the hit."""

SIMILARITY_FLOOR = 0.05
SIMILARITY_CEILING = 0.70
"""Cosines that count as no and as full agreement in meaning: about the 1st and 99th percentile of right hits."""

FILE_DISCOUNTS = (1.0, 0.5, 0.25)
"""How much a file's best, second and third hit count when files are compared as wholes."""

N_WORDS_NAMED = 4
"""Words named in a reason."""

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


def rank(form: QueryForm, candidates: Sequence[Candidate], weights: Weights | None = None) -> list[Ranked]:
    """Score every candidate and sort, best first; equal scores in the order of path and line.

    A candidate without a similarity counts as the least similar one seen; where none has any (vectors are not in yet)
    words take the place of meaning, so that scores stay on one scale.

    Args:
        form: the query, understood.
        candidates: distinct chunks, in any order.
        weights: None for those that suit the query's shape.
    """
    if not candidates:
        return []
    evidences = evidence_of(form.words, candidates)
    context = _Context.of(form, evidences, weights or weights_for(form.shape))
    shares = [list(_shares(context, evidence)) for evidence in evidences]
    wholes = _file_wholes(candidates, shares)
    ranked = [
        _ranked(evidence, [*own, _file_share(context, wholes[evidence.candidate.record.path])], context)
        for evidence, own in zip(evidences, shares, strict=True)
    ]
    return sorted(ranked, key=_order)


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
    def of(cls, form: QueryForm, evidences: Sequence[Evidence], weights: Weights) -> _Context:
        candidates = [evidence.candidate for evidence in evidences]
        rarity = rarity_of(form.words, evidences)
        similarities = [one.similarity for one in candidates if one.similarity is not None]
        if not similarities:
            weights = weights.without_meaning()
        return cls(
            form=form,
            weights=weights,
            rarity=rarity,
            full_word_score=_full_word_score(rarity, evidences),
            least_similarity=min(similarities, default=None),
        )


def _full_word_score(rarity: Mapping[str, float], evidences: Sequence[Evidence]) -> float:
    best = max(evidences, key=lambda evidence: evidence.candidate.word_score or 0.0)
    coverage = sum(map(rarity.__getitem__, best.found))
    return (best.candidate.word_score or 0.0) / coverage if coverage else 0.0


def _shares(context: _Context, evidence: Evidence) -> Iterator[Reason]:
    """The causes that lie in the candidate alone."""
    yield _meaning(context, evidence.candidate)
    if evidence.found or evidence.candidate.word_score:
        yield _words_share(context, evidence)
    yield from _names_shares(context, evidence)
    if context.form.symbols:
        yield _symbol_share(context, evidence.candidate.record)
    yield _asked_for(context, evidence.candidate.record)


def _meaning(context: _Context, candidate: Candidate) -> Reason:
    similarity = candidate.similarity
    if similarity is None:
        similarity = context.least_similarity or 0.0
    agreement = (similarity - SIMILARITY_FLOOR) / (SIMILARITY_CEILING - SIMILARITY_FLOOR)
    share = context.weights.meaning * min(1.0, max(0.0, agreement))
    return Reason(ReasonKind.MEANING, f"means something like it ({similarity:.2f})", share)


def _words_share(context: _Context, evidence: Evidence) -> Reason:
    coverage = sum(map(context.rarity.__getitem__, evidence.found))
    word_score = evidence.candidate.word_score or 0.0
    relative = word_score / context.full_word_score if context.full_word_score else 0.0
    share = context.weights.words * relative + context.weights.coverage * coverage
    return Reason(ReasonKind.WORDS, f"has {_most_telling(context, evidence.found)}", share)


def _most_telling(context: _Context, words: frozenset[str]) -> str:
    telling = sorted(words, key=lambda word: (-context.rarity[word], word))[:N_WORDS_NAMED]
    return ", ".join(context.form.spellings.get(word, word) for word in telling)


def _names_shares(context: _Context, evidence: Evidence) -> Iterator[Reason]:
    record = evidence.candidate.record
    if evidence.found_in_symbol:
        named = _overlap(context, evidence.found_in_symbol, evidence.in_symbol)
        yield Reason(ReasonKind.DEFINITION, f"is named {record.symbol}", context.weights.names * named)
    if evidence.found_in_path:
        placed = _overlap(context, evidence.found_in_path, evidence.in_path)
        yield Reason(ReasonKind.PATH, f"its path speaks of it: {record.path}", context.weights.path * placed)


def _overlap(context: _Context, found: frozenset[str], share_of_name: float) -> float:
    """How much of the query is in a name, and of the name in the query, in [0, 1]: their geometric mean."""
    return math.sqrt(sum(map(context.rarity.__getitem__, found)) * share_of_name)


def _symbol_share(context: _Context, record: ChunkRecord) -> Reason:
    grade = max((symbol_grade(symbol, record) for symbol in context.form.symbols), default=0.0)
    if record.kind not in _DEFINITIONS:
        grade *= context.weights.not_a_definition
    return Reason(ReasonKind.SYMBOL, f"defines {record.symbol}", context.weights.symbol * grade)


def _asked_for(context: _Context, record: ChunkRecord) -> Reason:
    """The kind, language or path that the query names."""
    form = context.form
    matches = [record.kind.value] if record.kind in form.kinds else []
    matches += [record.language] if record.language in form.languages else []
    matches += [path for path in form.paths if path.lower() in record.path.lower()]
    share = context.weights.asked_for * len(matches) + (
        context.weights.definition if record.kind in _DEFINITIONS else 0.0
    )
    text = f"is {', '.join(matches)} as asked" if matches else f"is a {record.kind.value}"
    return Reason(ReasonKind.DEFINITION, text, share)


def _file_wholes(candidates: Sequence[Candidate], shares: Sequence[Sequence[Reason]]) -> dict[str, float]:
    """How much each file as a whole is about the query, the best as 1."""
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for candidate, own in zip(candidates, shares, strict=True):
        scores[candidate.record.path].append(_total(own))
    wholes = {
        path: sum(score * factor for score, factor in zip(sorted(of_file, reverse=True), FILE_DISCOUNTS, strict=False))
        for path, of_file in scores.items()
    }
    best = max(wholes.values())
    return {path: whole / best if best > 0 else 0.0 for path, whole in wholes.items()}


def _file_share(context: _Context, whole: float) -> Reason:
    return Reason(ReasonKind.FILE_ROLE, "much of its file is about it", context.weights.file * whole)


def _ranked(evidence: Evidence, shares: Iterable[Reason], context: _Context) -> Ranked:
    reasons = list(shares)
    factor, role = _role_factor(context, evidence.candidate.record)
    if role is not None:
        reasons.append(Reason(ReasonKind.FILE_ROLE, f"but {role.value}", (factor - 1) * _total(reasons)))
    shown = _without_crumbs(reasons)
    coverage = sum(map(context.rarity.__getitem__, evidence.found))
    return Ranked(evidence.candidate, _total(shown), tuple(shown), coverage=coverage)


def _role_factor(context: _Context, record: ChunkRecord) -> tuple[float, Role | None]:
    """What a file's role leaves of its score, and the role that takes most."""
    factors = {
        role: context.weights.of_role(role)
        for role in roles_of(record.path, record.kind)
        if role not in context.form.roles
    }
    role = min(factors, key=lambda role: (factors[role], role.value), default=None)
    return (factors[role], role) if role is not None else (1.0, None)


def _without_crumbs(reasons: Sequence[Reason]) -> list[Reason]:
    """Causes by size, the largest first; those too small to name are counted with the largest."""
    first, *others = sorted(reasons, key=lambda reason: -reason.score)
    shown = [reason for reason in others if abs(reason.score) >= MIN_SHOWN]
    crumbs = sum(reason.score for reason in others if abs(reason.score) < MIN_SHOWN)
    return [Reason(first.kind, first.text, first.score + crumbs), *shown]


def _total(reasons: Iterable[Reason]) -> float:
    return sum(reason.score for reason in reasons)


def _order(ranked: Ranked) -> tuple[float, str, int]:
    return -ranked.score, ranked.record.path, ranked.record.span.start_line
