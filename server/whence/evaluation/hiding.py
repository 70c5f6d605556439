"""Blank the doc comments of a source out, so that they can be asked for without standing where is searched.

Words become spaces, marks and quotes around them stay: the source keeps its lines, its bytes' places and its syntax,
so a docstring that is all of a function's body still is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from whence.chunking.chunker import Definition, outline
from whence.domain import Source

_WORD_OR_FENCE = re.compile(
    # The words that begin and end a comment in Ruby and Perl.
    rb"(?P<fence>^=(?:begin|end|head\d|item|over|back|cut|pod|for)\b)"
    # What stands between the first and the last word of a line, its marks before and behind left.
    rb"|[A-Za-z0-9_\x80-\xff](?:[^\n]*[A-Za-z0-9_\x80-\xff])?",
    re.MULTILINE,
)


def hide_docs(source: Source, definitions: Sequence[Definition] | None = None) -> Source:
    """The source without the words of its definitions' doc comments; `definitions` if its outline is known already."""
    found = outline(source) if definitions is None else definitions
    ranges = {piece for definition in found for piece in definition.doc_ranges}
    if not ranges:
        return source
    data = bytearray(source.data)
    for start, end in ranges:
        data[start:end] = _WORD_OR_FENCE.sub(_blank, source.data[start:end])
    return attrs.evolve(source, data=bytes(data))


def _blank(match: re.Match[bytes]) -> bytes:
    return match[0] if match["fence"] else b" " * len(match[0])
