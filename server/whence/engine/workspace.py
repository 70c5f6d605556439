"""One root with its files, index and model: what every front end works with.

A workspace opens its index for writing only while it refreshes. Searching needs no lock: several processes can search
the index that one of them writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs

from whence.domain import (
    Chunk,
    IndexState,
    IndexStatus,
    LeftOut,
    Passage,
    Query,
    SearchResult,
    StoredFile,
)
from whence.engine.freshness import Truth
from whence.engine.indexer import Indexer
from whence.engine.jobs import CancelToken, OnProgress, Phase, Progress, ignore_progress
from whence.engine.plan import plan_refresh
from whence.engine.ports import Files, Model, Store, StoreHome, VectorCache
from whence.engine.prepare import prepare
from whence.engine.search import Searcher
from whence.engine.similar import SimilarFinder, SimilarResult
from whence.engine.tally import RefreshReport
from whence.errors import StoreCorrupt, UsageError


@attrs.frozen
class FileExplanation:
    """How one file stands to the index."""

    path: str
    is_indexed: bool
    reason: str
    """Why it is left out or not indexed yet; for an indexed file, how it was read."""
    chunks: tuple[Chunk, ...] = ()


class Workspace:
    """Use cases over one root. Not for use by several threads at once, but for `CancelToken.cancel`."""

    def __init__(self, root: Path, files: Files, home: StoreHome, cache: VectorCache, model: Model) -> None:
        self.root = root
        self._files = files
        self._home = home
        self._cache = cache
        self._model = model
        self._reader: Store | None = None  # opened by the first use that needs it, closed by close()
        self._searcher: Searcher | None = None  # over the reader, and closed with it

    def refresh(self, on_progress: OnProgress = ignore_progress, token: CancelToken | None = None) -> RefreshReport:
        """Bring the index up to date with the files on disk.

        Raises:
            StoreBusy: another process is at it; what it has written so far can be searched.
            StoreError, ModelError: as their names say.
        """
        token = token or CancelToken()
        store = self._home.open_for_writing(self.root, self._model.fingerprint, self._model.name, self._model.dimension)
        try:
            on_progress(Progress(Phase.LISTING))
            plan = plan_refresh(self._files.listing(), store.files())
            indexer = Indexer(self._files, store, self._cache, self._model)
            return indexer.run(plan, on_progress, token, reset_reason=store.reset_reason)
        finally:
            store.close()

    def search(self, query: Query) -> SearchResult:
        """Answer a query from the index as it is.

        Raises:
            StoreCorrupt: there is no index that can be read.
        """
        if self._searcher is None:
            self._searcher = Searcher(self._files, self._open_reader(), self._model)
        return self._searcher.search(query)

    def similar(self, path: str, line: int, limit: int) -> SimilarResult:
        """Find code like the definition around a 1-based line of a file of this root.

        Raises:
            UsageError: the file or the line is not there, or the file is left out of the index.
            StoreCorrupt: there is no index that can be read.
        """
        return SimilarFinder(self._files, self._open_reader(), self._cache, self._model).find(path, line, limit)

    def relative_path(self, path: Path) -> str:
        """A path as the index spells it: relative to the root, with '/'.

        Raises:
            UsageError: it lies outside the root.
        """
        absolute = path if path.is_absolute() else self.root / path
        # Only the folder is resolved: a link that is itself the file keeps its own name.
        resolved = absolute.parent.resolve() / absolute.name
        try:
            return resolved.relative_to(self.root).as_posix()
        except ValueError:
            raise UsageError(f"{path} lies outside {self.root}; name another folder with --root") from None

    def status(self) -> IndexStatus:
        """Tell the state of the index without opening its table."""
        return self._home.status(self.root, self._model.fingerprint)

    def explain_file(self, path: str) -> FileExplanation:
        """Tell how a file is indexed or why it is not, from the file as it is now and the index as it is."""
        listed = self._files.explain(path)
        if isinstance(listed, LeftOut):
            return _left_out(path, listed)
        source = self._files.read(listed)
        if isinstance(source, LeftOut):
            return _left_out(path, source)
        stored = self._stored_file(path)
        if stored is None or stored.reason is not None:
            return FileExplanation(path, is_indexed=False, reason='not indexed yet; run "whence index"')
        chunks = tuple(Truth(self._files).chunks(path))
        how = [f"{stored.language}, {source.encoding}, {source.size:,} bytes"]
        if source.n_secrets:
            how.append(f"{source.n_secrets} secrets masked")
        if stored.file_hash != source.file_hash:
            how.append("changed since it was indexed")
        elif not stored.is_embedded:
            how.append("words only so far, vectors to come")
        return FileExplanation(path, is_indexed=True, reason="; ".join(how), chunks=chunks)

    def passages(self) -> Iterator[Passage]:
        """The passages that indexing embeds, file by file; for measuring a model on this workspace."""
        for entry in self._files.listing().entries:
            source = self._files.read(entry)
            if not isinstance(source, LeftOut):
                yield from prepare(source, source.mtime_ns).passages

    def close(self) -> None:
        """Let go of the index; a later use opens it again."""
        if self._searcher is not None:
            self._searcher.close()
            self._searcher = None
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self._cache.close()

    def _open_reader(self) -> Store:
        if self._reader is None:
            found = self._home.inspect(self.root, self._model.fingerprint)
            if found.state is not IndexState.USABLE:
                raise StoreCorrupt(f'The index of {self.root} is {_STATE_WORDS[found.state]}; run "whence index" first')
            self._reader = self._home.open_for_reading(self.root)
        return self._reader

    def _stored_file(self, path: str) -> StoredFile | None:
        if self._home.inspect(self.root, self._model.fingerprint).state is not IndexState.USABLE:
            return None
        return self._open_reader().file(path)


_STATE_WORDS = {
    IndexState.MISSING: "not there yet",
    IndexState.OLD_FORMAT: "in an older format",
    IndexState.NEWER_FORMAT: "in a newer format than this version of Whence reads",
    IndexState.OTHER_MODEL: "made with another model",
    IndexState.CORRUPT: "damaged",
    IndexState.FOREIGN: "not ours",
}


def _left_out(path: str, left_out: LeftOut) -> FileExplanation:
    reason = f"{left_out.reason.value}: {left_out.detail}" if left_out.detail else left_out.reason.value
    return FileExplanation(path, is_indexed=False, reason=reason)
