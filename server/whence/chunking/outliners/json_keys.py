"""Outline JSON, JSON with comments and JSON5 by keys. Knows no parser, never raises.

A scanner of tokens rather than a parser: a half-written file still has the keys that are there. Every token is looked
at once. Notebooks are read with the same scanner.
"""

from __future__ import annotations

import re

import attrs

from whence.chunking.headings import indent_cuts, is_first_on_line
from whence.chunking.outline import MAX_NAME_CHARS, Lines, Mark, Outline, one_line
from whence.domain import Kind

MAX_DEPTH = 5
"""Members are followed this deep, counted in objects and arrays."""

MIN_INNER_BYTES = 600
"""The members of a smaller value never get a chunk of their own, so they are dropped."""

MAX_STRING_BYTES = 400
"""A name is not longer; what follows of a longer string is skipped."""

_NAMING = frozenset({"name", "id", "key", "title", "label", "path", "command"})
"""Members by which an object in an array is called."""

# A string that never closes ends with its line (or the file), so that no byte is looked at twice.
_TOKEN = re.compile(
    rb"\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"?|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?|//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|"
    rb"[{}\[\]:,]|[^\s\"'{}\[\]:,/]+|/|\\"
)


@attrs.define
class Member:
    """A member of an object, or an object in an array (whose name is what it calls itself). Offsets are half-open."""

    name: str
    start: int
    """Start of the comment above it, else of the key, or of the object in an array."""
    end: int
    key_start: int
    value_start: int
    depth: int
    """1 for the members of the outermost object."""
    parent_idx: int
    """Index of the member this one lies in; -1 at the top."""


@attrs.define
class _Container:
    """An object or array that is open; touched by one scan only."""

    is_object: bool
    member_idx: int
    last: tuple[int, int] | None = None
    """The scalar token read last, which a ':' makes a key."""
    key: tuple[int, int] | None = None
    comment_start: int = -1


def outline_json(data: bytes) -> Outline:
    """Members by their path (`scripts.build`), and objects in arrays that have a name."""
    lines = Lines(data)
    members = scan_members(data, MAX_DEPTH)
    is_kept: list[bool] = []
    marks: list[Mark] = []
    for member in members:
        parent = members[member.parent_idx] if member.parent_idx >= 0 else None
        is_large = parent is None or parent.end - parent.start > MIN_INNER_BYTES
        is_kept.append(is_large and (parent is None or is_kept[member.parent_idx]))
        if is_kept[-1] and member.name and is_first_on_line(lines, member.start):
            marks.append(_mark(lines, member))
    return Outline(marks=marks, cuts=indent_cuts(lines))


def scan_members(data: bytes, max_depth: int) -> list[Member]:
    """Members down to a depth in the order in which they start; of broken JSON, those that can be told."""
    scan = _Scan(data, max_depth)
    for match in _TOKEN.finditer(data):
        scan.take(match.start(), match.end())
    return scan.finish()


class _Scan:
    """One pass over the tokens of a source. What is open is its state."""

    def __init__(self, data: bytes, max_depth: int) -> None:
        self._data = data
        self._max_depth = max_depth
        self._members: list[Member] = []
        self._open: list[_Container] = []

    def take(self, start: int, end: int) -> None:
        """Take the next token."""
        mark = self._data[start]
        if mark in b"{[":
            member_idx = self._begin(start, is_object=mark == 0x7B)
            self._open.append(_Container(mark == 0x7B, member_idx))
        elif mark in b"}]":
            self._close(end)
        elif not self._open:
            return
        elif mark == 0x3A:
            top = self._open[-1]
            top.key, top.last = top.last, None
        elif mark == 0x2C:
            top = self._open[-1]
            top.key = top.last = None
        elif mark == 0x2F:
            self._take_comment(start)
        else:
            self._take_scalar(start, end)

    def finish(self) -> list[Member]:
        """The members; what was never closed ends with the source."""
        while self._open:
            self._close(len(self._data.rstrip()))
        return self._members

    def _take_comment(self, start: int) -> None:
        top = self._open[-1]
        if top.last is None and top.key is None and top.comment_start < 0:
            line_start = self._data.rfind(b"\n", max(0, start - MAX_STRING_BYTES), start) + 1
            stands_alone = not self._data[line_start:start].strip()
            top.comment_start = start if stands_alone else -1

    def _take_scalar(self, start: int, end: int) -> None:
        top = self._open[-1]
        if top.is_object and top.key is not None:
            self._name_item(top, _text(self._data, start, end))
            idx = self._begin(start, is_object=False)
            if idx != top.member_idx:
                self._members[idx].end = end
        else:
            top.last = (start, end)

    def _name_item(self, top: _Container, value: str) -> None:
        """Let an object in an array have the name it gives itself."""
        if top.member_idx < 0 or self._members[top.member_idx].name or top.key is None:
            return
        if _text(self._data, *top.key) in _NAMING:
            self._members[top.member_idx].name = value

    def _begin(self, start: int, *, is_object: bool) -> int:
        """Note the member whose value starts here, if it has a key or is an object in an array; give its index."""
        if not self._open:
            return -1
        top = self._open[-1]
        depth = len(self._open)
        if depth > self._max_depth or (top.key is None and not (is_object and not top.is_object)):
            return top.member_idx
        name = _text(self._data, *top.key) if top.key is not None else ""
        key_start = top.key[0] if top.key is not None else start
        member_start = top.comment_start if top.comment_start >= 0 else key_start
        top.key, top.comment_start = None, -1
        self._members.append(Member(name, member_start, start + 1, key_start, start, depth, top.member_idx))
        return len(self._members) - 1

    def _close(self, end: int) -> None:
        if not self._open:
            return
        closed = self._open.pop()
        outer_idx = self._open[-1].member_idx if self._open else -1
        if closed.member_idx != outer_idx:
            self._members[closed.member_idx].end = end
        if self._open:
            self._open[-1].last = self._open[-1].key = None


def _mark(lines: Lines, member: Member) -> Mark:
    """The mark of a member, from the comment above its key to the end of its value."""
    has_key = member.key_start < member.value_start
    signature = lines.data[member.key_start : min(member.value_start + 1, member.key_start + MAX_STRING_BYTES)]
    return Mark(
        kind=Kind.KEY,
        name=one_line(member.name, MAX_NAME_CHARS),
        start=member.start,
        end=member.end,
        name_start=member.key_start,
        name_end=member.value_start if has_key else member.value_start + 1,
        head_start=member.key_start,
        signature=one_line(signature.decode("utf-8", "replace")) if has_key else member.name,
    )


def _text(data: bytes, start: int, end: int) -> str:
    """A string without its quotes; a long one is cut."""
    return data[start : min(end, start + MAX_STRING_BYTES)].strip(b"\"'").decode("utf-8", "replace")
