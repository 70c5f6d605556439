r"""Places in a text: LSP's line and character, in the encoding agreed on, against Whence's lines and bytes.

A line ends at \n or \r\n, as Whence counts lines. LSP ends lines at a lone \r too; where Whence reads a file or a
buffer, a lone \r becomes \n (`domain.Source`), so both agree. Form feeds, vertical tabs, U+0085 and U+2028 end a line
for Python's `splitlines` and for neither of them. Knows nothing of files and requests.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

import attrs
from lsprotocol.types import Position, PositionEncodingKind, Range

from whence.domain import Span

_LONE_CR = re.compile("\r(?!\n)")
_SURROGATE = re.compile("[\ud800-\udfff]")


@attrs.frozen
class TextPlace:
    """A place between two characters: the 1-based line and the byte offset in it, at most the length of its text."""

    line: int
    byte: int


class TextPositions:
    """Translates places of one text. Made once for a text; a line is decoded when a place in it is asked for."""

    def __init__(self, data: bytes, encoding: PositionEncodingKind) -> None:
        r"""Look at `data`, UTF-8 in which every line ends with \n or \r\n, as `domain.Source` holds it."""
        self._data = data
        self._encoding = encoding
        self._starts = list(accumulate((len(line) + 1 for line in data.split(b"\n")[:-1]), initial=0))

    @classmethod
    def of_text(cls, text: str, encoding: PositionEncodingKind) -> TextPositions:
        r"""Look at a buffer as it came from the client: lone \r are line ends, halves of characters are replaced."""
        text = _SURROGATE.sub("\ufffd", _LONE_CR.sub("\n", text))
        return cls(text.encode(), encoding)

    @property
    def n_lines(self) -> int:
        r"""Lines as LSP counts them: one more than line ends, so the text "a\n" has an empty second line."""
        return len(self._starts)

    def range_of(self, span: Span) -> Range:
        """Whole lines of a span: from the start of its first to the end of its last line's text."""
        last = self._nearest_line(span.end_line)
        return Range(
            Position(self._nearest_line(span.start_line) - 1, 0),
            Position(last - 1, self._n_units(self._line(last))),
        )

    def range_of_bytes(self, start: int, end: int) -> Range:
        """From one byte offset to another."""
        return Range(self.position_at(start), self.position_at(end))

    def position_at(self, byte: int) -> Position:
        """The position of a byte offset in the text; of one inside a character or a line end, the place before it."""
        line = bisect_right(self._starts, max(byte, 0))
        before = self._line(line)[: max(byte, 0) - self._starts[line - 1]]
        return Position(line - 1, self._n_units(before))

    def place_at(self, position: Position) -> TextPlace:
        """The line and the byte in it of a position.

        LSP lets a character beyond a line's end mean its end. A line beyond the text's end means the text's end, and a
        position inside a character means the place before it.
        """
        if position.line >= self.n_lines:
            return TextPlace(self.n_lines, len(self._line(self.n_lines)))
        line = position.line + 1
        return TextPlace(line, self._n_bytes(self._line(line), position.character))

    def byte_at(self, position: Position) -> int:
        """The byte offset in the text of a position, found as `place_at` finds it."""
        place = self.place_at(position)
        return self._starts[place.line - 1] + place.byte

    def range_of_name(self, span: Span, name: str, signature: str = "") -> Range | None:
        """Where a definition's name stands: its first whole word in the span.

        With the definition's `signature` (`domain.Chunk.signature`), the name in that, because a doc comment above a
        function often starts with the function's name. None where the name is not in the span: merged or made up.
        """
        start = self._starts[self._nearest_line(span.start_line) - 1]
        last = self._nearest_line(span.end_line)
        text = self._data[start : self._starts[last - 1] + len(self._line(last))].decode("utf-8", "replace")
        name_start = _find_name(text, name, signature)
        if name_start < 0:
            return None
        first = start + len(text[:name_start].encode())
        return self.range_of_bytes(first, first + len(name.encode()))

    def _nearest_line(self, line: int) -> int:
        return min(max(line, 1), self.n_lines)

    def _line(self, line: int) -> bytes:
        """The text of a 1-based line without its end."""
        if line == self.n_lines:
            return self._data[self._starts[-1] :]
        return self._data[self._starts[line - 1] : self._starts[line] - 1].removesuffix(b"\r")

    def _n_units(self, text: bytes) -> int:
        """What LSP counts as the length of part of a line; a character that is cut off does not count."""
        if text.isascii():
            return len(text)
        whole = text.decode("utf-8", "ignore")
        if self._encoding == PositionEncodingKind.Utf8:
            return len(whole.encode())
        if self._encoding == PositionEncodingKind.Utf32:
            return len(whole)
        return len(whole.encode("utf-16-le")) // 2

    def _n_bytes(self, line: bytes, n_units: int) -> int:
        """How many bytes of a line the first `n_units` take; a character that is cut in two does not count."""
        if line.isascii():
            return min(n_units, len(line))
        if self._encoding == PositionEncodingKind.Utf8:
            return len(line[:n_units].decode("utf-8", "ignore").encode())
        if self._encoding == PositionEncodingKind.Utf32:
            return len(line.decode()[:n_units].encode())
        return len(line.decode().encode("utf-16-le")[: 2 * n_units].decode("utf-16-le", "ignore").encode())


def _find_name(text: str, name: str, signature: str) -> int:
    """Offset of the name in the signature as it stands in the text, else of its first whole word; -1 without one."""
    if not name:
        return -1
    word = _whole_word(name)
    in_signature = word.search(signature)
    if in_signature is not None:
        # White space of a signature is folded; what follows the name may have had comments in it.
        head = r"\s+".join(map(re.escape, signature[: in_signature.end()].split()))
        if header := re.search(head, text):
            return header.end() - len(name)
    found = word.search(text)
    return found.start() if found else -1


def _whole_word(name: str) -> re.Pattern[str]:
    """Matches a name that is no part of a longer one; names such as `valid?` or `.button` end or begin anywhere."""
    before = r"(?<!\w)" if re.match(r"\w", name[0]) else ""
    after = r"(?!\w)" if re.match(r"\w", name[-1]) else ""
    return re.compile(before + re.escape(name) + after)
