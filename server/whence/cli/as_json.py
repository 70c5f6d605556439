"""Answers as JSON: the stable form scripts rely on. Field names stand in docs/command-line.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from whence import __version__

if TYPE_CHECKING:
    from whence.cli.services import Check
    from whence.domain import Hit, IndexStatus, SearchResult
    from whence.engine.evaluate import Answered, Asked, Evaluated, EvaluationOptions
    from whence.engine.similar import SimilarResult
    from whence.engine.workspace import FileExplanation
    from whence.evaluation.measures import Figure

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def hit(hit: Hit) -> dict[str, Json]:
    """One place; lines are 1-based and inclusive."""
    fields: dict[str, Json] = {
        "path": hit.path,
        "start_line": hit.span.start_line,
        "end_line": hit.span.end_line,
        "symbol": hit.symbol,
        "kind": hit.kind.value,
        "language": hit.language,
        "score": round(hit.score, 4),
        "reasons": [
            {"kind": reason.kind.value, "text": reason.text, "score": round(reason.score, 4)} for reason in hit.reasons
        ],
        "snippet": hit.snippet,
    }
    if hit.copies:
        fields["copies"] = list(hit.copies)
    return fields


def search_result(query: str, result: SearchResult, *, is_current: bool, with_timings: bool) -> dict[str, Json]:
    """An answer to one query, with how complete the index was; `is_current`: every file had been read."""
    fields: dict[str, Json] = {
        "query": query,
        "hits": [hit(found) for found in result.hits],
        "complete": is_current and result.counts.is_complete,
        "chunks": result.counts.n_chunks,
        "embedded": result.counts.n_embedded,
        "embedded_first": result.counts.n_first,
    }
    if result.nearest:
        fields["nearest"] = [hit(found) for found in result.nearest]
    if result.nearest_words:
        fields["nearest_words"] = list(result.nearest_words)
    if with_timings:
        fields["stage_ms"] = {stage: round(ms, 2) for stage, ms in result.stage_ms.items()}
    return fields


def similar_result(result: SimilarResult) -> dict[str, Json]:
    """Code like a definition: exact copies apart, and then the rest with them left out."""
    return {
        "target": {
            "path": result.path,
            "start_line": result.target.span.start_line,
            "end_line": result.target.span.end_line,
            "symbol": result.target.symbol,
            "kind": result.target.kind.value,
            "language": result.target.language,
        },
        "copies": [hit(found) for found in result.copies],
        "hits": [hit(found) for found in result.hits],
    }


def status(status: IndexStatus) -> dict[str, Json]:
    """The state of an index; sizes in bytes, the time of the last change in seconds since the epoch."""
    return {
        "root": status.root,
        "state": status.state.value,
        "detail": status.detail,
        "files": status.counts.n_files,
        "chunks": status.counts.n_chunks,
        "embedded": status.counts.n_embedded,
        "embedded_first": status.counts.n_first,
        "models": [name for name in (status.model, status.first_model) if name],
        "format": status.format,
        "disk_bytes": status.disk_bytes,
        "cache_bytes": status.cache_bytes,
        "index_dir": status.index_dir,
        "changed_at": status.changed_at,
        "writer_pid": status.writer_pid,
    }


def file_explanation(explanation: FileExplanation) -> dict[str, Json]:
    """How a file stands to the index."""
    return {
        "path": explanation.path,
        "indexed": explanation.is_indexed,
        "reason": explanation.reason,
        "chunks": len(explanation.chunks),
        "outline": [
            {
                "start_line": chunk.span.start_line,
                "end_line": chunk.span.end_line,
                "kind": chunk.kind.value,
                "symbol": chunk.symbol,
            }
            for chunk in explanation.chunks
        ],
    }


def evaluated(evaluated: Evaluated, options: EvaluationOptions, n_misses: int) -> dict[str, Json]:
    """How well search answered the questions of each sort; `null` for a sort with too few of them."""
    return {
        "version": __version__,
        "root": evaluated.root,
        "model": evaluated.model,
        "dimension": evaluated.dimension,
        "files": evaluated.n_files,
        "files_listed": evaluated.n_files_listed,
        "limit": options.n_questions,
        "docs": _asked(evaluated.docs, n_misses),
        "commits": _asked(evaluated.commits, n_misses),
    }


def _asked(asked: Asked, n_misses: int) -> Json:
    if not asked.answered:
        return None
    measures = asked.measures
    return {
        "questions": len(asked.answered),
        "available": asked.n_available,
        "chunks": asked.n_chunks,
        "recall_at_1": _figure(measures.recall_at_1),
        "recall_at_5": _figure(measures.recall_at_5),
        "recall_at_20": _figure(measures.recall_at_20),
        "mrr": _figure(measures.mrr),
        "misses": [_miss(one) for one in asked.worst[:n_misses]],
    }


def _figure(figure: Figure) -> Json:
    return {"mean": round(figure.mean, 4), "low": round(figure.low, 4), "high": round(figure.high, 4)}


def _miss(miss: Answered) -> Json:
    return {
        "question": miss.question.text,
        "origin": miss.question.origin,
        "right": [{"path": place.path, "line": place.line, "symbol": place.symbol} for place in miss.question.places],
        "rank": miss.rank,
        "first": {"path": miss.first.path, "line": miss.first.span.start_line, "symbol": miss.first.symbol}
        if miss.first
        else None,
    }


def check(check: Check) -> dict[str, Json]:
    """One line of the doctor's findings."""
    return {"name": check.name, "ok": check.is_ok, "detail": check.detail, "advice": check.advice}
