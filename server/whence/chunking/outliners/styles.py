"""Outline style sheets by their rules: CSS, SCSS and Less. Knows no parser, never raises.

One scanner for the three: what stands between the end of a statement and a brace is a rule's head. Nested rules keep
the path of their heads.
"""

from __future__ import annotations

import re

import attrs

from whence.chunking.headings import indent_cuts, stands_alone
from whence.chunking.outline import MAX_NAME_CHARS, MAX_NESTING, Lines, Mark, Outline, one_line
from whence.chunking.outliners.json_keys import MAX_STRING_BYTES
from whence.chunking.structure import plain_doc
from whence.domain import Kind

# Nothing in it backtracks: what never closes ends with its line or the file. `//` after ':' is an address, no comment.
_TOKEN = re.compile(
    rb"/\*[\s\S]*?(?:\*/|\Z)|(?<!:)//[^\n]*|url\([^)\"'\n]*\)?|\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"?|"
    rb"'[^'\\\n]*(?:\\.[^'\\\n]*)*'?|[#@]\{[^{}\n]*\}|[{};]"
)
_CALLABLE = re.compile(r"@(mixin|function)\s+([\w-]+)")
_VARIABLE = re.compile(rb"\s*([$@][\w-]+)\s*:")
_BLANK_LINE = re.compile(rb"\n[ \t\r]*\n")
_COMMENT = re.compile(rb"(?:\s*(?:/\*[\s\S]*?(?:\*/|\Z)|//[^\n]*))*\s*")


@attrs.define
class _Rule:
    """A rule whose brace is open."""

    lead_start: int
    head_start: int
    head_end: int


def outline_styles(data: bytes) -> Outline:
    """Rules with their nested rules, @media and @keyframes; SCSS mixins and functions; top-level variables."""
    lines = Lines(data)
    marks: list[Mark] = []
    still_open: list[_Rule] = []
    lead_lines: set[int] = set()
    n_too_deep = 0
    position = 0
    for match in _TOKEN.finditer(data):
        token = match[0]
        if token == b"{" and len(still_open) >= MAX_NESTING:
            n_too_deep += 1
        elif token == b"}" and n_too_deep:
            n_too_deep -= 1
        elif token == b"{":
            still_open.append(_rule(data, position, match.start()))
        elif token == b"}" and still_open:
            marks.append(_mark(data, still_open.pop(), match.end()))
        elif token == b";" and not still_open:
            marks.extend(_variable(data, position, match.end()))
        if token in b"{};":
            position = match.end()
        elif token[:2] in (b"/*", b"//") and stands_alone(lines, match.start(), match.end()):
            lead_lines.update(range(lines.line_at(match.start()), lines.line_at(match.end() - 1) + 1))
    marks.extend(_mark(data, rule, len(data)) for rule in still_open)
    return Outline(marks=marks, cuts=indent_cuts(lines), lead_lines=frozenset(lead_lines))


def _rule(data: bytes, start: int, end: int) -> _Rule:
    """A rule's head, comments right before it being its lead; a comment that a blank line follows stays apart."""
    match = _COMMENT.match(data, start, end)
    head_start = match.end() if match else start
    lead = data[start:head_start]
    blank = max((gap.end() for gap in _BLANK_LINE.finditer(lead)), default=0)
    lead_start = start + blank + len(lead[blank:]) - len(lead[blank:].lstrip())
    return _Rule(_after_line_of(data, start, lead_start, head_start), head_start, end)


def _after_line_of(data: bytes, previous_end: int, lead_start: int, head_start: int) -> int:
    """A comment on the line of the statement before belongs to that statement."""
    if previous_end and lead_start < head_start and data.find(b"\n", previous_end, lead_start) < 0:
        line_end = data.find(b"\n", lead_start, head_start)
        lead_start = line_end + 1 if line_end >= 0 else head_start
        while lead_start < head_start and data[lead_start] in b" \t\r\n":
            lead_start += 1
    return lead_start


def _mark(data: bytes, rule: _Rule, end: int) -> Mark:
    head = one_line(data[rule.head_start : min(rule.head_end, rule.head_start + 2_000)].decode("utf-8", "replace"))
    called = _CALLABLE.match(head)
    name = called[2] if called else one_line(head, MAX_NAME_CHARS)
    return Mark(
        kind=Kind.FUNCTION if called else Kind.RULE,
        name=name,
        start=rule.lead_start,
        end=end,
        name_start=rule.head_start,
        name_end=rule.head_start + len(data[rule.head_start : rule.head_end].rstrip()),
        head_start=rule.head_start,
        signature=head,
        doc=plain_doc(data[rule.lead_start : min(rule.head_start, rule.lead_start + 4_000)].decode("utf-8", "replace")),
    )


def _variable(data: bytes, start: int, end: int) -> list[Mark]:
    comment = _COMMENT.match(data, start, end)
    head_start = comment.end() if comment else start
    match = _VARIABLE.match(data, head_start, end)
    if match is None:
        return []
    name = match[1].decode("utf-8", "replace")
    signature = one_line(data[head_start : min(end, head_start + MAX_STRING_BYTES)].decode("utf-8", "replace"))
    return [
        Mark(Kind.VARIABLE, name, head_start, end, match.start(1), match.end(1), signature=signature, has_body=False)
    ]
