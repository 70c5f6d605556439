"""Candidates for the ranking suites, made of as little as a test needs to say."""

from __future__ import annotations

from whence.domain import Chunk, Kind, Span
from whence.ranking.candidates import Candidate
from whence.text.records import prepare_chunks


def candidate(
    path: str = "src/a.py",
    symbol: str = "",
    text: str = "pass",
    kind: Kind = Kind.FUNCTION,
    line: int = 1,
    similarity: float | None = 0.3,
    word_score: float | None = None,
    signature: str = "",
    expected: float | None = None,
) -> Candidate:
    """A candidate as the engine would bring it; `symbol` names text, path and signature where they are not given."""
    chunk = Chunk(
        span=Span(line, line + text.count("\n"), 0, len(text)),
        language="python",
        kind=kind,
        text=f"{symbol} {text}",
        name=symbol.rpartition(".")[2],
        symbol=symbol,
        signature=signature,
    )
    return Candidate(prepare_chunks(path, [chunk])[0].record, word_score, similarity, expected)
