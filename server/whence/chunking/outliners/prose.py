"""Outline documents by their headings: Markdown, reStructuredText, AsciiDoc, Org. Knows no parser, never raises.

A section runs to the next heading of its level or an outer one; its symbol is the path of headings, `Guide.Install`.
Code that stands in a document stays with its section. Inline markup is dropped from titles.
"""

from __future__ import annotations

import re

from whence.chunking.headings import (
    Heading,
    heading_cuts,
    indent_of,
    mark_lines,
    nest_sections,
    paragraph_cuts,
    text_of,
)
from whence.chunking.outline import MAX_NESTING, Lines, Mark, Outline
from whence.domain import Kind

MAX_SETEXT_LINES = 3
"""A paragraph of more lines above `----` is text before a rule, whatever CommonMark calls it."""

MAX_TITLE_CHARS = 300
"""What is looked at of a title before its markup is dropped; names are shorter still."""

_LIST_DEPTH = 50
"""Cuts between list items come after all cuts between paragraphs, which are at most 41 deep."""

_CODE_DEPTH = 100
"""Cuts at blank lines inside code blocks come last."""

_FENCE = re.compile(rb"[ \t]*(?:>[ \t]?)*(`{3,}(?=[^`]*$)|~{3,})")
_ATX = re.compile(rb" {0,3}(#{1,6})(?=[ \t]|\r?$)")
_SETEXT = re.compile(rb" {0,3}(=+|-{2,})[ \t]*\r?$")
_HTML_HEADING = re.compile(rb"[ \t]*<h([1-6])\b", re.IGNORECASE)
_NO_PARAGRAPH = re.compile(rb" {0,3}(?:[-*+>|#<]|\d{1,9}[.)][ \t]|!\[|\[!\[|\t)|    ")
_LIST_ITEM = re.compile(rb"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_FRONT_TITLE = re.compile(rb"[\"']?title[\"']?[ \t]*[:=](.*)", re.IGNORECASE)
_FRONT_FENCES = {b"---": (b"---", b"..."), b"+++": (b"+++",)}
_INLINE = (
    (re.compile(r"<[^<>]*>"), ""),
    (re.compile(r"!\[[^\[\]]*\](?:\([^()]*\)|\[[^\[\]]*\])"), ""),
    (re.compile(r"\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])"), r"\1"),
    (re.compile(r"\{[#.:][^{}]*\}\s*$"), ""),
    (re.compile(r"(?<!\\)(?:\*\*|__|``|`|\*(?=\S)|(?<=\S)\*)"), ""),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)

_RST_ADORNMENT = re.compile(rb"([!-/:-@\[-`{-~])\1{2,}[ \t]*\r?$")
_RST_LABEL = re.compile(rb"\.\.[ \t]+(?:_[^:]*:|index::|only::)")
_RST_DIRECTIVE = re.compile(
    rb"([ \t]*)\.\.[ \t]+(?:[a-z]+:)?(?:auto)?(?:function|class|method|attribute|data|exception|module|option|envvar|"
    rb"confval|setting|describe|macro|type|struct|enum|var|member|property|decorator|decoratormethod|staticmethod|"
    rb"classmethod|program|cmdoption|command|object|directive|role|signal|templatetag|templatefilter|http|get|post|put|"
    rb"delete)::[ \t]+(\S.*)"
)
_RST_ROLE = re.compile(r":[a-z:+-]+:`([^`<]*)(?:<[^`]*>)?`")

_ADOC_HEADING = re.compile(rb"(={1,6})[ \t]+(\S.*)")
_ADOC_FENCE = re.compile(rb"(-{4,}|\.{4,}|={4,}|\*{4,}|\+{4,}|/{4,}|_{4,}|\|={3,}|--|`{3,})[^\s]*[ \t]*\r?$")
_ADOC_ANCHOR = re.compile(rb"\[[\[#].*\]\s*$")

_ORG_HEADING = re.compile(rb"(\*+)[ \t]+(\S.*)")
_ORG_BEGIN = re.compile(rb"[ \t]*#\+begin_(\w+)", re.IGNORECASE)
_ORG_TITLE = re.compile(rb"#\+title:[ \t]*(\S.*)", re.IGNORECASE)
_ORG_KEYWORD = re.compile(r"^(?:TODO|DONE|NEXT|WAITING|CANCELLED)\s+|^\[#[A-Z]\]\s+|\s+:[\w@:]+:$")


def outline_markdown(data: bytes) -> Outline:
    """Sections of a Markdown or MDX document by ATX, setext and one-line HTML headings and a title in front matter."""
    lines = Lines(data)
    headings, is_text = _MarkdownReader(lines).read()
    cuts = paragraph_cuts(lines, (line for line, free in enumerate(is_text, 1) if not free), _CODE_DEPTH)
    cuts.update(_list_cuts(lines, is_text))
    cuts.update(paragraph_cuts(lines, (line for line, free in enumerate(is_text, 1) if free)))
    return Outline(marks=nest_sections(lines, headings), cuts=cuts | heading_cuts(headings))


def outline_rst(data: bytes) -> Outline:
    """Sections of a reStructuredText document, and what its object directives describe (`.. function::`)."""
    lines = Lines(data)
    headings = _rst_headings(lines)
    marks = [*nest_sections(lines, headings), *_rst_directives(lines)]
    cuts = paragraph_cuts(lines, range(1, lines.n_lines + 1)) | heading_cuts(headings)
    return Outline(marks=marks, cuts=cuts)


def outline_asciidoc(data: bytes) -> Outline:
    """Sections of an AsciiDoc document; headings inside delimited blocks are text."""
    lines = Lines(data)
    headings: list[Heading] = []
    fence = b""
    for line, row in enumerate(lines.rows, 1):
        delimiter = _ADOC_FENCE.match(row)
        if delimiter:
            fence = delimiter[1] if not fence else b"" if delimiter[1] == fence else fence
        elif not fence and (match := _ADOC_HEADING.match(row)):
            start = line - 1 if line > 1 and _ADOC_ANCHOR.match(lines.rows[line - 2]) else line
            headings.append(Heading(start, line, len(match[1]), plain_title(match[2])))
    cuts = paragraph_cuts(lines, range(1, lines.n_lines + 1)) | heading_cuts(headings)
    return Outline(marks=nest_sections(lines, headings), cuts=cuts)


def outline_org(data: bytes) -> Outline:
    """Sections of an Org document; headings inside `#+begin_…` blocks are text."""
    lines = Lines(data)
    headings: list[Heading] = []
    block_end = b""
    for line, row in enumerate(lines.rows, 1):
        if block_end:
            block_end = b"" if row.strip().lower().startswith(block_end) else block_end
        elif begin := _ORG_BEGIN.match(row):
            block_end = b"#+end_" + begin[1].lower()
        elif match := _ORG_HEADING.match(row):
            title = _ORG_KEYWORD.sub("", _ORG_KEYWORD.sub("", text_of(match[2])[:MAX_TITLE_CHARS]))
            headings.append(Heading(line, line, min(len(match[1]), MAX_NESTING), title))
        elif not headings and (match := _ORG_TITLE.match(row)):
            headings.append(Heading(1, line, 0, text_of(match[1])))
    cuts = paragraph_cuts(lines, range(1, lines.n_lines + 1)) | heading_cuts(headings)
    return Outline(marks=nest_sections(lines, headings), cuts=cuts)


def plain_title(title: bytes) -> str:
    """A title without inline markup: links become their text, emphasis and code marks go."""
    text = title[: MAX_TITLE_CHARS * 2].decode("utf-8", "replace")[:MAX_TITLE_CHARS]
    if text.isascii() and text.replace(" ", "").isalnum():
        return text.strip()
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return " ".join(text.split())


class _MarkdownReader:
    """One pass over the lines of a Markdown document; its state is what an open block means to the next line."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._headings: list[Heading] = []
        self._is_text = [True] * lines.n_lines
        self._fence = b""
        self._is_in_comment = False
        self._paragraph_start = 0

    def read(self) -> tuple[list[Heading], list[bool]]:
        """The headings, and for every line whether it is text rather than code, a comment or front matter."""
        first = self._read_front_matter() + 1
        for line in range(first, self._lines.n_lines + 1):
            row = self._lines.rows[line - 1]
            if self._fence or self._is_in_comment:
                self._is_text[line - 1] = False
                self._read_inside(row)
            else:
                self._read_row(line, row)
        return self._headings, self._is_text

    def _read_front_matter(self) -> int:
        """Skip front matter; give its last line, 0 without any. Its title counts if no first-level heading follows."""
        closers = _FRONT_FENCES.get(self._lines.rows[0].rstrip())
        if closers is None:
            return 0
        title_line, title = 0, b""
        for line, row in enumerate(self._lines.rows[1:], 2):
            if row.rstrip() in closers:
                if title and not self._has_first_level(line):
                    self._headings.append(Heading(1, title_line, 0, plain_title(title.strip(b" \t\r\"',"))))
                self._is_text[:line] = [False] * line
                return line
            if not title and (match := _FRONT_TITLE.match(row)):
                title_line, title = line, match[1].strip()
        return 0

    def _has_first_level(self, after_line: int) -> bool:
        rows = (row for row in self._lines.rows[after_line : after_line + 40] if row.strip())
        return any(row.startswith(b"# ") for row in rows)

    def _read_inside(self, row: bytes) -> None:
        if self._is_in_comment:
            self._is_in_comment = b"-->" not in row
            return
        bare = row.strip(b" \t\r>")
        if len(bare) >= len(self._fence) and bare == self._fence[:1] * len(bare):
            self._fence = b""

    def _read_row(self, line: int, row: bytes) -> None:
        if not row.strip():
            self._paragraph_start = 0
        elif fence := _FENCE.match(row):
            self._fence, self._paragraph_start = fence[1], 0
        elif row.lstrip().startswith(b"<!--"):
            self._is_in_comment, self._paragraph_start = b"-->" not in row, 0
        elif atx := _ATX.match(row):
            self._add(line, line, len(atx[1]), _strip_closing(row[atx.end() :]))
        elif html := _HTML_HEADING.match(row):
            self._add(line, line, int(html[1]), row.split(b"</")[0])
        elif self._is_underline(line, row):
            title = b" ".join(self._lines.rows[self._paragraph_start - 1 : line - 1])
            self._add(self._paragraph_start, self._paragraph_start, 1 if b"=" in row else 2, title)
        elif not self._paragraph_start and not _NO_PARAGRAPH.match(row):
            self._paragraph_start = line

    def _is_underline(self, line: int, row: bytes) -> bool:
        start = self._paragraph_start
        return 0 < start < line <= start + MAX_SETEXT_LINES and _SETEXT.match(row) is not None

    def _add(self, start_line: int, title_line: int, level: int, title: bytes) -> None:
        self._paragraph_start = 0
        text = plain_title(title)
        if text:
            self._headings.append(Heading(start_line, title_line, level, text))


def _strip_closing(title: bytes) -> bytes:
    """`Title ##` without its closing marks."""
    text = title.strip()
    bare = text.rstrip(b"#")
    return bare if not bare or bare[-1:] in b" \t" else text


def _list_cuts(lines: Lines, is_text: list[bool]) -> dict[int, int]:
    return {
        line: _LIST_DEPTH + min(indent_of(row), 40)
        for line, row in enumerate(lines.rows, 1)
        if is_text[line - 1] and line > 1 and _LIST_ITEM.match(row)
    }


def _rst_headings(lines: Lines) -> list[Heading]:
    """Titles with their adornment; levels in the order in which the adornments first appear."""
    levels: dict[tuple[bytes, bool], int] = {}
    headings: list[Heading] = []
    floor = 1
    for line in range(2, lines.n_lines + 1):
        adornment = _RST_ADORNMENT.match(lines.rows[line - 1])
        if adornment is None or line - 1 < floor or not _is_rst_title(lines, line, floor):
            continue
        is_overlined = line - 2 >= floor and _is_overline(lines, line, adornment[1])
        start = line - 2 if is_overlined else line - 1
        if not is_overlined and start > floor and not _ends_paragraph(lines, start - 1):
            continue
        level = levels.setdefault((adornment[1], is_overlined), len(levels) + 1)
        title = _RST_ROLE.sub(r"\1", text_of(lines.rows[line - 2]).strip()[:MAX_TITLE_CHARS])
        headings.append(Heading(_with_labels(lines, start, floor), line - 1, level, plain_title(title.encode())))
        floor = line + 1
    return headings


def _is_rst_title(lines: Lines, line: int, floor: int) -> bool:
    """True when the row above an adornment may be its title: text, and not longer than the adornment allows."""
    title = lines.rows[line - 2].rstrip()
    if not title.strip() or _RST_ADORNMENT.match(title):
        return False
    length = len(lines.rows[line - 1].rstrip())
    if title[:1] in b" \t" and not (line - 2 >= floor and _is_overline(lines, line, lines.rows[line - 1][:1])):
        return False
    # Wide characters take more bytes than columns, hence the bound in bytes is only a lower one.
    return length >= min(len(title.strip().decode("utf-8", "replace")), 4)


def _is_overline(lines: Lines, line: int, mark: bytes) -> bool:
    """True when the row two above an underline is its overline, and the three are no table."""
    over = _RST_ADORNMENT.match(lines.rows[line - 3])
    is_followed = line < lines.n_lines and not lines.is_blank(line + 1)
    return over is not None and over[1] == mark and not is_followed


def _ends_paragraph(lines: Lines, line: int) -> bool:
    return lines.is_blank(line) or lines.rows[line - 1].startswith(b"..")


def _with_labels(lines: Lines, line: int, floor: int) -> int:
    """First line of the labels (`.. _name:`) right above a title, blank lines between them not counted."""
    first = line
    for above in range(line - 1, max(floor, line - 8) - 1, -1):
        if _RST_LABEL.match(lines.rows[above - 1]):
            first = above
        elif not lines.is_blank(above):
            break
    return first


def _rst_directives(lines: Lines) -> list[Mark]:
    """Object directives with the indented block below each; nested ones by their indentation."""
    marks: list[Mark] = []
    still_open: list[tuple[int, int, str]] = []
    last_text = 0
    for line, row in enumerate([*lines.rows, b"."], 1):
        if not row.strip():
            continue
        indent = indent_of(row)
        while still_open and indent <= still_open[-1][0]:
            _, start, name = still_open.pop()
            marks.append(mark_lines(lines, Kind.SECTION, name, start, last_text))
        last_text = line
        if line <= lines.n_lines and len(still_open) < MAX_NESTING and (match := _RST_DIRECTIVE.match(row)):
            still_open.append((indent, line, _object_name(text_of(match[2]))))
    return marks


def _object_name(argument: str) -> str:
    """`Session.run(self, *, timeout=1)` → `Session.run`; `--jobs <n>` → `--jobs`."""
    bare = argument.split("(")[0].strip() if not argument.startswith("(") else argument
    return (bare if argument.startswith("-") else bare.split(" ")[-1]).split(" <")[0].strip("`") or argument
