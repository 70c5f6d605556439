"""Ignore patterns exactly as git matches them: one line of an ignore file → a regular expression on path bytes.

Follows git's dir.c and wildmatch.c, byte by byte: `?` and `[...]` stand for one byte, classes are ASCII. Knows nothing
of folders, precedence or where a file stands; rules.py does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

_SPECIAL = b"*?[\\"
"""Bytes at which git's `simple_length` ends a pattern's literal prefix."""

_NAMED_CLASSES = {
    b"alnum": rb"0-9A-Za-z",
    b"alpha": rb"A-Za-z",
    b"blank": rb" \t",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"digit": rb"0-9",
    b"graph": rb"\x21-\x7e",
    b"lower": rb"a-z",
    b"print": rb"\x20-\x7e",
    b"punct": rb"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    b"space": rb" \t\n\r",
    b"upper": rb"A-Z",
    b"xdigit": rb"0-9A-Fa-f",
}

_UTF8_BOM = b"\xef\xbb\xbf"


@attrs.frozen
class Pattern:
    """One line of an ignore file."""

    line: int
    """1-based."""
    text: str
    """The line as written, without white space git ignores."""
    is_negated: bool
    is_dir_only: bool
    is_basename: bool
    """True when the pattern has no slash and so is held against the last part of a path only."""
    regex: re.Pattern[bytes] | None
    """To be matched in full; None for a pattern that git accepts and that never matches."""
    leading: tuple[re.Pattern[bytes], ...]
    """One expression for each segment before the last and before the first `**`: the folders that the pattern names."""

    def can_match_below(self, folder: bytes) -> bool:
        """True when the pattern names `folder` (relative to the pattern's base), or folders in it, on its way down.

        A pattern without a slash, or beginning with `**`, names no folder.
        """
        if self.is_basename or not self.leading:
            return False
        parts = folder.split(b"/")
        if len(parts) > len(self.leading) and not self._is_deep:
            return False
        return all(regex.fullmatch(part) for regex, part in zip(self.leading, parts, strict=False))

    @property
    def _is_deep(self) -> bool:
        return "**" in self.text


@attrs.frozen
class PatternList:
    """The patterns of one ignore file, in file order."""

    source: str
    """Where the patterns stand, as told to a user: a path."""
    base: bytes
    """Folder the patterns are relative to, with a trailing slash, or empty: a prefix of every path asked about."""
    patterns: Sequence[Pattern]
    _any_basename: re.Pattern[bytes] | None
    _any_path: re.Pattern[bytes] | None

    def last_match(self, path: bytes, is_dir: bool) -> Pattern | None:
        """The pattern that decides about `path`, which must start with `base`; None when none matches."""
        for pattern in self.matches(path, is_dir):
            return pattern
        return None

    def matches(self, path: bytes, is_dir: bool) -> list[Pattern]:
        """All patterns that match `path`, the deciding one first."""
        name = path[path.rfind(b"/") + 1 :]
        relative = path[len(self.base) :]
        in_names = self._any_basename is not None and self._any_basename.fullmatch(name)
        in_paths = self._any_path is not None and self._any_path.fullmatch(relative)
        if not (in_names or in_paths):
            return []
        return [
            pattern
            for pattern in reversed(self.patterns)
            if pattern.regex is not None
            and (is_dir or not pattern.is_dir_only)
            and pattern.regex.fullmatch(name if pattern.is_basename else relative)
        ]

    @property
    def negated(self) -> list[Pattern]:
        """The patterns that bring files back."""
        return [pattern for pattern in self.patterns if pattern.is_negated]


def parse_patterns(content: bytes, source: str, base: bytes, ignores_case: bool) -> PatternList:
    """Read an ignore file's content. Lines that git skips are skipped; nothing is an error."""
    content = content.removeprefix(_UTF8_BOM)
    patterns = []
    for line, text in enumerate(content.split(b"\n"), start=1):
        if not text or text.startswith(b"#"):
            continue
        if pattern := _parse_pattern(line, _trim(text.removesuffix(b"\r")), ignores_case):
            patterns.append(pattern)
    return PatternList(
        source,
        base,
        patterns,
        _union([pattern for pattern in patterns if pattern.is_basename], ignores_case),
        _union([pattern for pattern in patterns if not pattern.is_basename], ignores_case),
    )


def _parse_pattern(line: int, text: bytes, ignores_case: bool) -> Pattern | None:
    body = text.removeprefix(b"!")
    is_dir_only = body.endswith(b"/")
    if is_dir_only:
        body = body[:-1]
    if not body:
        return None
    is_basename = b"/" not in body
    anchored = body.removeprefix(b"/")
    return Pattern(
        line=line,
        text=text.decode("utf-8", "backslashreplace"),
        is_negated=text.startswith(b"!"),
        is_dir_only=is_dir_only,
        is_basename=is_basename,
        regex=_compile(_translate(anchored, crosses_slash=is_basename), ignores_case),
        leading=() if is_basename else _leading(anchored, ignores_case),
    )


def _trim(text: bytes) -> bytes:
    """Drop trailing spaces that no backslash protects. Tabs stay, as in git."""
    kept = end = 0
    while end < len(text):
        if text[end : end + 1] == b"\\":
            end += 2
            kept = end
            continue
        end += 1
        if text[end - 1 : end] != b" ":
            kept = end
    return text[:kept]


def _leading(body: bytes, ignores_case: bool) -> tuple[re.Pattern[bytes], ...]:
    regexes = []
    for segment in body.split(b"/")[:-1]:
        regex = None if b"**" in segment else _compile(_translate(segment, crosses_slash=False), ignores_case)
        if regex is None:
            break
        regexes.append(regex)
    return tuple(regexes)


def _union(patterns: Sequence[Pattern], ignores_case: bool) -> re.Pattern[bytes] | None:
    """One expression that matches whatever some pattern does: most paths match none, and that is found out at once."""
    expressions = [pattern.regex.pattern for pattern in patterns if pattern.regex is not None]
    if not expressions:
        return None
    return _compile(b"|".join(b"(?:%s)" % expression for expression in expressions), ignores_case)


def _compile(expression: bytes | None, ignores_case: bool) -> re.Pattern[bytes] | None:
    if expression is None:
        return None
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignores_case else 0))


def _translate(glob: bytes, crosses_slash: bool) -> bytes | None:
    """Turn a wildmatch glob into a regular expression; None when it cannot match (unclosed class, trailing backslash).

    Git strips the literal prefix before it matches, so a `**` right behind that prefix counts as one at the start of a
    segment: `a/b**` crosses slashes, `?b**` does not.
    """
    literal = next((at for at, byte in enumerate(glob) if byte in _SPECIAL), len(glob))
    expression = [re.escape(glob[:literal])]
    at = literal
    while at < len(glob):
        byte = glob[at : at + 1]
        if byte == b"*":
            end = at + len(glob[at:]) - len(glob[at:].lstrip(b"*"))
            is_segment_start = at == literal or glob[at - 1 : at] == b"/"
            piece, at = _translate_stars(glob, at, end, is_segment_start, crosses_slash)
        elif byte == b"?":
            piece, at = b"." if crosses_slash else b"[^/]", at + 1
        elif byte == b"[":
            bracket = _translate_bracket(glob, at)
            if bracket is None:
                return None
            members, at = bracket
            piece = members if crosses_slash else b"(?!/)" + members
        elif byte == b"\\":
            if at + 1 == len(glob):
                return None
            piece, at = re.escape(glob[at + 1 : at + 2]), at + 2
        else:
            piece, at = re.escape(byte), at + 1
        expression.append(piece)
    return b"".join(expression)


def _translate_stars(
    glob: bytes, start: int, end: int, is_segment_start: bool, crosses_slash: bool
) -> tuple[bytes, int]:
    """Translate the run of stars glob[start:end]; returns the expression and where to go on."""
    if crosses_slash:
        return b".*", end
    rest = glob[end : end + 2]
    is_whole_segment = is_segment_start and (not rest or rest.startswith(b"/") or rest == b"\\/")
    if end - start == 1 or not is_whole_segment:
        return b"[^/]*", end
    if rest.startswith(b"/"):
        return b"(?:.*/)?", end + 1
    return b".*", end


def _translate_bracket(glob: bytes, start: int) -> tuple[bytes, int] | None:
    """Translate the class that opens at `start`; None when it is malformed. Returns the expression and its end."""
    at = start + 1
    is_negated = glob[at : at + 1] in (b"!", b"^")
    at += is_negated
    members: list[bytes] = []
    previous: bytes | None = None
    is_first = True
    while is_first or glob[at : at + 1] != b"]":
        member = _parse_member(glob, at, previous)
        if member is None:
            return None
        members.append(member.expression)
        previous, at, is_first = member.byte, member.end, False
    inside = b"".join(members)
    if not inside:  # nothing but ranges that run backwards
        return (b"[^\\x00]" if is_negated else b"(?!)"), at + 1
    return b"[" + (b"^" if is_negated else b"") + inside + b"]", at + 1


@attrs.frozen
class _Member:
    """One part of a class. `byte` is what a following `-` starts a range from; None behind a range or a named class."""

    expression: bytes
    byte: bytes | None
    end: int


def _parse_member(glob: bytes, at: int, previous: bytes | None) -> _Member | None:
    """Parse what stands at `at` inside a class; None when the class is malformed."""
    byte = glob[at : at + 1]
    if byte == b"-" and previous is not None and glob[at + 1 : at + 2] not in (b"", b"]"):
        last_at = at + 2 if glob[at + 1 : at + 2] == b"\\" else at + 1
        last = glob[last_at : last_at + 1]
        if not last:
            return None
        return _Member(_byte(previous) + b"-" + _byte(last) if previous <= last else b"", None, last_at + 1)
    if glob[at : at + 2] == b"[:":
        end = glob.find(b"]", at + 2)
        if end < 0:
            return None
        if end == at + 2 or glob[end - 1 : end] != b":":
            return _Member(_byte(b"["), b"[", at + 1)
        named = _NAMED_CLASSES.get(glob[at + 2 : end - 1])
        return None if named is None else _Member(named, None, end + 1)
    at += byte == b"\\"
    byte = glob[at : at + 1]
    return _Member(_byte(byte), byte, at + 1) if byte else None


def _byte(byte: bytes) -> bytes:
    return b"\\x%02x" % byte[0]
