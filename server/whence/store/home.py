"""The folder all indexes of this user live in: one folder and one lock a workspace, and the vectors they share.

HOME/CACHEDIR.TAG                      backup programs pass the folder over
HOME/vectors.sqlite                    vectors of all workspaces, by content
HOME/workspaces/<name>-<hash>/         an index (docs/index-format.md)
HOME/workspaces/<name>-<hash>.lock     held by its writer; `.pid` beside it says who that is
HOME/workspaces/<name>-<hash>.set-aside-<n>   what could not be used, the last one only
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from whence.domain import Fingerprint, Found, IndexState, IndexStatus
from whence.errors import StoreCorrupt, StoreError, UsageError
from whence.store.disk import n_bytes_of, remove
from whence.store.failures import full, is_no_space
from whence.store.format import (
    CACHE_NAME,
    FORMAT,
    BrokenHeader,
    Header,
    NotAHeader,
    read_header,
    write_header,
)
from whence.store.index import Index
from whence.store.inspection import NO_NUMBERS, inspect_folder, known_numbers_of
from whence.store.lock import WriterLock, writer_pid
from whence.store.vector_cache import SqliteVectorCache

logger = logging.getLogger(__name__)

HOME_VARIABLE: Final = "WHENCE_HOME"

CACHE_TAG: Final = "Signature: 8a477f597d28d172789f06886806bc55\n# Indexes of Whence; they can be made again.\n"
"""https://bford.info/cachedir/"""

_BEGUN_ANEW: Final = frozenset({IndexState.OLD_FORMAT, IndexState.NEWER_FORMAT, IndexState.CORRUPT, IndexState.FOREIGN})


@attrs.frozen
class Stored:
    """Something that takes room in the home folder. `root` is empty where it is not an index that can be read."""

    path: Path
    root: str
    n_bytes: int


class IndexHome:
    """Finds, opens and removes indexes. Holds no open file."""

    def __init__(self, folder: Path, content: str = "") -> None:
        """`content` names the versions of chunking and words: an index made by others is of an old format."""
        self.folder = folder
        self._content = content

    @classmethod
    def of_user(cls, content: str = "") -> IndexHome:
        """The home WHENCE_HOME names, else the user's cache folder."""
        named = os.environ.get(HOME_VARIABLE)
        if named:
            return cls(_expanded(named).absolute(), content)
        from platformdirs import user_cache_dir

        return cls(Path(user_cache_dir("whence", appauthor=False)), content)

    def index_dir(self, root: Path) -> Path:
        """The folder of a root's index: a readable name and a hash of the root's real path."""
        real = _real_path(root)
        digest = hashlib.blake2b(os.fsencode(os.path.normcase(real)), digest_size=8).hexdigest()
        readable = re.sub(r"[^A-Za-z0-9_-]+", "-", Path(real).name).strip("-")[:32] or "root"
        return self._workspaces / f"{readable}-{digest}"

    def vector_cache(self) -> SqliteVectorCache:
        """The vectors shared by all workspaces; opened by its first use."""
        return SqliteVectorCache(self.folder / CACHE_NAME)

    def inspect(self, root: Path, fingerprint: Fingerprint | None) -> Found:
        """Name the state of a root's index. Loads no heavy library, changes nothing."""
        return inspect_folder(self.index_dir(root), _real_path(root), fingerprint, self._content)

    def status(self, root: Path, fingerprint: Fingerprint | None) -> IndexStatus:
        """The state of a root's index with its numbers. Loads no heavy library, changes nothing."""
        folder = self.index_dir(root)
        found = self.inspect(root, fingerprint)
        is_readable = found.state in {IndexState.USABLE, IndexState.OTHER_MODEL}
        numbers = known_numbers_of(folder) if is_readable else NO_NUMBERS
        return IndexStatus(
            root=_real_path(root),
            state=found.state,
            detail=found.detail,
            counts=numbers.counts,
            model=found.model,
            format=found.format,
            disk_bytes=n_bytes_of(folder),
            cache_bytes=sum(n_bytes_of(self.folder / f"{CACHE_NAME}{end}") for end in ("", "-wal", "-shm")),
            index_dir=str(folder),
            changed_at=found.changed_at,
            writer_pid=writer_pid(_lock_path(folder)),
            first_model=numbers.first_model,
        )

    def ensure_free(self, root: Path) -> None:
        """See that nobody writes the index of `root` at this moment. Loads no heavy library.

        Raises:
            StoreBusy: another process holds the lock.
        """
        folder = self.index_dir(root)
        if folder.exists():
            lock = WriterLock(_lock_path(folder))
            lock.acquire(str(root))
            lock.release()

    def open_for_writing(self, root: Path, fingerprint: Fingerprint, model: str, dimension: int) -> Index:
        """Take the writer's lock and open; what cannot be used is set aside and an empty index begun.

        An index whose vectors another model made keeps its words; its vectors are begun anew.

        Raises:
            StoreBusy: another process holds the lock.
            StoreFull, StoreUnsupported: as their names say.
        """
        folder = self.index_dir(root)
        header = Header(FORMAT, self._content, fingerprint, model, dimension, _real_path(root))
        try:
            self._make_home()
            lock = WriterLock(_lock_path(folder))
            lock.acquire(header.root)
        except OSError as failure:
            raise _unwritable(self.folder, failure) from failure
        try:
            return self._open_locked(folder, header, lock)
        except BaseException as failure:
            lock.release()
            if isinstance(failure, OSError):
                raise _unwritable(self.folder, failure) from failure
            raise

    def open_for_reading(self, root: Path) -> Index:
        """Open what is there without a lock.

        Raises:
            StoreCorrupt: there is nothing usable to read.
        """
        folder = self.index_dir(root)
        found = inspect_folder(folder, _real_path(root), None, self._content)
        if found.state is not IndexState.USABLE:
            why = f"{found.state.value}{': ' if found.detail else ''}{found.detail}"
            raise StoreCorrupt(f'There is no index of {root} to read ({why}); run "whence index" first')
        return Index(folder, read_header(folder), None)

    def list_all(self) -> list[Stored]:
        """Every index and everything set aside, by path."""
        return [Stored(path, _root_of(path), n_bytes_of(path)) for path in self._folders()]

    def remove(self, root: Path) -> list[Stored]:
        """Remove a root's index and what was set aside of it; give what went.

        Raises:
            StoreBusy: a process is writing it.
        """
        return self._remove_index(self.index_dir(root))

    def remove_all(self) -> list[Stored]:
        """Remove every index, everything set aside and the shared vectors; give what went.

        Raises:
            StoreBusy: a process is writing one of them; those before it are gone.
        """
        gone = [stored for folder in self._index_folders() for stored in self._remove_index(folder)]
        for path in sorted(self.folder.glob(f"{CACHE_NAME}*")):
            gone.append(Stored(path, "", n_bytes_of(path)))
            remove(path)
        return gone

    def _open_locked(self, folder: Path, header: Header, lock: WriterLock) -> Index:
        found = inspect_folder(folder, header.root, Fingerprint(header.fingerprint), header.content)
        if found.state in _BEGUN_ANEW:
            return self._open_anew(folder, header, lock, f"it was {found.state.value}: {found.detail}")
        if found.state is IndexState.MISSING:
            return self._open_empty(folder, header, lock, None)
        try:
            return self._open_found(folder, header, lock, found)
        except StoreCorrupt as damage:
            return self._open_anew(folder, header, lock, f"it was damaged: {damage}")

    def _open_found(self, folder: Path, header: Header, lock: WriterLock, found: Found) -> Index:
        if found.state is not IndexState.OTHER_MODEL:
            return _checked(Index(folder, header, lock))
        reason = f'its vectors came from another model ("{found.model}"); its words are kept'
        index = Index(folder, header, lock, reason)
        try:
            index.begin_vectors_anew()
            write_header(folder, header)
        except BaseException:
            index.abandon()
            raise
        return _checked(index)

    def _open_anew(self, folder: Path, header: Header, lock: WriterLock, reason: str) -> Index:
        logger.warning("index of %s set aside: %s", header.root, reason)
        earlier = _set_aside(folder)
        number = 1 + max((int(path.name.rpartition("-")[2]) for path in earlier), default=0)
        for path in earlier:
            remove(path)
        folder.rename(folder.with_name(f"{folder.name}.set-aside-{number}"))
        return self._open_empty(folder, header, lock, reason)

    def _open_empty(self, folder: Path, header: Header, lock: WriterLock, reason: str | None) -> Index:
        folder.mkdir(mode=0o700, exist_ok=True)
        write_header(folder, header)
        return Index(folder, header, lock, reason)

    def _remove_index(self, folder: Path) -> list[Stored]:
        if not self._workspaces.is_dir():
            return []
        lock = WriterLock(_lock_path(folder))
        root = _root_of(folder)
        lock.acquire(root or str(folder))
        try:
            gone = [Stored(path, root, n_bytes_of(path)) for path in (folder, *_set_aside(folder)) if path.exists()]
            for stored in gone:
                remove(stored.path)
        except OSError as failure:
            raise StoreError(
                f"{failure.filename} cannot be removed ({failure.strerror}); close what uses it"
            ) from failure
        else:
            return gone
        finally:
            lock.release()

    @property
    def _workspaces(self) -> Path:
        return self.folder / "workspaces"

    def _folders(self) -> Iterator[Path]:
        if self._workspaces.is_dir():
            yield from sorted(path for path in self._workspaces.iterdir() if path.is_dir())

    def _index_folders(self) -> list[Path]:
        """Folders of indexes, also of those of which only something set aside is left."""
        return sorted({path.with_name(path.name.partition(".set-aside-")[0]) for path in self._folders()})

    def _make_home(self) -> None:
        for folder in (self.folder, self._workspaces):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tag = self.folder / "CACHEDIR.TAG"
        if not tag.exists():
            tag.write_text(CACHE_TAG, encoding="ascii")


def _checked(index: Index) -> Index:
    try:
        index.check()
    except BaseException:
        index.abandon()
        raise
    return index


def _unwritable(folder: Path, failure: OSError) -> StoreError:
    if is_no_space(failure):
        return full(folder)
    why = failure.strerror or failure
    return StoreError(
        f"The folder {folder} cannot be written ({why}); make it writable or name another with {HOME_VARIABLE}"
    )


def _expanded(named: str) -> Path:
    """A folder as a person names it.

    Raises:
        UsageError: it is in the home of somebody who is not known.
    """
    try:
        return Path(named).expanduser()
    except RuntimeError:
        raise UsageError(f"{HOME_VARIABLE} names {named}, and nobody of that name has a home here") from None


def _real_path(root: Path) -> str:
    return os.path.realpath(root)


def _lock_path(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _set_aside(folder: Path) -> list[Path]:
    return sorted(folder.parent.glob(f"{folder.name}.set-aside-*"))


def _root_of(folder: Path) -> str:
    try:
        return read_header(folder).root
    except (NotAHeader, BrokenHeader):
        return ""
