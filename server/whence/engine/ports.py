"""What the engine needs from the outside, as protocols. Adapters satisfy them by shape; app.py wires them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from whence.domain import (
    ChunkId,
    ChunkRecord,
    Commit,
    FileEntry,
    FileHash,
    FileStamp,
    Filters,
    Fingerprint,
    Found,
    IndexCounts,
    IndexStatus,
    LeftOut,
    Listing,
    PassageHash,
    Scored,
    SimilarityScale,
    Source,
    StoredFile,
)

if TYPE_CHECKING:
    from whence.arrays import Float32


class Files(Protocol):
    """The files of one root, as `whence.files` provides them."""

    def listing(self) -> Listing:
        """List candidates and files left out by name, sorted by path. Only stats; reads no contents."""
        ...

    def read(self, entry: FileEntry, without_secrets: FileHash | None = None) -> Source | LeftOut:
        """Read, decode and hash one listed file and mask its secrets, or say why it is left out. Never raises."""
        ...

    def stamp(self, path: str) -> FileStamp | None:
        """What tells one state of a file from another without reading it; None when it is gone or no file."""
        ...

    def parse(self, path: str, data: bytes) -> Source | LeftOut:
        """Make a source of text that stands in an editor, as `read` would if it were saved. Never raises."""
        ...

    def passes(self, path: str, globs: Sequence[str]) -> bool:
        """True when gitignore patterns that limit a search let `path` in."""
        ...

    def explain(self, path: str) -> FileEntry | LeftOut:
        """Say whether the listing contains `path`, and if not, by which rule."""
        ...


class History(Protocol):
    """What version control remembers of one root, as `whence.files` provides it."""

    def commits(self, limit: int) -> Sequence[Commit]:
        """The latest commits that changed something below the root, newest first; no merges, no first commits.

        Empty where there is no history that can be read.
        """
        ...

    def contents(self, ids: Sequence[str]) -> Mapping[str, bytes]:
        """Contents of files as commits left them, by id; without those that are not on this machine."""
        ...


class Encoder(Protocol):
    """A loaded model, as `whence.encoder` provides it."""

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model: part of every stored vector's key."""
        ...

    @property
    def name(self) -> str:
        """Human name, for status and logs."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def encode_passages(
        self, texts: Sequence[str], on_batch: Callable[[Sequence[int], Float32], None], is_cancelled: Callable[[], bool]
    ) -> None:
        """Encode texts in length-sorted batches; `on_batch` gets text indexes and float32 [n_batch, dim] unit rows.

        Raises:
            Cancelled: `is_cancelled` turned true between two batches; batches already handed over stand.
        """
        ...

    def encode_query(self, text: str) -> Float32:
        """Encode one query to a float32 [dim] unit vector."""
        ...


class Model(Protocol):
    """A model that may not be loaded yet: what is known of it from its folder, and the way to load it."""

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model, known without loading it."""
        ...

    @property
    def name(self) -> str:
        """Human name, for status and logs."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def query_similarity(self) -> SimilarityScale:
        """What a cosine of a query and a passage stands for."""
        ...

    @property
    def passage_similarity(self) -> SimilarityScale:
        """What a cosine of two passages stands for."""
        ...

    def expected_similarity(self, query: Float32) -> float | None:
        """What the answer to a query may be expected to have, by the query alone; None where the model does not tell.

        Args:
            query: unit [dim].
        """
        ...

    def load(self) -> Encoder:
        """Load the model, once; later calls and other threads get the same encoder.

        Raises:
            ModelError: the folder is damaged.
        """
        ...


class Store(Protocol):
    """One workspace's index on disk, opened for reading or for writing, as `whence.store` provides it."""

    @property
    def is_writable(self) -> bool:
        """True for the one process that holds the writer's lock."""
        ...

    @property
    def reset_reason(self) -> str | None:
        """Why what was found had to be set aside and an empty index begun; None when nothing was."""
        ...

    def file(self, path: str) -> StoredFile | None:
        """What the index knows of one file. Loads no heavy library."""
        ...

    def files(self) -> Mapping[str, StoredFile]:
        """Every file the index knows, by path, indexed or left out. Loads no heavy library."""
        ...

    def counts(self) -> IndexCounts:
        """How much is indexed and embedded, from the catalogue. Loads no heavy library."""
        ...

    def replace(
        self,
        files: Sequence[StoredFile],
        chunks: Sequence[ChunkRecord],
        vectors: Mapping[ChunkId, Float32],
    ) -> None:
        """Make `chunks` the whole content of `files`, in one step a table; `vectors` may have some of them only.

        Chunks of these files that are not in `chunks` go, with their vectors. A chunk that keeps its id keeps it.
        A crash between two steps leaves the files to be planned again, never a file that counts as indexed and is not.
        """
        ...

    def drop(self, paths: Sequence[str]) -> None:
        """Forget files, their chunks and vectors."""
        ...

    def touch(self, files: Sequence[StoredFile]) -> None:
        """Update size and time of files whose content did not change."""
        ...

    def add_vectors(self, paths: Sequence[str], chunks: Sequence[ChunkRecord], vectors: Float32) -> None:
        """Add float32 [n_chunks, dim] rows for `chunks`, then mark the files `paths` as embedded."""
        ...

    def has_vectors(self, chunk_ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Which of these chunks have a vector."""
        ...

    def first_model(self) -> Fingerprint | None:
        """The model whose vectors stand in for those to come; None where none do. Loads no heavy library."""
        ...

    def add_first_vectors(
        self, fingerprint: Fingerprint, model: str, chunks: Sequence[ChunkRecord], vectors: Float32
    ) -> None:
        """Add float32 [n_chunks, dim] rows of the first model; chunks that have a vector of either are passed over.

        They are a hint, which a crash may lose. Those of another first model go.
        """
        ...

    def has_first_vectors(self, fingerprint: Fingerprint, chunk_ids: Sequence[ChunkId]) -> set[ChunkId]:
        """Which of these chunks have a vector of the first model; for the writer."""
        ...

    def search_first_vectors(
        self, fingerprint: Fingerprint, vector: Float32, limit: int, filters: Filters
    ) -> list[Scored]:
        """As `search_vectors`, among the first model's vectors of chunks that have no other."""
        ...

    def settle(self, is_final: bool) -> None:
        """Build or extend the full-text and vector indexes, compact and clean up, as far as it pays.

        The first model's vectors go when a final settling finds that every chunk has its own.
        """
        ...

    def search_words(self, query: str, limit: int, filters: Filters) -> list[Scored]:
        """BM25 over the chunks' words and names, best first. `query` is already split and stemmed."""
        ...

    def search_vectors(self, vector: Float32, limit: int, filters: Filters) -> list[Scored]:
        """Cosine against a float32 [dim] unit vector, best first."""
        ...

    def search_symbols(self, names: Sequence[str], limit: int, filters: Filters) -> list[ChunkId]:
        """Chunks whose name or qualified symbol equals one of `names`, without regard to case."""
        ...

    def search_names(self, stems: Sequence[str], limit: int) -> list[ChunkId]:
        """Chunks with most of these stems in their symbol or path, best first. Loads no heavy library."""
        ...

    def fetch(self, chunk_ids: Sequence[ChunkId]) -> list[ChunkRecord]:
        """The records of these chunks, in the order asked; ids that are gone are left out."""
        ...

    def chunks_of(self, path: str) -> list[ChunkRecord]:
        """The records of one file, in line order."""
        ...

    def vectors_of(self, chunk_ids: Sequence[ChunkId]) -> Mapping[ChunkId, Float32]:
        """Stored vectors of these chunks, as float32 [dim] unit rows."""
        ...

    def copies_of(self, text_hashes: Sequence[str]) -> list[ChunkRecord]:
        """Chunks whose text hash is one of these."""
        ...

    def terms_like(self, word: str, limit: int) -> list[str]:
        """Stems of the index nearest to `word` by spelling."""
        ...

    def name_with(self, stem: str) -> str:
        """A symbol, else a path, with `stem` in it; empty when there is none."""
        ...

    def close(self) -> None:
        """Let go of files and of the lock."""
        ...


class VectorCache(Protocol):
    """Vectors by content, shared by all workspaces of this user."""

    def get(self, fingerprint: Fingerprint, hashes: Sequence[PassageHash]) -> Mapping[PassageHash, Float32]:
        """The vectors that are known, as float32 [dim] unit rows."""
        ...

    def put(self, fingerprint: Fingerprint, vectors: Mapping[PassageHash, Float32]) -> None:
        """Remember vectors; safe beside other processes."""
        ...

    def close(self) -> None:
        """Let go of the file; a later use opens it again."""
        ...


class StoreHome(Protocol):
    """The folder all indexes of this user live in."""

    def inspect(self, root: Path, fingerprint: Fingerprint | None) -> Found:
        """Name the state of a root's index. Loads no heavy library, changes nothing."""
        ...

    def status(self, root: Path, fingerprint: Fingerprint | None) -> IndexStatus:
        """The state of a root's index with its numbers. Loads no heavy library, changes nothing."""
        ...

    def ensure_free(self, root: Path) -> None:
        """See that nobody writes the index of `root` at this moment. Loads no heavy library.

        Raises:
            StoreBusy: another process holds the lock.
        """
        ...

    def open_for_writing(self, root: Path, fingerprint: Fingerprint, model: str, dimension: int) -> Store:
        """Take the writer's lock and open; a missing, foreign, old or damaged index is set aside and a new one begun.

        Raises:
            StoreBusy: another process holds the lock.
            StoreFull, StoreUnsupported: as their names say.
        """
        ...

    def open_for_reading(self, root: Path) -> Store:
        """Open what is there without a lock.

        Raises:
            StoreCorrupt: there is nothing usable to read.
        """
        ...
