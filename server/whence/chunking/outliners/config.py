"""Outline configuration by its keys: YAML, TOML, INI and properties files. Knows no parser, never raises.

Line-based on purpose: templates, half-written files and dialects have lines long before they have a grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from whence.chunking.headings import (
    MAX_DECODED_BYTES,
    comment_above,
    comment_lines,
    indent_cuts,
    indent_of,
    mark_lines,
    plain_comment,
    text_of,
)
from whence.chunking.outline import Lines, Mark, Outline
from whence.domain import Kind

MAX_DEPTH = 5
"""Keys are followed this deep: `paths./users.get.responses.200` is where an OpenAPI file stops being an address."""

MAX_LEAD_LINES = 3
"""A `---` and a comment this far above the first key of a document go with it."""

MIN_INNER_BYTES = 600
"""The keys inside a smaller block never get a chunk of their own, so they are not looked for."""

_YAML_KEY = re.compile(
    rb"(?:\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'|"
    rb"[^\s#\"'{}\[\],&*!|>%@`-][^#\n]{0,199}?|-[^\s#][^#\n]{0,199}?)[ \t]*:(?=\s|$)"
)
_YAML_ITEM = re.compile(rb"[ \t]*-[ \t]+")
_YAML_NAME = re.compile(
    rb"(?:-[ \t]+)?[\"']?(?:name|id|key|title|uses|alias|hosts|path|url|repo|job_name)[\"']?[ \t]*:[ \t]+(\S.*)"
)
_YAML_OPENER = re.compile(rb"[ \t]*(?:[&!][^\s]+[ \t]*)*(?:#.*)?\r?$")
_DOCUMENT_END = re.compile(rb"(?:---|\.\.\.)(?:\s|$)")
_RESOURCE_KIND = re.compile(rb"kind:[ \t]+[\"']?([\w.-]+)")
_RESOURCE_NAME = re.compile(rb"[ \t]+name:[ \t]+[\"']?([^\s\"'#]+)")

_TOML_TABLE = re.compile(rb"[ \t]*(\[\[?)[ \t]*([^\]\n#]{1,300}?)[ \t]*\]\]?[ \t]*(?:#.*)?\r?$")
_TOML_KEY = re.compile(rb"[ \t]*((?:[\w.-]|\"[^\"\n]{0,100}\"|'[^'\n]{0,100}'|[ \t](?=[.=]))+)[ \t]*=")
_TOML_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([^.\s]+)")
_TOML_NAME = re.compile(rb"[ \t]*(?:name|id|title|package)[ \t]*=[ \t]*[\"']([^\"'\n]{1,120})")

_INI_SECTION = re.compile(rb"[ \t]*\[([^\]\n]{1,300})\]\s*(?:[#;].*)?$")
_INI_KEY = re.compile(rb"(?:export[ \t]+)?([A-Za-z_][^\s=:#;\[\]]{0,119}(?:[ \t][^\s=:#;\[\]]{1,60}){0,3})[ \t]*[=:]")


@attrs.frozen
class _Row:
    """A line that starts an entry."""

    line: int
    name: str
    scope: str = ""
    is_table: bool = False


@attrs.frozen
class _Block:
    """Lines of a YAML collection, 1-based and inclusive, and how deep it lies."""

    start_line: int
    end_line: int
    depth: int


def outline_yaml(data: bytes) -> Outline:
    """Keys and named list items of each document; a Kubernetes resource is a key around its own: `Deployment.web`."""
    lines = Lines(data)
    marks: list[Mark] = []
    for start_line, end_line in _documents(lines):
        resource = _resource(lines, start_line, end_line)
        marks.extend([resource] if resource is not None else [])
        pending = [_Block(start_line, end_line, 1)]
        while pending:
            block = pending.pop()
            for mark, value in _entries(lines, block):
                marks.append(mark)
                pending.extend([value] if value is not None else [])
    cuts = indent_cuts(lines)
    return Outline(marks=marks, cuts=cuts, lead_lines=comment_lines(lines))


def outline_toml(data: bytes) -> Outline:
    """Tables and arrays of tables with their keys: `tool.ruff.lint.select`, `package.serde`."""
    lines = Lines(data)
    return _outline_rows(lines, list(_toml_rows(lines)), Kind.KEY, b"#")


def outline_ini(data: bytes) -> Outline:
    """Sections and their keys; keys alone where there are no sections, as in properties files."""
    lines = Lines(data)
    return _outline_rows(lines, list(_ini_rows(lines)), Kind.SECTION, b"#;!")


def _outline_rows(lines: Lines, rows: list[_Row], table_kind: Kind, comment_marks: bytes) -> Outline:
    """Marks of entries that each run to the next one: a table to the next table, a key to the next key or table."""
    firsts = [
        comment_above(lines, row.line, rows[idx - 1].line + 1 if idx else 1, comment_marks)
        for idx, row in enumerate(rows)
    ]
    marks: list[Mark] = []
    next_first = next_table_first = lines.n_lines + 1
    for row, first in zip(reversed(rows), reversed(firsts), strict=True):
        end_line = (next_table_first if row.is_table else next_first) - 1
        next_first = first
        next_table_first = first if row.is_table else next_table_first
        kind = table_kind if row.is_table else Kind.KEY
        doc = plain_comment(lines, first, row.line)
        mark = mark_lines(lines, kind, row.name, first, end_line, head_line=row.line, scope=row.scope, doc=doc)
        marks.append(mark)
    return Outline(marks=marks, cuts=indent_cuts(lines), lead_lines=comment_lines(lines, comment_marks))


def _toml_rows(lines: Lines) -> Iterator[_Row]:
    """Lines that start a table or a key, those inside multi-line strings left out."""
    quote = b""
    for line, row in enumerate(lines.rows, 1):
        if not quote:
            head = row[:MAX_DECODED_BYTES]
            table = _TOML_TABLE.match(head)
            key = None if table else _TOML_KEY.match(head)
            written = table[2] if table else key[1] if key else b""
            parts = ["".join(found) for found in _TOML_PART.findall(text_of(written))]
            if table and table[1] == b"[[":
                parts.extend(_toml_item_name(lines, line))
            if parts:
                yield _Row(line, parts[-1], ".".join(parts[:-1]), table is not None)
        quote = _toml_quote_after(row, quote)


def _toml_quote_after(row: bytes, quote: bytes) -> bytes:
    """The multi-line string that is open after a row; `quote` is the one open before it."""
    if quote:
        return quote if row.count(quote) % 2 == 0 else b""
    for mark in (b'"""', b"'''"):
        if row.count(mark) % 2:
            return mark
    return b""


def _toml_item_name(lines: Lines, line: int) -> list[str]:
    """The name an item of an array of tables gives itself in its first lines."""
    for row in lines.rows[line : line + 6]:
        if row.lstrip().startswith(b"["):
            break
        if match := _TOML_NAME.match(row):
            return [text_of(match[1])]
    return []


def _ini_rows(lines: Lines) -> Iterator[_Row]:
    for line, row in enumerate(lines.rows, 1):
        head = row[:MAX_DECODED_BYTES]
        if section := _INI_SECTION.match(head):
            yield _Row(line, text_of(section[1]).strip().replace('"', ""), is_table=True)
        elif key := _INI_KEY.match(head):
            yield _Row(line, text_of(key[1]).strip())


def _documents(lines: Lines) -> Iterator[tuple[int, int]]:
    """First and last line of each YAML document, the marker before it included."""
    start = 1
    for line, row in enumerate(lines.rows, 1):
        if row[:3] in (b"---", b"...") and _DOCUMENT_END.match(row):
            if line > start:
                yield start, line - 1
            start = line
    if start <= lines.n_lines:
        yield start, lines.n_lines


def _resource(lines: Lines, start_line: int, end_line: int) -> Mark | None:
    """The mark of a document that says `kind:` and `metadata: name:`, as Kubernetes' do."""
    kind = name = None
    head_line = start_line
    is_in_metadata = False
    for line in range(start_line, min(end_line, start_line + 60) + 1):
        row = lines.rows[line - 1]
        if match := _RESOURCE_KIND.match(row):
            kind, head_line = text_of(match[1]), line
        elif is_in_metadata and name is None and (match := _RESOURCE_NAME.match(row)):
            name = text_of(match[1])
        is_in_metadata = row.startswith(b"metadata:") or (is_in_metadata and row[:1] in b" \t\r#")
    if kind is None or name is None:
        return None
    while start_line < end_line and lines.is_blank(start_line):
        start_line += 1
    signature = f"{kind} {name}"
    return mark_lines(lines, Kind.KEY, name, start_line, end_line, head_line=head_line, scope=kind, signature=signature)


def _entries(lines: Lines, block: _Block) -> Iterator[tuple[Mark, _Block | None]]:
    """Keys and named items at the indentation of a block's first row, each with the block inside if that matters."""
    heads = list(_heads(lines, block))
    for idx, line in enumerate(heads):
        following = heads[idx + 1] if idx + 1 < len(heads) else block.end_line + 1
        first = comment_above(lines, line, heads[idx - 1] + 1 if idx else block.start_line)
        if not idx and block.depth == 1 and line - block.start_line <= MAX_LEAD_LINES:
            first = block.start_line
        end_line = following - 1
        if following <= block.end_line:
            end_line = comment_above(lines, following, line + 1) - 1
        row = lines.rows[line - 1]
        text = row.strip()[:MAX_DECODED_BYTES]
        if not text.startswith(b"-") or _YAML_ITEM.match(row) is None:
            key = _YAML_KEY.match(text)
            assert key is not None
            name = text_of(key[0][:-1]).strip().strip("\"'")
            is_opener = _YAML_OPENER.match(text[key.end() :]) is not None
        else:
            name = _item_name(lines, line, end_line)
            is_opener = False
        is_large = lines.end_of(end_line) - lines.start_of(line) > MIN_INNER_BYTES
        inner = None
        if is_opener and is_large and block.depth < MAX_DEPTH and end_line > line:
            inner = _Block(line + 1, end_line, block.depth + 1)
        if name:
            doc = plain_comment(lines, first, line)
            mark = mark_lines(lines, Kind.KEY, name, first, end_line, head_line=line, doc=doc)
            yield mark, inner


def _heads(lines: Lines, block: _Block) -> Iterator[int]:
    """Lines of a block that start a key or an item at its own indentation."""
    indent = -1
    is_list = False
    for line in range(block.start_line, block.end_line + 1):
        row = lines.rows[line - 1]
        text = row.lstrip()[:MAX_DECODED_BYTES]
        if not text or text[:1] == b"#" or _DOCUMENT_END.match(row):
            continue
        if indent < 0:
            indent, is_list = indent_of(row), _YAML_ITEM.match(row) is not None
        if indent_of(row) != indent:
            continue
        if (_YAML_ITEM.match(row) is not None) if is_list else _YAML_KEY.match(text):
            yield line


def _item_name(lines: Lines, line: int, end_line: int) -> str:
    """What a list item calls itself in its first lines: `- name: Install` or `- uses: …`."""
    for number in range(line, min(end_line, line + 8) + 1):
        match = _YAML_NAME.match(lines.rows[number - 1].strip()[:MAX_DECODED_BYTES])
        if match:
            return text_of(match[1]).strip().strip("\"'")
    return ""
