"""The text that is embedded for a chunk: what it is called and says of itself first, then its code, within a bound.

No path and no line number is in it, so that moving a file or code inside it changes no passage. Knows no model.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from whence.domain import Chunk, Kind, Passage, PassageHash
from whence.text.identifiers import split_identifier

PASSAGE_VERSION = 1
"""Raised whenever the same chunk would give another text, with a line of history here.

1: name in words, doc, headers, code without licence and imports.
"""

MAX_CHARS = 1_200
"""Bound of a passage. A WordPiece model with 256 tokens reads 700 to 1,100 characters of code, more of prose."""

MAX_DOC_CHARS = 480
"""At most this much of a passage is doc comment, so that code is always seen too."""

MAX_HEADER_CHARS = 120
"""Of a header or repeated signature; some run over screens of default values."""

_NAMELESS = frozenset({Kind.BLOCK, Kind.TEXT, Kind.CELL})

_MARKS = re.compile(r"^[\s/*#;%!\-'\"`<>{}|.]+|[\s*/\"'`>}\-]+$")
"""Comment and quote marks around a line, in any language."""

_IMPORT = re.compile(
    r"^\s*(?:import\b|from\s+[\w.]+\s+import\b|#\s*include\b|using\s+[\w.:]+;|use\s+[\w:\\{*]|package\s+[\w.]+"
    r"|require(?:_relative)?\b"
    r"|(?:const|let|var)\s+[\w{},\s]+=\s*require\(|export\s+(?:\*|\{[^}]*\})\s+from\b|library\(|open\s+[A-Z]|mod\s+\w+;)"
)
_LICENCE = re.compile(
    r"copyright|licen[cs]e|spdx|all rights reserved|warrant(?:y|ies)|redistribut|permission is hereby", re.IGNORECASE
)
_COMMENT = re.compile(r"^\s*(?:#|//|/\*|\*|--|;|%|<!--|\"\"\"|''')")
_SPACES = re.compile(r"[ \t]+")


def passage_of(chunk: Chunk, max_chars: int = MAX_CHARS) -> Passage:
    """The passage of a chunk, at most `max_chars` characters long."""
    doc = _squeezed(chunk.doc)[:MAX_DOC_CHARS]
    lines = [_title(chunk), doc, *_headers(chunk), *_code_lines(chunk, doc)]
    return _passage(lines, max_chars)


def passage_of_snippet(text: str, max_chars: int = MAX_CHARS) -> str:
    """What is embedded for code that is no chunk, as somebody pasted it: without licence and imports, as chunks are."""
    return _bounded(_squeezed_lines(_without_preamble(text.splitlines())), max_chars)


def _bounded(lines: Iterable[str], max_chars: int) -> str:
    return "\n".join(filter(None, lines))[:max_chars].strip()


def _passage(lines: Iterable[str], max_chars: int) -> Passage:
    text = _bounded(lines, max_chars)
    digest = hashlib.blake2b(text.encode("utf-8", errors="replace"), digest_size=16).hexdigest()
    return Passage(PassageHash(digest), text)


def _title(chunk: Chunk) -> str:
    """`method session expire` for Session.expire: the name as a person would say it."""
    words = " ".join(split_identifier(chunk.symbol))
    if not words or chunk.kind in _NAMELESS:
        return words
    return f"{chunk.kind.value} {words}"


def _headers(chunk: Chunk) -> list[str]:
    """Enclosing headers; a part of a long definition begins with that definition's own signature too."""
    headers = [_squeezed(header) for header in chunk.headers]
    if chunk.part_idx and chunk.signature:
        headers.append(_squeezed(chunk.signature))
    text = (chunk.plain or chunk.text).lstrip()
    return [header[:MAX_HEADER_CHARS] for header in headers if not text.startswith(header)]


def _code_lines(chunk: Chunk, doc: str) -> list[str]:
    """Lines of the code without indentation beyond its shape, and without what is said already or says nothing."""
    lines = (chunk.plain or chunk.text).splitlines()
    if not chunk.symbol:
        lines = _without_preamble(lines)
    said = {_bare(line) for line in chunk.doc.splitlines()} if doc else set()
    said.discard("")
    return _squeezed_lines(line for line in lines if _bare(line) not in said)


def _without_preamble(lines: Sequence[str]) -> list[str]:
    """A block without its licence comment and imports; unchanged where nothing else is in it."""
    comment = list(takewhile(lambda line: not line.strip() or _COMMENT.match(line), lines))
    rest = lines[len(comment) :] if any(map(_LICENCE.search, comment)) else lines
    telling = [line for line in rest if not _IMPORT.match(line)]
    return telling if any(map(_bare, telling)) else list(lines)


def _bare(line: str) -> str:
    """A line without the marks around it, for comparing a comment with its text."""
    return _squeezed(_MARKS.sub("", line))


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _squeezed_lines(lines: Iterable[str]) -> list[str]:
    """Lines without indentation, blank lines and lines of marks only: a WordPiece model does not see white space."""
    squeezed = (_SPACES.sub(" ", line.strip()) for line in lines)
    return [line for line in squeezed if any(map(str.isalnum, line))]
