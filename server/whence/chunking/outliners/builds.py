"""Outline build files by what they build: Makefiles by target, Dockerfiles by stage. Knows no parser, never raises."""

from __future__ import annotations

import re

import attrs

from whence.chunking.headings import MAX_DECODED_BYTES, comment_above, comment_lines, mark_lines, plain_comment, text_of
from whence.chunking.outline import Lines, Mark, Outline
from whence.domain import Kind

_MAKE_RULE = re.compile(rb"([^\s#:=][^#:=]{0,400}?)[ \t]*&?(::?)(?![=:])([^=]|$)")
_MAKE_VARIABLE = re.compile(rb"(?:(?:export|override|private)[ \t]+)*([^\s:#=?+!]{1,200})[ \t]*(?::{0,3}|[?+!])=")
_MAKE_DEFINE = re.compile(rb"(?:override[ \t]+)?define[ \t]+([^\s=:?+]+)")
_MAKE_ENDEF = re.compile(rb"[ \t]*endef\b")
_MAKE_INCLUDE = re.compile(rb"[-s]?include\b|\$[({](?:call|eval|foreach|info|warning|error)\b")
_MAKE_HELP = re.compile(r"##+\s*(.*)")
_SPECIAL_TARGETS = (".PHONY", ".SUFFIXES", ".DEFAULT", ".SILENT", ".ONESHELL", ".SECONDARY", ".DELETE_ON_ERROR")

_FROM = re.compile(rb"[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?", re.IGNORECASE)
_INSTRUCTION = re.compile(rb"[ \t]*[A-Za-z]{2,20}(?:[ \t]|$)")
_HEREDOC = re.compile(rb"<<-?[ \t]*([\"']?)(\w+)\1")

_RULE_DEPTH = 1
_RECIPE_DEPTH = 3
"""A Makefile is cut between rules, and inside a recipe only where a rule alone is too long."""


@attrs.frozen
class _Entry:
    """A line that starts a rule, a variable, a macro or a stage."""

    line: int
    end_line: int
    kind: Kind
    name: str
    doc: str = ""


def outline_makefile(data: bytes) -> Outline:
    """Rules as targets, `define` blocks as macros, variables; a `## text` behind a target is its documentation."""
    lines = Lines(data)
    entries = _make_entries(lines)
    marks: list[Mark] = []
    floor = 1
    cuts: dict[int, int] = {}
    for entry in entries:
        first = comment_above(lines, entry.line, floor)
        floor = entry.end_line + 1
        doc = "\n".join(text for text in (plain_comment(lines, first, entry.line), entry.doc) if text)
        cuts[first] = _RULE_DEPTH
        mark = mark_lines(
            lines, entry.kind, entry.name, first, entry.end_line, head_line=entry.line, doc=doc, has_body=False
        )
        marks.append(mark)
    for line, row in enumerate(lines.rows, 1):
        is_continued = line > 1 and lines.rows[line - 2].rstrip().endswith(b"\\")
        if row.strip() and not is_continued:
            cuts.setdefault(line, _RECIPE_DEPTH)
    return Outline(marks=marks, cuts=cuts, lead_lines=comment_lines(lines))


def outline_dockerfile(data: bytes) -> Outline:
    """Stages, each from its FROM to the next, called by their alias or else by their image."""
    lines = Lines(data)
    starts: list[_Entry] = []
    cuts: dict[int, int] = {}
    for line in _instructions(lines):
        cuts[comment_above(lines, line, 1)] = 1
        match = _FROM.match(lines.rows[line - 1])
        if match:
            starts.append(_Entry(line, line, Kind.STAGE, text_of(match[2] or match[1])))
    marks: list[Mark] = []
    end_line = lines.n_lines
    for entry in reversed(starts):
        first = comment_above(lines, entry.line, 1)
        doc = plain_comment(lines, first, entry.line)
        marks.append(mark_lines(lines, entry.kind, entry.name, first, end_line, head_line=entry.line, doc=doc))
        end_line = first - 1
    return Outline(marks=marks, cuts=cuts, lead_lines=comment_lines(lines))


def _make_entries(lines: Lines) -> list[_Entry]:
    entries: list[_Entry] = []
    line = 1
    while line <= lines.n_lines:
        last = _last_continued(lines, line)
        entry = _make_entry(lines, line, last)
        if entry is not None:
            entries.append(entry)
            last = entry.end_line
        line = last + 1
    return entries


def _make_entry(lines: Lines, line: int, last: int) -> _Entry | None:
    """What starts on a line of a Makefile outside recipes, continued up to `last`; None if nothing we know does."""
    row = lines.rows[line - 1][:MAX_DECODED_BYTES]
    if not row.strip() or row[:1] in b"\t#" or _MAKE_INCLUDE.match(row):
        return None
    if define := _MAKE_DEFINE.match(row):
        end_line = line
        while end_line < lines.n_lines and not _MAKE_ENDEF.match(lines.rows[end_line - 1]):
            end_line += 1
        return _Entry(line, end_line, Kind.MACRO, text_of(define[1]))
    if variable := _MAKE_VARIABLE.match(row):
        return _Entry(line, last, Kind.VARIABLE, text_of(variable[1]))
    rule = _MAKE_RULE.match(row)
    if rule is None or text_of(rule[1]).startswith(_SPECIAL_TARGETS):
        return None
    help_text = _MAKE_HELP.search(text_of(row))
    return _Entry(line, _recipe_end(lines, last), Kind.TARGET, text_of(rule[1]), help_text[1] if help_text else "")


def _last_continued(lines: Lines, line: int) -> int:
    while line < lines.n_lines and lines.rows[line - 1].rstrip(b"\r").endswith(b"\\"):
        line += 1
    return line


def _recipe_end(lines: Lines, line: int) -> int:
    """Last line of the recipe below a rule; blank lines and continued lines inside it count."""
    end_line = line
    for number in range(line + 1, lines.n_lines + 1):
        row = lines.rows[number - 1]
        is_continued = lines.rows[number - 2].rstrip(b"\r").endswith(b"\\")
        if row[:1] == b"\t" or (is_continued and number == end_line + 1):
            end_line = number
        elif row.strip():
            break
    return end_line


def _instructions(lines: Lines) -> list[int]:
    """Lines that start an instruction of a Dockerfile, those of continued lines and here-documents left out."""
    found: list[int] = []
    heredocs: list[bytes] = []
    is_continued = False
    for line, row in enumerate(lines.rows, 1):
        text = row.strip()
        if heredocs:
            if text == heredocs[0]:
                heredocs.pop(0)
            continue
        if not text or text[:1] == b"#":
            continue
        if not is_continued and _INSTRUCTION.match(row):
            found.append(line)
        heredocs = [match[2] for match in _HEREDOC.finditer(row)]
        is_continued = text.endswith((b"\\", b"`"))
    return found
