"""From the engine's values to what goes over the wire: hits with URIs and ranges, symbols, locations, Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from lsprotocol import types

from whence.domain import Chunk, Hit, IndexCounts, Kind, Span
from whence.lsp import wire
from whence.lsp.positions import TextPositions
from whence.lsp.session import Folder, Located
from whence.lsp.uris import uri_in

if TYPE_CHECKING:
    from whence.engine.similar import SimilarResult

SYMBOL_KINDS: Mapping[Kind, types.SymbolKind] = {
    Kind.FUNCTION: types.SymbolKind.Function,
    Kind.METHOD: types.SymbolKind.Method,
    Kind.CONSTRUCTOR: types.SymbolKind.Constructor,
    Kind.CLASS: types.SymbolKind.Class,
    Kind.STRUCT: types.SymbolKind.Struct,
    Kind.INTERFACE: types.SymbolKind.Interface,
    Kind.TRAIT: types.SymbolKind.Interface,
    Kind.ENUM: types.SymbolKind.Enum,
    Kind.TYPE: types.SymbolKind.Class,
    Kind.MODULE: types.SymbolKind.Module,
    Kind.NAMESPACE: types.SymbolKind.Namespace,
    Kind.CONSTANT: types.SymbolKind.Constant,
    Kind.VARIABLE: types.SymbolKind.Variable,
    Kind.FIELD: types.SymbolKind.Field,
    Kind.MACRO: types.SymbolKind.Function,
    Kind.TEST: types.SymbolKind.Method,
    Kind.KEY: types.SymbolKind.Key,
}
"""What is not here is a piece of text: LSP's word for that is String."""


class Places:
    """Ranges in the files of folders, each file looked at once. Made for one answer; reads files, so off the loop."""

    def __init__(self, encoding: types.PositionEncodingKind) -> None:
        self._encoding = encoding
        self._positions: dict[tuple[str, str], TextPositions] = {}

    def positions(self, folder: Folder, path: str) -> TextPositions:
        """Places in a file as it stands on screen; of an empty text when it is gone."""
        key = (folder.uri, path)
        if key not in self._positions:
            source = folder.workspace.source(path)
            self._positions[key] = TextPositions(source.data if source else b"", self._encoding)
        return self._positions[key]

    def range_of(self, folder: Folder, path: str, span: Span) -> types.Range:
        """Whole lines of a span."""
        return self.positions(folder, path).range_of(span)

    def hit(self, folder: Folder, hit: Hit) -> wire.Hit:
        """One place that answers."""
        return wire.Hit(
            uri=wire.Uri(uri_in(folder.uri, hit.path)),
            range=self.range_of(folder, hit.path, hit.span),
            path=hit.path,
            folder=wire.Uri(folder.uri),
            symbol=hit.symbol,
            kind=hit.kind,
            language=wire.LanguageName(hit.language),
            score=round(hit.score, 4),
            reasons=tuple(wire.Reason(one.kind, one.text, round(one.score, 4)) for one in hit.reasons),
            snippet=hit.snippet,
            copies=hit.copies,
        )

    def hits(self, folder: Folder, hits: Iterable[Hit]) -> tuple[wire.Hit, ...]:
        """Places in one folder."""
        return tuple(self.hit(folder, hit) for hit in hits)

    def location(self, folder: Folder, hit: Hit) -> types.Location:
        """Where a hit is."""
        return types.Location(uri_in(folder.uri, hit.path), self.range_of(folder, hit.path, hit.span))

    def symbol(self, folder: Folder, hit: Hit, *, with_folder: bool) -> types.SymbolInformation:
        """A hit as an answer to `workspace/symbol`; what has no name is named by its place."""
        owner, _dot, name = hit.symbol.rpartition(".")
        where = f"{folder.name}/{hit.path}" if with_folder else hit.path
        return types.SymbolInformation(
            name=name or f"{PurePosixPath(hit.path).name}:{hit.span.start_line}",
            kind=SYMBOL_KINDS.get(hit.kind, types.SymbolKind.String),
            location=self.location(folder, hit),
            container_name=" · ".join(filter(None, (owner, where))),
        )

    def similar(self, place: Located, result: SimilarResult, completeness: wire.Completeness) -> wire.SimilarAnswer:
        """What is like a place."""
        target = result.target
        return wire.SimilarAnswer(
            target=wire.SimilarTarget(
                uri=wire.Uri(place.uri),
                range=self.range_of(place.folder, place.path, target.span),
                symbol=target.symbol,
                kind=target.kind,
                language=wire.LanguageName(target.language),
            ),
            copies=self.hits(place.folder, result.copies),
            hits=self.hits(place.folder, result.hits),
            completeness=completeness,
            timings=rounded(result.stage_ms),
        )

    def explained(self, place: Located, chunks: Sequence[Chunk]) -> tuple[wire.ExplainedChunk, ...]:
        """The pieces of a file."""
        return tuple(
            wire.ExplainedChunk(self.range_of(place.folder, place.path, chunk.span), chunk.symbol, chunk.kind)
            for chunk in chunks
        )


def completeness(counts: Iterable[IndexCounts], *, is_indexing: bool, is_partial: bool = False) -> wire.Completeness:
    """How much of some folders is indexed; `is_partial` where not all of that was looked at."""
    known = list(counts)
    return wire.Completeness(
        files=sum(one.n_files for one in known),
        chunks=sum(one.n_chunks for one in known),
        embedded=sum(one.n_embedded for one in known),
        embedded_first=sum(one.n_first for one in known),
        complete=not is_indexing and not is_partial and all(one.is_complete for one in known),
        indexing=is_indexing,
    )


def rounded(stage_ms: Mapping[str, float]) -> dict[str, float]:
    """Milliseconds as a person reads them."""
    return {stage: round(ms, 2) for stage, ms in stage_ms.items()}


def similar_as_markdown(place: Located, result: SimilarResult, limit: int) -> str:
    """What a hover shows: the first places with links, copies too, the language where it is another one, how alike."""
    lines = [
        f"- [{_escaped(hit.symbol or hit.path)}]({uri_in(place.folder.uri, hit.path)}#L{hit.span.start_line})"
        f" · {_escaped(hit.path)}:{hit.span.start_line}"
        f"{f' · {hit.language}' if hit.language != result.target.language else ''} · {hit.reasons[0].text}"
        for hit in [*result.copies, *result.hits][:limit]
    ]
    return "\n".join(["**Similar implementations**", "", *lines])


def _escaped(text: str) -> str:
    return "".join("\\" + letter if letter in r"\`*_[]<>#|" else letter for letter in text)
