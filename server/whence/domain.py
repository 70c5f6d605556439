"""The values every layer speaks in: files, chunks, passages, queries, hits, index states.

Knows nothing of parsers, databases, models or editors. Standard library and attrs only, so importing it costs nothing.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NewType

import attrs

ChunkId = NewType("ChunkId", int)
"""63-bit hash of (path, passage hash, occurrence in the file): stable while lines above the chunk come and go."""

FileHash = NewType("FileHash", str)
"""Hex BLAKE2b-128 of a file's raw bytes."""

TextHash = NewType("TextHash", str)
"""Hex BLAKE2b-64 of a chunk's text with runs of white space folded: equal for copies; also finds text that moved."""

PassageHash = NewType("PassageHash", str)
"""Hex BLAKE2b-128 of a passage's text; with a model fingerprint, the key of a stored vector."""

Fingerprint = NewType("Fingerprint", str)
"""Hex digest of a model folder: which weights, tokenizer, pooling, prefixes and dimension made a vector."""


class Kind(str, enum.Enum):
    """What a chunk is, in the words a programmer would use."""

    FUNCTION = "function"
    METHOD = "method"
    CONSTRUCTOR = "constructor"
    CLASS = "class"
    STRUCT = "struct"
    INTERFACE = "interface"
    TRAIT = "trait"
    ENUM = "enum"
    TYPE = "type"
    MODULE = "module"
    NAMESPACE = "namespace"
    CONSTANT = "constant"
    VARIABLE = "variable"
    FIELD = "field"
    MACRO = "macro"
    TEST = "test"
    SECTION = "section"
    CELL = "cell"
    TABLE = "table"
    QUERY = "query"
    RULE = "rule"
    ELEMENT = "element"
    KEY = "key"
    TARGET = "target"
    STAGE = "stage"
    BLOCK = "block"
    """Code between definitions: imports, top-level statements."""
    TEXT = "text"
    """Lines of a file with no structure we know."""


class LeftOutReason(str, enum.Enum):
    """Why a file is not in the index."""

    IGNORED = "ignored"
    SECRET = "secret"
    BINARY = "binary"
    TOO_LARGE = "too-large"
    MINIFIED = "minified"
    GENERATED = "generated"
    LOCK_FILE = "lock-file"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    UNDECODABLE = "undecodable"
    OUTSIDE = "outside"
    NOT_A_FILE = "not-a-file"
    MISSING = "missing"


class ModelChoice(str, enum.Enum):
    """Which of the models that ship make vectors."""

    BOTH = "both"
    """The small one while the precise one is at work for the first time."""
    CODE = "whence-code"
    STATIC = "whence-static"


class IndexState(str, enum.Enum):
    """What is found where a workspace's index should be."""

    MISSING = "missing"
    USABLE = "usable"
    OLD_FORMAT = "old-format"
    NEWER_FORMAT = "newer-format"
    OTHER_MODEL = "other-model"
    CORRUPT = "corrupt"
    FOREIGN = "foreign"


@attrs.frozen
class SimilarityScale:
    """Brings one model's cosines to the scale that ranking's bounds are on: 0.05 for no relation, 0.7 for a right hit.

    Models differ in how far apart they put what is related and what is not; their order is untouched.
    """

    factor: float = 1.0
    shift: float = 0.0

    def of(self, cosine: float) -> float:
        """The similarity that a cosine stands for; above 1 only by rounding where the cosine is 1."""
        return self.factor * cosine + self.shift

    def cosine(self, similarity: float) -> float:
        """The cosine that a similarity stands for."""
        return (similarity - self.shift) / self.factor


@attrs.frozen
class Span:
    """A stretch of a source. Lines are 1-based and inclusive; bytes are half-open offsets into `Source.data`."""

    start_line: int
    end_line: int
    start_byte: int
    end_byte: int

    def overlaps(self, other: Span) -> bool:
        """True when the two share a line."""
        return self.start_line <= other.end_line and other.start_line <= self.end_line


@attrs.frozen
class FileEntry:
    """A file the listing found, before it is read.

    `path` is relative to the root with '/' separators; `mtime_ns` and `size` come from one stat call.
    """

    path: str
    size: int
    mtime_ns: int


@attrs.frozen
class LeftOut:
    """A file that is not indexed, and why. `detail` completes the reason: a rule and where it stands, a size."""

    path: str
    reason: LeftOutReason
    detail: str = ""


@attrs.frozen
class Listing:
    """What lies under a root: candidates for indexing and files left out by name, both sorted by path.

    Files left out by an ignore rule are not listed (there may be millions); ask for one of them by name.
    """

    entries: Sequence[FileEntry]
    left_out: Sequence[LeftOut]
    source: str
    """How the list was made: "git" or "rules"."""


@attrs.frozen
class Source:
    """A file's text as everything after reading sees it.

    `data` is UTF-8 without a byte order mark; line ends are as in the file except that a lone CR became LF; secrets are
    already masked by '*' of the same byte length, so offsets and lines agree with the file's decoded text.
    """

    path: str
    data: bytes
    file_hash: FileHash
    size: int
    mtime_ns: int
    encoding: str = "utf-8"
    n_secrets: int = 0


@attrs.frozen
class FileStamp:
    """What tells one state of a file from another without reading it: a file written anew differs in one of these."""

    size: int
    changed_at_ns: int
    """The later of the times of its text and of its entry."""
    inode: int


@attrs.frozen
class FileChange:
    """What a commit did to one file; both ids name contents in the version control's store."""

    path: str
    before: str | None
    """None where the commit added the file."""
    after: str | None
    """None where the commit removed it."""


@attrs.frozen
class Commit:
    """One commit below a root: its subject line and the files it changed."""

    commit_id: str
    subject: str
    changes: tuple[FileChange, ...]


@attrs.frozen
class Masked:
    """Text after masking: `data` is as long as what came in, each secret's bytes replaced by '*', line ends kept."""

    data: bytes
    n_secrets: int


@attrs.frozen
class Chunk:
    """One piece of a source, as chunking makes it."""

    span: Span
    language: str
    kind: Kind
    text: str
    name: str = ""
    """Last part of the symbol; empty where the chunk defines nothing."""
    symbol: str = ""
    """Qualified name, `Class.method`; empty where the chunk defines nothing."""
    headers: tuple[str, ...] = ()
    """Header lines of the enclosing definitions, outermost first, for example `class Session(Base):`."""
    signature: str = ""
    """The definition's own header on one line."""
    doc: str = ""
    """Doc comment or docstring as plain text, without comment marks."""
    part_idx: int = 0
    """Position among the parts of a definition too long for one chunk; 0 for a whole one and for the first part."""
    plain: str = ""
    """The text as a person reads it, where the file hides it: the source in a notebook's JSON. Else empty."""


@attrs.frozen
class Passage:
    """The text that is embedded for a chunk. It does not contain the path, so moving a file changes no passage."""

    hash: PassageHash
    text: str


@attrs.frozen
class ChunkRecord:
    """A chunk as the store keeps it: everything but its text, which stays in the user's file."""

    chunk_id: ChunkId
    path: str
    language: str
    kind: Kind
    name: str
    symbol: str
    signature: str
    span: Span
    text_hash: TextHash
    passage_hash: PassageHash
    words: str
    """Stems of the split identifiers and words of the chunk, space-separated, in order, with repetitions."""
    names: str
    """The same for its symbol and path."""


@attrs.frozen
class StoredFile:
    """A file as the catalogue remembers it. `reason` is None for an indexed file."""

    path: str
    size: int
    mtime_ns: int
    file_hash: FileHash
    language: str = ""
    n_chunks: int = 0
    n_secrets: int = 0
    reason: LeftOutReason | None = None
    detail: str = ""
    is_embedded: bool = False
    """True once every chunk of the file has its vector under the index's model."""


@attrs.frozen
class IndexCounts:
    """How much is in an index, and how much of it has vectors."""

    n_files: int
    n_chunks: int
    n_embedded: int
    n_first: int = 0
    """Chunks without their vector that the first model's stands in for."""

    @property
    def is_complete(self) -> bool:
        """True when every chunk has its vector."""
        return self.n_embedded >= self.n_chunks

    @property
    def n_by_meaning(self) -> int:
        """Chunks that can be found by meaning, by whichever model's vector."""
        return self.n_embedded + self.n_first


@attrs.frozen
class Found:
    """What is found on disk where a workspace's index should be, without opening it."""

    state: IndexState
    detail: str
    format: int
    model: str
    changed_at: float | None


@attrs.frozen
class IndexStatus:
    """What `whence status` tells. Times are seconds since the epoch, sizes are bytes."""

    root: str
    state: IndexState
    detail: str
    counts: IndexCounts
    model: str
    format: int
    disk_bytes: int
    cache_bytes: int
    index_dir: str
    changed_at: float | None
    writer_pid: int | None = None
    first_model: str = ""
    """Name of the model whose vectors stand in for those to come; empty where none do."""


_SURROGATE = re.compile("[\ud800-\udfff]")


def _as_unicode(text: str) -> str:
    """Replace halves of characters, which arguments and JSON can hold and no library can encode."""
    return _SURROGATE.sub("\ufffd", text)


def _all_as_unicode(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(_as_unicode, texts))


@attrs.frozen
class Filters:
    """What a query is limited to; empty tuples do not limit. `path_globs` are gitignore patterns on relative paths."""

    path_globs: tuple[str, ...] = attrs.field(default=(), converter=_all_as_unicode)
    languages: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when nothing is filtered."""
        return not (self.path_globs or self.languages or self.kinds)


@attrs.frozen
class Query:
    """A question as asked."""

    text: str = attrs.field(converter=_as_unicode)
    limit: int = 10
    filters: Filters = Filters()


@attrs.frozen
class Scored:
    """A chunk with the score one retriever gave it: BM25 for words, cosine for vectors."""

    chunk_id: ChunkId
    score: float


class ReasonKind(str, enum.Enum):
    """Where a hit's score comes from."""

    MEANING = "meaning"
    WORDS = "words"
    SYMBOL = "symbol"
    PATH = "path"
    DEFINITION = "definition"
    FILE_ROLE = "file-role"
    COPY = "copy"


@attrs.frozen
class Reason:
    """One cause of a hit: words for a person, and its share of the score. The shares of a hit add up to its score."""

    kind: ReasonKind
    text: str
    score: float


@attrs.frozen
class Hit:
    """A place that answers a query. Its span held `snippet` on disk when the hit was made."""

    path: str
    span: Span
    symbol: str
    kind: Kind
    language: str
    score: float
    reasons: tuple[Reason, ...]
    snippet: str
    chunk_id: ChunkId
    copies: tuple[str, ...] = ()
    """Other places, as path:line, that hold the same text."""


@attrs.frozen
class SearchResult:
    """Hits in rank order, how complete the index was, and what each stage took."""

    hits: Sequence[Hit]
    counts: IndexCounts
    stage_ms: Mapping[str, float]
    is_by_name: bool = False
    """True where only names and paths were looked at, because the libraries for more were still being loaded."""
    n_stale: int = 0
    """Candidates that were dropped because their text is gone from disk."""
    nearest: Sequence[Hit] = ()
    """For an empty answer: the best of what was found, though it hardly answers the query."""
    nearest_words: tuple[str, ...] = ()
    """For an empty answer: words of this code base nearest to the query's words that it does not have."""
