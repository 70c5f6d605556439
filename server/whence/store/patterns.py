"""Filters as an SQL predicate for LanceDB. Gitignore patterns become regular expressions of Rust's `regex`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import attrs

from whence.domain import Filters

_META = frozenset(r"\.+*?()|[]{}^$&~-#/")
_CLASS_META = frozenset(r"\[]^&~-")
_POSIX_CLASSES = frozenset(
    {"alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit"}
)
"""As git knows them."""

_NOTHING = r"\z."
"""Matches nothing."""

_ANY_FOLDERS = re.compile(r"\*{2,}/")
_ALL_BELOW = re.compile(r"/\*{2,}")
_LITERAL = re.compile(r"[^*?\[\\]*")


@attrs.frozen
class Pattern:
    """One gitignore pattern: `is_negated` takes paths out again that an earlier pattern let in."""

    regex: str
    is_negated: bool


def sql_of(filters: Filters) -> str | None:
    """The filters as an SQL predicate on the columns path, language and kind; None when nothing is filtered."""
    conditions = [
        f"{column} IN ({', '.join(map(quoted, values))})"
        for column, values in (("language", filters.languages), ("kind", [kind.value for kind in filters.kinds]))
        if values
    ]
    if filters.path_globs:
        conditions.append(_paths_sql(patterns_of(filters.path_globs)))
    return " AND ".join(conditions) or None


def quoted(text: str) -> str:
    """A string as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def patterns_of(globs: Sequence[str]) -> list[Pattern]:
    """Parse gitignore patterns; empty ones and comments say nothing."""
    parsed = [_pattern(glob) for glob in globs]
    return [pattern for pattern in parsed if pattern is not None]


def _paths_sql(patterns: Sequence[Pattern]) -> str:
    """The last pattern that matches decides. When the first one takes out, everything is in to begin with."""
    condition = "TRUE" if patterns and patterns[0].is_negated else "FALSE"
    # Neighbours of one sign are one expression: LanceDB's parser gives up on a condition nested fifty deep.
    for is_negated, run in groupby(patterns, key=lambda pattern: pattern.is_negated):
        matches = f"regexp_like(path, {quoted('|'.join(pattern.regex for pattern in run))})"
        if is_negated:
            condition = f"NOT {matches}" if condition == "TRUE" else f"({condition} AND NOT {matches})"
        else:
            condition = matches if condition == "FALSE" else f"({condition} OR {matches})"
    return condition if patterns else "TRUE"


def _pattern(glob: str) -> Pattern | None:
    text = _stripped(glob)
    if not text or text.startswith("#"):
        return None
    is_negated = text.startswith("!")
    text = text[1:] if is_negated else text
    is_folder = text.endswith("/")
    body = text[:-1] if is_folder else text
    if body.endswith("/"):
        return Pattern(_NOTHING, is_negated)  # no path has an empty part
    is_anchored = "/" in body
    body = body.removeprefix("/")
    if not body:
        return None
    start = "" if is_anchored else "(?:.*/)?"
    # A pattern that names a folder matches everything in it; one that ends in "/" nothing else.
    end = "/.*" if is_folder else "(?:/.*)?"
    return Pattern(rf"(?s)\A{start}{_body(body)}{end}\z", is_negated)


def _stripped(glob: str) -> str:
    """Without trailing white space, unless a backslash keeps it."""
    stripped = glob.rstrip(" \t\r\n")
    is_kept = stripped.endswith("\\") and len(stripped) < len(glob)
    return stripped + glob[len(stripped)] if is_kept else stripped


def _body(body: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(body):
        piece, at = _piece(body, at)
        parts.append(piece)
    return "".join(parts)


def _piece(body: str, at: int) -> tuple[str, int]:
    """The expression for what stands at `at`, and where the next piece begins."""
    letter = body[at]
    # More than two stars are two, as git reads them. It strips the letters before the first wildcard before it matches,
    # so stars right behind them count as the beginning of a part.
    if (folders := _ANY_FOLDERS.match(body, at)) and (body[at - 1] == "/" or _LITERAL.fullmatch(body, 0, at)):
        return "(?:.*/)?", folders.end()
    if _ALL_BELOW.fullmatch(body, at):
        return "/.*", len(body)
    if letter == "*":
        end = at + len(body[at:]) - len(body[at:].lstrip("*"))
        return ("[^/]*", end) if (end, at) != (len(body), 0) or end - at == 1 else (".*", end)
    if letter == "?":
        return "[^/]", at + 1
    if letter == "[":
        return _class(body, at)
    if letter == "\\":
        return (_literal(body[at + 1]), at + 2) if at + 1 < len(body) else (_NOTHING, at + 1)
    return _literal(letter), at + 1


def _literal(letter: str) -> str:
    return "\\" + letter if letter in _META - {"/"} else letter


def _class(body: str, at: int) -> tuple[str, int]:
    """The expression for the bracket that opens at `at`; a malformed one matches nothing, as in git."""
    at += 1
    is_negated = body[at : at + 1] in ("!", "^")
    at += is_negated
    members: list[str] = []
    previous = ""
    is_first = True
    while is_first or not body.startswith("]", at):
        member = _member(body, at, previous)
        if member is None:
            return _NOTHING, len(body)
        members.append(member.expression)
        previous, at, is_first = member.letter, member.end, False
    inner = "".join(members)
    # A class never matches a separator.
    if is_negated:
        return f"[^/{inner}]", at + 1
    return f"[{inner}&&[^/]]" if inner else _NOTHING, at + 1


@attrs.frozen
class _Member:
    """One part of a class. `letter` is what a following `-` starts a range from; empty behind a range or a name."""

    expression: str
    letter: str
    end: int


def _member(body: str, at: int, previous: str) -> _Member | None:
    """The part of a class at `at`; None where the class is not closed or names what nobody knows."""
    if previous and body.startswith("-", at) and body[at + 1 : at + 2] not in ("", "]"):
        last_at = at + 2 if body.startswith("\\", at + 1) else at + 1
        last = body[last_at : last_at + 1]
        if not last:
            return None
        return _Member(f"{_in_class(previous)}-{_in_class(last)}" if previous <= last else "", "", last_at + 1)
    if body.startswith("[:", at):
        end = body.find("]", at + 2)
        if end < 0:
            return None
        if body.startswith(":", end - 1) and end > at + 2:
            name = body[at + 2 : end - 1]
            return _Member(f"[:{name}:]", "", end + 1) if name in _POSIX_CLASSES else None
        return _Member(_in_class("["), "[", at + 1)
    at += body.startswith("\\", at)
    letter = body[at : at + 1]
    return _Member(_in_class(letter), letter, at + 1) if letter else None


def _in_class(letter: str) -> str:
    return "\\" + letter if letter in _CLASS_META else letter
