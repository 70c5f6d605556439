"""Small records, vectors and an index to put them in."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import attrs
import numpy as np

from whence.arrays import Float32
from whence.domain import (
    ChunkId,
    ChunkRecord,
    FileHash,
    Filters,
    Fingerprint,
    Kind,
    PassageHash,
    Span,
    StoredFile,
    TextHash,
)
from whence.store.home import IndexHome
from whence.store.index import Index

DIMENSION = 8
MODEL = Fingerprint("0a" * 16)
OTHER_MODEL = Fingerprint("0b" * 16)
FIRST_MODEL = Fingerprint("f1" * 16)

NO_FILTERS = Filters()


def digest(text: str, n_bytes: int) -> str:
    """A hash as the domain spells them."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=n_bytes).hexdigest()


def chunk(
    path: str, words: str, *, name: str = "", line: int = 1, language: str = "python", kind: Kind = Kind.FUNCTION
) -> ChunkRecord:
    """A record whose id follows from its path, words and line."""
    return ChunkRecord(
        chunk_id=ChunkId(int(digest(f"{path}\n{words}\n{line}", 8), 16) >> 1),
        path=path,
        language=language,
        kind=kind,
        name=name,
        symbol=f"Owner.{name}" if name else "",
        signature=f"def {name}()" if name else "",
        span=Span(line, line + 2, line * 10, line * 10 + 30),
        text_hash=TextHash(digest(words, 8)),
        passage_hash=PassageHash(digest(words, 16)),
        words=words,
        names=f"{name.lower()} {path.rpartition('/')[2].partition('.')[0]}".strip(),
    )


def file(path: str, n_chunks: int = 1, content: str = "first") -> StoredFile:
    """An indexed file."""
    return StoredFile(
        path,
        size=len(content),
        mtime_ns=1_000,
        file_hash=FileHash(digest(content, 16)),
        language="python",
        n_chunks=n_chunks,
    )


def axis(idx: int) -> Float32:
    """The unit vector along one axis."""
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[idx % DIMENSION] = 1.0
    return vector


def axes(*idxs: int) -> Float32:
    """Unit vectors, one a row."""
    return np.stack([axis(idx) for idx in idxs])


@attrs.define
class Workbench:
    """Opens indexes of one root and remembers to close them."""

    home: IndexHome
    root: Path
    opened: list[Index] = attrs.field(factory=list)

    def writer(self, fingerprint: Fingerprint = MODEL) -> Index:
        """Open for writing."""
        self.opened.append(self.home.open_for_writing(self.root, fingerprint, "tiny", DIMENSION))
        return self.opened[-1]

    def reader(self) -> Index:
        """Open for reading."""
        self.opened.append(self.home.open_for_reading(self.root))
        return self.opened[-1]

    def filled(self, *chunks: ChunkRecord) -> Index:
        """A writer over an index that holds these chunks, without vectors."""
        index = self.writer()
        put(index, *chunks)
        return index

    def close(self) -> None:
        """Close what is open; newest first."""
        while self.opened:
            self.opened.pop().close()


def put(index: Index, *chunks: ChunkRecord, content: str = "first") -> None:
    """Replace the files of these chunks by them."""
    paths = dict.fromkeys(record.path for record in chunks)
    files = [file(path, sum(record.path == path for record in chunks), content) for path in paths]
    index.replace(files, chunks, {})


def paths_found(index: Index, query: str, filters: Filters = NO_FILTERS) -> list[str]:
    """Paths that a words query finds, sorted."""
    found = index.search_words(query, 100, filters)
    return sorted(record.path for record in index.fetch([scored.chunk_id for scored in found]))


def is_consistent(index: Index) -> bool:
    """True when every chunk of every file is found by words, each once, and vectors are there as the catalogue says."""
    records = [record for path in index.files() for record in index.chunks_of(path)]
    ids = [record.chunk_id for record in records]
    found = [scored.chunk_id for scored in index.search_words("common", 10_000, NO_FILTERS)]
    embedded = index.has_vectors(ids)
    near = [scored.chunk_id for scored in index.search_vectors(axis(0), 10_000, NO_FILTERS)]
    sums = sum(stored.n_chunks for stored in index.files().values())
    return sorted(found) == sorted(ids) and sorted(near) == sorted(embedded) and sums == len(ids)


def write_much(home: Path, root: Path, ready: str, n_rounds: int) -> None:
    """What a child process does until it is killed: replace, add vectors of both models, drop, round after round."""
    index = IndexHome(home, content="1").open_for_writing(root, MODEL, "tiny", DIMENSION)
    Path(ready).touch()
    for turn in range(n_rounds):
        chunks = [chunk(f"f{idx}.py", f"common turn{turn} word{idx}", line=line) for idx in range(6) for line in (1, 5)]
        put(index, *chunks, content=f"content {turn}")
        index.add_first_vectors(FIRST_MODEL, "quick", chunks, axes(*range(len(chunks))))
        index.add_vectors([record.path for record in chunks], chunks, axes(*range(len(chunks))))
        index.drop([f"f{turn % 6}.py"])
        if turn % 5 == 4:
            index.settle(True)


def texts(records: Sequence[ChunkRecord]) -> list[str]:
    """Words of records."""
    return [record.words for record in records]
