"""Outline SQL of any dialect by its statements. Knows words, quotes and blocks, and no dialect's grammar.

Grammars fail where dialects differ most: procedures, delimiters, brackets, batches. What a person looks for are the
objects that statements create, and those are found by their first words. A statement ends at its `;`, at a `GO`, `/`
or delimiter of its own on a line, or where the next `CREATE` starts a line; `BEGIN … END` and `$$ … $$` hold together.
"""

from __future__ import annotations

import re

import attrs

from whence.chunking.outline import Lines, Mark, Outline, one_line, plain_name
from whence.chunking.structure import plain_doc
from whence.domain import Kind

MAX_OPEN_QUOTES = 20
"""Dollar quotes without an end that are looked for in a whole source; after that none is, as each costs a scan."""

MAX_HEAD_BYTES = 1_000
"""How far into a statement its kind and name are looked for."""

_KINDS = {
    "TABLE": Kind.TABLE,
    "VIEW": Kind.TABLE,
    "FUNCTION": Kind.FUNCTION,
    "PROCEDURE": Kind.FUNCTION,
    "PROC": Kind.FUNCTION,
    "TRIGGER": Kind.FUNCTION,
    "EVENT": Kind.FUNCTION,
    "MACRO": Kind.MACRO,
    "AGGREGATE": Kind.FUNCTION,
    "PACKAGE BODY": Kind.MODULE,
    "PACKAGE": Kind.MODULE,
    "TYPE BODY": Kind.TYPE,
    "TYPE": Kind.TYPE,
    "DOMAIN": Kind.TYPE,
    "SCHEMA": Kind.NAMESPACE,
    "DATABASE": Kind.NAMESPACE,
    "INDEX": Kind.KEY,
    "SEQUENCE": Kind.VARIABLE,
    "POLICY": Kind.RULE,
    "RULE": Kind.RULE,
}
_ROUTINES = frozenset({"FUNCTION", "PROCEDURE", "PROC", "TRIGGER", "EVENT", "PACKAGE", "PACKAGE BODY", "TYPE BODY"})
_DECLARATIONS = frozenset({"SCHEMA", "DATABASE", "INDEX", "SEQUENCE", "DOMAIN"})

_PART = r"(?:\"[^\"\n]{1,128}\"|`[^`\n]{1,128}`|\[[^\]\n]{1,128}\]|[\w$#@]{1,128})"
_HEAD = re.compile(
    r"(?:CREATE(?:\s+OR\s+(?:REPLACE|ALTER))?|ALTER(?=\s+(?:PROC|FUNCTION|VIEW|TRIGGER|PACKAGE)))"
    r"(?:\s+(?!(?:" + "|".join(kind.split()[0] for kind in _KINDS) + r")\b)[\w=`'@%.*]{1,80}){0,6}?"
    r"\s+(" + "|".join(kind.replace(" ", r"\s+") for kind in sorted(_KINDS, key=len, reverse=True)) + r")\b"
    r"(?:\s+CONCURRENTLY\b)?(?:\s+IF\s+NOT\s+EXISTS\b)?\s+(?!ON\b)("
    + _PART
    + r"(?:\s{0,4}\.\s{0,4}"
    + _PART
    + r"){0,3})",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"ALTER\b(?:(?!\bAS\b)[^;]){0,400}?\b(?:OWNER\s+TO|RENAME|SET\s+SCHEMA|DEPENDS\s+ON|COMPILE|ENABLE|DISABLE)\b",
    re.IGNORECASE,
)
"""An `ALTER` that defines nothing anew."""
_QUERY_NAME = re.compile(r"^--\s*(?:name\s*:|@name)\s*([\w.-]{1,100})", re.MULTILINE)
# A quote after a backslash closes a string in standard SQL and not in MySQL: before a letter it is an apostrophe.
_TOKEN = re.compile(
    rb"(?P<comment>--[^\n]*|^[ \t]*\#[ \t][^\n]*)|(?P<block>/\*)"
    rb"|(?P<quoted>'[^'\\]*(?:\\(?:'(?=\w))?[^'\\]*)*(?:'|\Z)|\"[^\"\n]*\"|`[^`\n]*`|\[[^\]\n]{0,128}\])"
    rb"|(?P<dollar>\$\w{0,64}\$)|^[ \t]*delimiter[ \t]+(?P<delimiter>\S{1,16})[^\n]*"
    rb"|^[ \t]*(?P<stop>GO(?:[ \t]+\d+)?|/)[ \t]*\r?$|(?P<custom>//|\$\$|;;)|(?P<end>;)"
    rb"|(?P<copy>^COPY[ \t][^;\n]{1,1000}[ \t]FROM[ \t]+STDIN\b[^;\n]{0,200};)"
    rb"|(?P<word>\b(?:BEGIN|CASE|END|AS|IS|DECLARE|CREATE)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_SOMETHING = re.compile(rb"[^\s;/]")
_BODY_STARTS = (b"'", b"$", b"NULL", b"NOT", b"BEGIN", b"EXTERNAL")
"""What follows `AS` where no declarations do: a quoted body, `CREATE DOMAIN … AS`, a block."""
_NEXT_WORD = re.compile(rb"\s*(\w+|\S)")


def outline_sql(data: bytes) -> Outline:
    """What a source of SQL creates, and where its statements start."""
    lines = Lines(data)
    scanner = _Scanner(data)
    marks = [_mark(statement, scanner.comments, data) for statement in scanner.statements]
    return Outline(
        marks=[mark for mark in marks if mark is not None],
        cuts={lines.line_at(statement.start): 1 for statement in scanner.statements},
        lead_lines=_lead_lines(scanner.comments, lines),
    )


@attrs.frozen
class _Statement:
    start: int
    end: int


@attrs.define
class _Block:
    """The statement that is being read; touched by the scanner alone."""

    start: int
    is_routine: bool
    is_package: bool
    is_trigger: bool
    """`REFERENCING OLD AS …`: the `AS` of a trigger begins no body."""
    depth: int = 0
    declares: bool = False
    """True between `AS` or `IS` of a routine and its `BEGIN`: the `;` there end declarations."""

    @property
    def may_end(self) -> bool:
        """True where a `;` ends the statement."""
        return self.depth <= 0 and not self.declares and not self.is_package

    def read_word(self, word: bytes, after: bytes) -> None:
        """Follow the blocks of a routine by a word and the word after it."""
        if not self.is_routine:
            return
        if word in (b"AS", b"IS", b"DECLARE") and self.depth == 0:
            names_rows = word == b"AS" and self.is_trigger
            self.declares = self.declares or (after not in _BODY_STARTS and not names_rows)
        elif word == b"BEGIN" and after not in (b"TRAN", b"TRANSACTION", b"WORK"):
            self.declares = False
            self.depth += 1
        elif word == b"CASE":
            self.depth += 1
        elif word == b"END" and after not in (b"IF", b"LOOP", b"WHILE", b"REPEAT", b"FOR"):
            self.depth -= 2 if after == b"CASE" else 1


class _Scanner:
    """One pass over a source: `statements` in order, and `comments` as (start, end) by their end."""

    def __init__(self, data: bytes) -> None:
        self.statements: list[_Statement] = []
        self.comments: dict[int, tuple[int, int]] = {}
        self._data = data
        self._block: _Block | None = None
        self._delimiter = b";"
        self._n_open_quotes = 0
        position = 0
        while (token := _TOKEN.search(data, position)) is not None:
            self._begin(position, token.start())
            position = self._read(token)
        self._begin(position, len(data))
        self._finish(len(data))

    def _read(self, token: re.Match[bytes]) -> int:
        """Take one token; give back where to go on."""
        sort = token.lastgroup or ""
        if sort in ("comment", "block"):
            return self._read_comment(token, sort)
        if sort == "delimiter":
            self._delimiter = token["delimiter"]
            self._finish(token.start())
            if self._delimiter == b";":
                self._prolong(token.end())
        elif sort == "stop":
            self._finish(token.end())
            self._prolong(token.end())
        elif token[0] == self._delimiter:
            if self._delimiter != b";" or (self._block is not None and self._block.may_end):
                self._finish(token.end())
        elif sort == "copy":
            return self._read_copy(token)
        elif sort == "word":
            self._read_word(token)
        elif sort in ("quoted", "dollar"):
            self._begin(token.start(), token.end())
            return self._end_of_quote(token) if sort == "dollar" else token.end()
        return token.end()

    def _read_comment(self, token: re.Match[bytes], sort: str) -> int:
        close = self._data.find(b"*/", token.end()) if sort == "block" else token.end() - 2
        end = close + 2 if close >= 0 else len(self._data)
        self.comments[end] = (token.start(), end)
        return end

    def _read_word(self, token: re.Match[bytes]) -> None:
        word = token[0].upper()
        starts_line = self._data[max(0, token.start() - 1) : token.start()] in (b"\n", b"")
        if word == b"CREATE" and starts_line and (self._block is None or self._block.depth <= 0):
            self._finish(token.start())
        self._begin(token.start(), token.end())
        following = _NEXT_WORD.match(self._data, token.end())
        if self._block is not None:
            self._block.read_word(word, following[1].upper() if following else b"")

    def _read_copy(self, token: re.Match[bytes]) -> int:
        """Pass the rows behind `COPY … FROM stdin;` in a PostgreSQL dump: quotes and words mean nothing in them."""
        self._begin(token.start(), token.end())
        close = self._data.find(b"\n\\.", token.end()) if self._n_open_quotes < MAX_OPEN_QUOTES else -1
        self._n_open_quotes += close < 0
        end = close + len(b"\n\\.") if close >= 0 else token.end()
        self._finish(end)
        return end

    def _end_of_quote(self, token: re.Match[bytes]) -> int:
        """After the dollar quote that a token opens; after the token where nothing closes it."""
        close = self._data.find(token[0], token.end()) if self._n_open_quotes < MAX_OPEN_QUOTES else -1
        self._n_open_quotes += close < 0
        return close + len(token[0]) if close >= 0 else token.end()

    def _begin(self, start: int, end: int) -> None:
        """Begin a statement, unless in one, if anything but white space and `;` stands in start..end."""
        found = _SOMETHING.search(self._data, start, end) if self._block is None else None
        if found is None:
            return
        text = self._data[found.start() : found.start() + MAX_HEAD_BYTES].decode("utf-8", "replace")
        head = _HEAD.match(text)
        sort = _sort(head) if head else ""
        self._block = _Block(
            found.start(),
            is_routine=sort in _ROUTINES,
            is_package=sort.startswith("PACKAGE"),
            is_trigger=sort == "TRIGGER",
        )

    def _finish(self, end: int) -> None:
        if self._block is not None:
            self.statements.append(_Statement(self._block.start, end))
        self._block = None

    def _prolong(self, end: int) -> None:
        """Let the last statement have the end mark after its own end: `END;` and `/`, `END //` and `DELIMITER ;`."""
        if self.statements:
            self.statements[-1] = attrs.evolve(self.statements[-1], end=end)


def _mark(statement: _Statement, comments: dict[int, tuple[int, int]], data: bytes) -> Mark | None:
    text = data[statement.start : min(statement.end, statement.start + MAX_HEAD_BYTES)].decode("utf-8", "replace")
    head = _HEAD.match(text)
    start, doc = _doc_before(statement.start, comments, data)
    end = statement.start + len(data[statement.start : statement.end].rstrip())
    query_name = _QUERY_NAME.search(doc)
    if head is None or _CHANGE.match(text):
        if query_name is None:
            return None
        name = query_name[1]
        signature = one_line(text.split("\n", 1)[0])
        return Mark(
            Kind.QUERY, name, start, end, statement.start, statement.start, statement.start, signature, plain_doc(doc)
        )
    sort = _sort(head)
    name_start = statement.start + len(text[: head.start(2)].encode())
    return Mark(
        kind=_KINDS[sort],
        name=_plain(head[2]),
        start=start,
        end=end,
        name_start=name_start,
        name_end=name_start + len(head[2].encode()),
        head_start=statement.start,
        signature=_signature(text, sort),
        doc=plain_doc(doc) if doc else "",
        has_body=sort not in _DECLARATIONS,
    )


def _signature(text: str, sort: str) -> str:
    """A routine's header with its parameters; else the first line."""
    if sort not in _ROUTINES:
        return one_line(text.split("\n", 1)[0]).rstrip("(; ")
    header = re.split(r"\b(?:AS|IS|BEGIN|LANGUAGE)\b|\$\w*\$|;", text, maxsplit=1, flags=re.IGNORECASE)[0]
    return one_line(header)


def _sort(head: re.Match[str]) -> str:
    """What a statement creates: a key of `_KINDS`."""
    return " ".join(head[1].upper().split())


def _plain(name: str) -> str:
    return ".".join(part.strip('"`[] ') for part in plain_name(name).split("."))


def _doc_before(start: int, comments: dict[int, tuple[int, int]], data: bytes) -> tuple[int, str]:
    """Start of the comments on the lines right before a statement, and their text; the statement's own without any."""
    parts: list[str] = []
    position = start
    while True:
        end = _back_over_space(data, position)
        comment = comments.get(end)
        if comment is None or data.count(b"\n", end, position) > 1:
            return position, "\n".join(reversed(parts))
        position = comment[0]
        parts.append(data[comment[0] : comment[1]].decode("utf-8", "replace"))


def _back_over_space(data: bytes, offset: int) -> int:
    while offset > 0 and data[offset - 1] in b" \t\r\n":
        offset -= 1
    return offset


def _lead_lines(comments: dict[int, tuple[int, int]], lines: Lines) -> frozenset[int]:
    """Lines on which nothing but comments stand."""
    found: set[int] = set()
    previous_line = 0
    for start, end in comments.values():
        first = lines.line_at(start)
        if first != previous_line and not lines.data[lines.start_of(first) : start].strip():
            found.update(range(first, lines.line_at(max(start, end - 1)) + 1))
        previous_line = lines.line_at(max(start, end - 1))
    return frozenset(found)
