"""Whether a path passes the patterns a search is limited to: the same answer as the store's filter gives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from whence.files.patterns import Pattern, parse_patterns


def passes(path: str, globs: Sequence[str]) -> bool:
    """True when gitignore patterns let `path` (relative, '/' separators) in; a pattern lets in what is below a folder.

    The last pattern that matches decides. Where the first one takes out, everything else is in; without any, all is.
    """
    patterns = _parsed(tuple(globs))
    folders = [path[:at] for at, letter in enumerate(path) if letter == "/"]
    for pattern in reversed(patterns):
        if _matches(pattern, path, is_folder=False) or any(_matches(pattern, one, is_folder=True) for one in folders):
            return not pattern.is_negated
    return not patterns or patterns[0].is_negated


@lru_cache(64)
def _parsed(globs: tuple[str, ...]) -> tuple[Pattern, ...]:
    lists = (parse_patterns(glob.encode("utf-8"), "", b"", ignores_case=False) for glob in globs)
    return tuple(pattern for patterns in lists for pattern in patterns.patterns)


def _matches(pattern: Pattern, path: str, *, is_folder: bool) -> bool:
    if pattern.regex is None or (pattern.is_dir_only and not is_folder):
        return False
    subject = path.rpartition("/")[2] if pattern.is_basename else path
    return pattern.regex.fullmatch(subject.encode("utf-8")) is not None
