"""One root with its files, index and model: what every front end works with.

A workspace opens its index for writing only while it refreshes. Searching needs no lock: several processes can search
the index that one of them writes. Open documents count as they stand on screen; what is indexed is what is on disk.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from whence.chunking.chunker import chunk_source
from whence.domain import (
    Chunk,
    FileEntry,
    FileHash,
    IndexState,
    IndexStatus,
    LeftOut,
    LeftOutReason,
    Passage,
    Query,
    SearchResult,
    Source,
    StoredFile,
)
from whence.engine.buffers import Buffers, FilesOnScreen
from whence.engine.drafts import Drafts
from whence.engine.freshness import Truth
from whence.engine.indexer import Indexer
from whence.engine.jobs import CancelToken, OnProgress, Phase, Progress, ignore_progress
from whence.engine.plan import RULE_FILES, Plan, plan_paths, plan_refresh
from whence.engine.ports import Files, Model, Store, StoreHome, VectorCache
from whence.engine.prepare import prepare
from whence.engine.readers import Reader, Readers
from whence.engine.recent import RecentFiles
from whence.engine.search import Retrieved, Searcher
from whence.engine.similar import SimilarFinder, SimilarResult
from whence.engine.tally import RefreshReport
from whence.errors import StoreCorrupt, StoreError, UsageError
from whence.ranking.candidates import Candidate
from whence.ranking.likeness import ALIKE

MAX_CHUNKED = 16
"""Files whose chunks are remembered: the editor asks for those it shows again and again, and a parser needs 40 ms for
three thousand lines."""


@attrs.frozen
class FileExplanation:
    """How one file stands to the index."""

    path: str
    is_indexed: bool
    reason: str
    """Why it is left out or not indexed yet; for an indexed file, how it was read."""
    chunks: tuple[Chunk, ...] = ()


class Workspace:
    """Use cases over one root. One thread may refresh while others search."""

    def __init__(
        self,
        root: Path,
        files: Files,
        home: StoreHome,
        cache: VectorCache,
        model: Model,
        first_model: Model | None = None,
    ) -> None:
        """`first_model` stands in while many chunks wait for the vectors of `model`; without it, words alone do."""
        self.root = root
        self.buffers = Buffers(files)
        self.drafts = Drafts(self.buffers, cache, model)
        self._files = files
        self._on_screen = FilesOnScreen(RecentFiles(files), self.buffers)
        self._home = home
        self._cache = cache
        self._model = model
        self._first_model = first_model
        self._readers = Readers(self._open_reader)
        self._chunked: OrderedDict[tuple[str, FileHash], tuple[Chunk, ...]] = OrderedDict()  # under _chunking
        self._chunking = threading.Lock()

    def refresh(
        self,
        on_progress: OnProgress = ignore_progress,
        token: CancelToken | None = None,
        paths: Iterable[str] | None = None,
    ) -> RefreshReport:
        """Bring the index up to date with the files on disk.

        Args:
            on_progress: told how far it is, from this thread.
            token: stops it; what is done is kept.
            paths: look at these files alone (relative, '/' separators), where they are all that changed.

        Raises:
            UsageError: the folder is gone; its index stays, in case it comes back.
            StoreBusy: another process is at it; what it has written so far can be searched.
            StoreError, ModelError: as their names say.
        """
        if not self.root.is_dir():
            raise UsageError(f'{self.root} is gone; "whence clean --root" removes its index')
        token = token or CancelToken()
        store = self._home.open_for_writing(self.root, self._model.fingerprint, self._model.name, self._model.dimension)
        try:
            on_progress(Progress(Phase.LISTING))
            plan = self._plan(store, None if paths is None else list(paths))
            indexer = Indexer(self._files, store, self._cache, self._model, self._first_model)
            return indexer.run(plan, on_progress, token, reset_reason=store.reset_reason)
        finally:
            store.close()
            if store.reset_reason is not None:
                self._readers.look_again()  # it looks at the index that was set aside

    def n_files_to_do(self) -> int | None:
        """How many files a refresh would have to look into; None where the index has to be begun anew."""
        try:
            with self._readers.use() as reader:
                plan = plan_refresh(self._files.listing(), reader.store.files())
        except StoreError:
            return None
        return len(plan.read) + len(plan.drop) + len(plan.embed)

    def ensure_free(self) -> None:
        """See that no other process writes the index.

        Raises:
            StoreBusy: one does; what it has written so far can be searched.
        """
        self._home.ensure_free(self.root)

    def look_again(self) -> None:
        """Open the index anew at its next use: another process may have begun it from scratch."""
        self._readers.look_again()

    def search(self, query: Query, *, by_name: bool = False) -> SearchResult:
        """Answer a query from the index as it is; `by_name`: from names and paths alone, without heavy libraries.

        Raises:
            StoreCorrupt: there is no index that can be read.
        """
        with self._readers.use() as reader:
            return reader.searcher.search(query, self.drafts.all(), by_name=by_name)

    def paths(self) -> list[str]:
        """The files that are indexed.

        Raises:
            StoreCorrupt: there is no index that can be read.
        """
        with self._readers.use() as reader:
            return [path for path, file in reader.store.files().items() if file.reason is None]

    def retrieved(self, text: str, limit: int) -> Retrieved:
        """What words alone and vectors alone give: for measuring what ranking makes of it.

        Raises:
            StoreCorrupt: there is no index that can be read.
        """
        with self._readers.use() as reader:
            return reader.searcher.retrieved(text, limit)

    def candidates(self, text: str) -> list[Candidate]:
        """What would be ranked for a question, in no order: for learning how to.

        Raises:
            StoreCorrupt: there is no index that can be read.
        """
        with self._readers.use() as reader:
            return reader.searcher.candidates(text)

    def similar(
        self, path: str, line: int, limit: int, threshold: float = ALIKE, last_line: int | None = None
    ) -> SimilarResult:
        """Find code like the definition around a 1-based line of a file of this root, or like some of its lines.

        Raises:
            UsageError: the file or the line is not there, or the file is left out of the index.
            StoreCorrupt: there is no index that can be read.
        """
        with self._readers.use() as reader:
            return self._finder(reader.store, threshold).find(path, line, limit, last_line)

    def similar_if_known(self, path: str, target: Chunk, limit: int, threshold: float = ALIKE) -> SimilarResult | None:
        """Code like one chunk of a file, None where its vector is not known yet; never runs the model.

        Raises:
            StoreCorrupt: there is no index that can be read.
        """
        with self._readers.use() as reader:
            return self._finder(reader.store, threshold).find_known(path, target, limit)

    def chunks(self, path: str) -> Sequence[Chunk]:
        """The chunks of a file as it stands on screen, else on disk; empty when it is gone."""
        source = self.source(path)
        if source is None:
            return ()
        key = (path, source.file_hash)
        with self._chunking:
            known = self._chunked.get(key)
        if known is None:
            known = tuple(chunk_source(source))
            with self._chunking:
                self._chunked[key] = known
                while len(self._chunked) > MAX_CHUNKED:
                    self._chunked.popitem(last=False)
        return known

    def is_left_out(self, path: str) -> bool:
        """True for a file that the index does not take; a document that was never saved is no such file."""
        if self.buffers.source(path) is not None:
            return False
        listed = self._files.explain(path)
        return isinstance(listed, LeftOut) and listed.reason is not LeftOutReason.MISSING

    def source(self, path: str) -> Source | None:
        """A file's text as it stands on screen, else on disk, with secrets masked."""
        return Truth(self._on_screen).source(path)

    def update_drafts(self, paths: Sequence[str]) -> None:
        """Compare open documents with the index, where there is one; nothing is encoded."""
        try:
            with self._readers.use() as reader:
                for path in paths:
                    self.drafts.update(path, reader.store)
        except StoreError:
            for path in paths:
                self.drafts.update(path, None)

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

    def state(self) -> IndexState:
        """What is found where the index should be; reads little."""
        return self._home.inspect(self.root, self._model.fingerprint).state

    def status(self) -> IndexStatus:
        """Tell the state of the index without opening its table."""
        status = self._home.status(self.root, self._model.fingerprint)
        if status.first_model and (self._first_model is None or self._first_model.name != status.first_model):
            return attrs.evolve(status, first_model="", counts=attrs.evolve(status.counts, n_first=0))  # nobody asks it
        return status

    def explain_file(self, path: str) -> FileExplanation:
        """Tell how a file is indexed or why it is not, from the file as it is now and the index as it is."""
        listed = self._files.explain(path)
        if isinstance(listed, LeftOut):
            if listed.reason is LeftOutReason.MISSING and self.buffers.source(path) is not None:
                return FileExplanation(path, is_indexed=False, reason="not saved yet; found as it stands on screen")
            return _left_out(path, listed)
        source = self._on_screen.read(listed)
        if isinstance(source, LeftOut):
            return _left_out(path, source)
        stored = self._stored_file(path)
        if stored is None or stored.reason is not None:
            return FileExplanation(path, is_indexed=False, reason='not indexed yet; run "whence index"')
        chunks = tuple(self.chunks(path))
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
        """Let go of the index once no thread is at it; a later use opens it again."""
        self._readers.look_again()
        self._cache.close()

    def _plan(self, store: Store, paths: Sequence[str] | None) -> Plan:
        found = None if paths is None else self._look_at(paths, store)
        if found is None:
            return plan_refresh(self._files.listing(), store.files())
        stored = {path: file for path in found if (file := store.file(path)) is not None}
        return plan_paths(found, stored)

    def _look_at(self, paths: Sequence[str], store: Store) -> dict[str, FileEntry | None] | None:
        """These files as a listing would give them; None when more than files may have changed."""
        found: dict[str, FileEntry | None] = {}
        for path in paths:
            if path.rpartition("/")[2] in RULE_FILES:
                return None
            listed = self._files.explain(path)
            if isinstance(listed, LeftOut):
                is_file = listed.reason not in {LeftOutReason.NOT_A_FILE, LeftOutReason.MISSING}
                if not is_file and store.file(path) is None:
                    return None  # a folder, or it was one
                found[listed.path] = None
            else:
                found[listed.path] = listed
        return found

    def _open_reader(self) -> Reader:
        found = self._home.inspect(self.root, self._model.fingerprint)
        if found.state is not IndexState.USABLE:
            words = _STATE_WORDS[found.state]
            raise StoreCorrupt(f'The index of {self.root} is {words}; run "whence index" first')
        store = self._home.open_for_reading(self.root)
        return Reader(store, Searcher(self._on_screen, store, self._model, self._first_model))

    def _finder(self, store: Store, threshold: float) -> SimilarFinder:
        return SimilarFinder(self._on_screen, store, self._cache, self._model, threshold)

    def _stored_file(self, path: str) -> StoredFile | None:
        if self.state() is not IndexState.USABLE:
            return None
        with self._readers.use() as reader:
            return reader.store.file(path)


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
