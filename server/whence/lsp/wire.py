"""What goes over the wire in Whence's own requests: one class for the params and one for the answer of each method.

docs/protocol.md tells clients the same; a test holds the two together. Ranges and positions are LSP's, counted in the
encoding agreed on at `initialize`. Knows nothing of the engine, of files or of how a request is carried out.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, TypeVar

import attrs
from lsprotocol.types import Position, Range

from whence.domain import IndexState, Kind, ReasonKind
from whence.lsp import names
from whence.lsp.checking import Between, InvalidParams, LanguageName, Unfit, Uri, shown, structure, unstructure

__all__ = ["InvalidParams", "LanguageName", "Uri", "unstructure"]  # with the classes below, all a handler needs

Params = TypeVar("Params")


class Activity(str, enum.Enum):
    """What is being done to a folder's index."""

    IDLE = "idle"
    WAITING = "waiting"
    """Another process writes this index."""
    LISTING = "listing"
    READING = "reading"
    EMBEDDING = "embedding"
    SETTLING = "settling"
    PAUSED = "paused"
    FAILED = "failed"


@attrs.frozen
class TextDocument:
    """LSP's TextDocumentIdentifier."""

    uri: Uri


@attrs.frozen
class SearchParams:
    """A question. Empty lists limit nothing."""

    query: str
    limit: Annotated[int, Between(1, 200)] = 20
    paths: tuple[str, ...] = ()
    """gitignore patterns on paths relative to their folder."""
    languages: tuple[LanguageName, ...] = ()
    kinds: tuple[Kind, ...] = ()
    folders: tuple[Uri, ...] = ()


@attrs.frozen
class Reason:
    """One cause of a hit. The scores of a hit's reasons add up to its own."""

    kind: ReasonKind
    text: str
    score: float


@attrs.frozen
class Hit:
    """A place that answers."""

    uri: Uri
    range: Range
    path: str
    """Relative to `folder`, '/' separators."""
    folder: Uri
    symbol: str
    kind: Kind
    language: LanguageName
    score: float
    reasons: tuple[Reason, ...]
    snippet: str
    copies: tuple[str, ...]
    """Other places with the same text, as path:line."""


@attrs.frozen
class Completeness:
    """How much of the folders asked is indexed; the counts are sums."""

    files: int
    chunks: int
    embedded: int
    embedded_first: int
    """Chunks without their vector that a first model's stands in for."""
    complete: bool
    indexing: bool


@attrs.frozen
class SearchAnswer:
    """Hits in rank order. Where there are none, the nearest places and words that hardly answer."""

    hits: tuple[Hit, ...]
    nearest: tuple[Hit, ...]
    nearest_words: tuple[str, ...]
    completeness: Completeness
    timings: Mapping[str, float]
    """Milliseconds a stage took, by stage."""


@attrs.frozen
class SimilarParams:
    """A place whose like is wanted: exactly one of `position` and `range`."""

    text_document: TextDocument
    position: Position | None = None
    range: Range | None = None
    limit: Annotated[int, Between(1, 100)] = 10

    def __attrs_post_init__(self) -> None:
        if (self.position is None) == (self.range is None):
            raise Unfit("exactly one of them", "both" if self.position else "neither", names="position, range")


@attrs.frozen
class SimilarTarget:
    """The definition that was asked about."""

    uri: Uri
    range: Range
    symbol: str
    kind: Kind
    language: LanguageName


@attrs.frozen
class SimilarAnswer:
    """Copies hold the target's text but for white space; hits are in order of likeness."""

    target: SimilarTarget
    copies: tuple[Hit, ...]
    hits: tuple[Hit, ...]
    completeness: Completeness
    timings: Mapping[str, float]


@attrs.frozen
class StatusParams:
    """Nothing to say."""


@attrs.frozen
class FolderStatus:
    """One open folder, its index, and what is being done to it."""

    uri: Uri
    path: str
    state: IndexState
    detail: str
    files: int
    chunks: int
    embedded: int
    embedded_first: int
    """Chunks without their vector that a first model's stands in for."""
    first_model: str
    """Its name; empty where none stands in."""
    activity: Activity
    done: int
    total: int
    """`done` of `total` of what the activity counts; both 0 where it counts nothing."""
    slowed: str
    """Why it goes slower than it could; empty where it does not."""
    error: str
    disk_bytes: int
    index_dir: str
    changed_at: float | None
    """Seconds since the epoch."""


@attrs.frozen
class StatusAnswer:
    """The server and every folder it has open."""

    version: str
    model: str
    paused: bool
    folders: tuple[FolderStatus, ...]


@attrs.frozen
class ReindexParams:
    """Which folders to bring up to date, or to build anew; no folders means all."""

    folders: tuple[Uri, ...] = ()
    fresh: bool = False


@attrs.frozen
class ReindexAnswer:
    """How many folders are in the queue for it."""

    queued: int


@attrs.frozen
class ClearParams:
    """Which folders' indexes to remove; no folders means all."""

    folders: tuple[Uri, ...] = ()


@attrs.frozen
class ClearAnswer:
    """How many indexes were removed."""

    cleared: int


@attrs.frozen
class PauseParams:
    """Whether indexing is to pause or to go on."""

    paused: bool


@attrs.frozen
class PauseAnswer:
    """Whether indexing pauses now."""

    paused: bool


@attrs.frozen
class ExplainFileParams:
    """A file, indexed or not."""

    uri: Uri


@attrs.frozen
class ExplainedChunk:
    """A piece of a file as it stands in the index."""

    range: Range
    symbol: str
    kind: Kind


@attrs.frozen
class ExplainFileAnswer:
    """How a file is indexed, or why it is not."""

    uri: Uri
    path: str
    folder: Uri
    indexed: bool
    reason: str
    chunks: tuple[ExplainedChunk, ...]


@attrs.frozen
class Method:
    """What a request takes and what it answers."""

    params: type
    answer: type


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        names.SEARCH: Method(SearchParams, SearchAnswer),
        names.SIMILAR: Method(SimilarParams, SimilarAnswer),
        names.STATUS: Method(StatusParams, StatusAnswer),
        names.REINDEX: Method(ReindexParams, ReindexAnswer),
        names.CLEAR: Method(ClearParams, ClearAnswer),
        names.PAUSE: Method(PauseParams, PauseAnswer),
        names.EXPLAIN_FILE: Method(ExplainFileParams, ExplainFileAnswer),
    }
)
"""Every request of our own. Each is also a command of the same name with `[params]` as its arguments."""


def structure_params(cls: type[Params], raw: object) -> Params:
    """Make the params of a request of parsed JSON; None stands for an object without fields.

    Raises:
        InvalidParams: an unknown, missing or wrong field; the message names it as the client wrote it.
    """
    return structure(cls, raw)


def structure_arguments(cls: type[Params], arguments: object) -> Params:
    """Make the params of a command of `workspace/executeCommand`'s `arguments`: one object, or nothing.

    Raises:
        InvalidParams: as `structure_params`, or there are several arguments.
    """
    if not arguments:
        return structure_params(cls, None)
    if not isinstance(arguments, (list, tuple)) or len(arguments) > 1:
        raise InvalidParams(f"arguments: expected a list with one object, got {shown(arguments)}")
    return structure_params(cls, arguments[0])
