"""Reads one file: bytes, hash, text, secrets masked — or why not. Never raises for what lies on disk."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable

import attrs

from whence.domain import FileHash, LeftOut, LeftOutReason, Masked, Source
from whence.files.contents import reason_by_content, reason_by_magic
from whence.files.decoding import NotText, decode, normalise_line_ends
from whence.files.names import reason_by_name, too_large
from whence.files.opening import NotRegular, open_inside
from whence.files.status import kind_of

Mask = Callable[[bytes], Masked]
"""Replaces secrets in UTF-8 text."""

_HASH_BYTES = 16  # BLAKE2b-128, see domain.FileHash


@attrs.frozen
class _Raw:
    """A file's bytes and what the descriptor told before they were read."""

    data: bytes
    status: os.stat_result


def read_file(
    root: str, path: str, max_bytes: int, mask: Mask, without_secrets: FileHash | None = None
) -> Source | LeftOut:
    """Read `path` (relative, '/' separators) below `root` (absolute). At most `max_bytes` are read.

    A file whose bytes have the hash `without_secrets` was read before, found to be text worth reading, and searched for
    secrets in vain; neither is looked at again.
    """
    raw = _read_raw(root, path, max_bytes)
    if isinstance(raw, LeftOut):
        return raw
    return parse(path, raw.data, raw.status.st_mtime_ns, mask, without_secrets)


def parse(
    path: str, raw: bytes, mtime_ns: int, mask: Mask, without_secrets: FileHash | None = None
) -> Source | LeftOut:
    """Make a source of a file's bytes, wherever they come from; arguments as for `read_file`."""
    file_hash = FileHash(hashlib.blake2b(raw, digest_size=_HASH_BYTES).hexdigest())
    is_known = file_hash == without_secrets
    if not is_known and (reason := reason_by_magic(path, raw)):
        return reason
    decoded = decode(raw)
    if isinstance(decoded, NotText):
        reason_kind = LeftOutReason.UNDECODABLE if decoded.is_broken_text else LeftOutReason.BINARY
        return LeftOut(path, reason_kind, decoded.detail)
    data = normalise_line_ends(decoded.data)
    if not is_known and (reason := reason_by_content(path, data)):
        return reason
    masked = Masked(data, 0) if is_known else mask(data)
    return Source(
        path=path,
        data=masked.data,
        file_hash=file_hash,
        size=len(raw),
        mtime_ns=mtime_ns,
        encoding=decoded.encoding,
        n_secrets=masked.n_secrets,
    )


def _read_raw(root: str, path: str, max_bytes: int) -> _Raw | LeftOut:
    try:
        with open_inside(root, path) as descriptor:
            status = os.fstat(descriptor)
            if reason := reason_by_name(path, status.st_size, max_bytes):
                return reason
            data = _read_at_most(descriptor, max_bytes + 1)
    except NotRegular as exc:
        return LeftOut(path, LeftOutReason.NOT_A_FILE, kind_of(exc.mode))
    except (FileNotFoundError, NotADirectoryError):
        return LeftOut(path, LeftOutReason.MISSING, "it is gone")
    except (OSError, ValueError) as exc:  # ValueError: a NUL in the name
        return LeftOut(path, LeftOutReason.UNREADABLE, getattr(exc, "strerror", None) or str(exc))
    if len(data) > max_bytes:
        return too_large(path, len(data), max_bytes)  # it grew since its size was asked
    return _Raw(data, status)


def _read_at_most(descriptor: int, n_bytes: int) -> bytes:
    blocks = []
    while n_bytes > 0 and (block := os.read(descriptor, n_bytes)):
        blocks.append(block)
        n_bytes -= len(block)
    return b"".join(blocks)
