"""Whether a path passes the patterns a search is limited to: the same answer as the store's filter gives."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache

import attrs

from whence.files.patterns import Pattern, parse_patterns

MAX_OTHER_LETTERS = 63
"""Letters beyond ASCII that one pattern may name: each takes two of the 128 bytes above it, save the first."""


@attrs.frozen
class _Glob:
    """Patterns of one glob, on bytes: one a letter, so that `?` and ranges mean letters, as in the store's filter."""

    patterns: tuple[Pattern, ...]
    letters: str
    """Those beyond ASCII that the glob names, sorted; empty where the bytes are those of UTF-8."""
    is_utf8: bool

    def bytes_of(self, text: str) -> bytes:
        """A path as the patterns see it: a letter that the glob does not name lies between those that it names."""
        return text.encode("utf-8", "surrogatepass") if self.is_utf8 else _one_a_letter(text, self.letters)


def passes(path: str, globs: Sequence[str]) -> bool:
    """True when gitignore patterns let `path` (relative, '/' separators) in; a pattern lets in what is below a folder.

    The last pattern that matches decides. Where the first one takes out, everything else is in; without any, all is.
    """
    parsed = [(glob, pattern) for glob in map(_parsed, globs) for pattern in glob.patterns]
    folders = [path[:at] for at, letter in enumerate(path) if letter == "/"]
    for glob, pattern in reversed(parsed):
        if _matches(glob, pattern, path, is_folder=False) or any(
            _matches(glob, pattern, folder, is_folder=True) for folder in folders
        ):
            return not pattern.is_negated
    return not parsed or parsed[0][1].is_negated


@lru_cache(256)
def _parsed(glob: str) -> _Glob:
    letters = "".join(sorted({letter for letter in glob if not letter.isascii()}))
    is_utf8 = len(letters) > MAX_OTHER_LETTERS
    content = glob.encode("utf-8", "surrogatepass") if is_utf8 else _one_a_letter(glob, letters)
    return _Glob(tuple(parse_patterns(content, "", b"", ignores_case=False).patterns), letters, is_utf8)


def _one_a_letter(text: str, letters: str) -> bytes:
    """A byte a letter, in the order of the letters: odd ones for `letters`, even ones for those between them."""
    return bytes(
        ord(letter) if letter.isascii() else 0x80 + bisect_left(letters, letter) + bisect_right(letters, letter)
        for letter in text
    )


def _matches(glob: _Glob, pattern: Pattern, path: str, *, is_folder: bool) -> bool:
    if pattern.regex is None or (pattern.is_dir_only and not is_folder):
        return False
    subject = path.rpartition("/")[2] if pattern.is_basename else path
    return pattern.regex.fullmatch(glob.bytes_of(subject)) is not None
