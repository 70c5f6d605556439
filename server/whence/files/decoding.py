"""Raw bytes → text as UTF-8. Guesses an encoding only where the guess can be checked; knows nothing of files."""

from __future__ import annotations

import codecs
import re

import attrs

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_SAMPLE_BYTES = 8192
"""How much of a file decides whether it is text; git looks at 8,000 bytes."""

_MIN_NUL_SHARE = 0.4
"""Of every second byte: UTF-16 of mostly Latin script, as source code is, has a NUL in nearly all of them."""

_MAX_NUL_SHARE = 0.05
"""Of the other bytes, in UTF-16 text."""

_MAX_HIGH_SHARE = 0.3
"""Of bytes from 0x80 in text of an old one-byte encoding: French has 5 %, source code with such comments less.
Compressed data has half."""

_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
"""Bytes that text does not hold; bell to carriage return and escape do occur in it."""

_MAX_CONTROL_SHARE = 0.01

_HIGH = re.compile(rb"[\x80-\xff]")

_DECLARED = re.compile(rb"(?:coding|charset)[:=]\s*[\"']?([-\w.]{3,20})")
"""As in PEP 263, editors' mode lines, XML and CSS."""

_DECLARABLE = re.compile(
    r"(?:shift[-_]?jis|sjis|cp932|euc[-_]?(?:jp|kr)|cp949|gbk|gb2312|gb18030|big5|koi8[-_][rut]|mac[-_]?roman"
    r"|(?:cp|windows[-_]?)(?:125\d|437|85\d|866|874)|iso[-_]?8859[-_]\d+|latin[-_]?\d+)",
    re.IGNORECASE,
)
"""Encodings that a declaration is believed about: Python knows codecs by other names that are not for text."""


@attrs.frozen
class Decoded:
    """Text as UTF-8 without a byte order mark, and the encoding it was in."""

    data: bytes
    encoding: str


@attrs.frozen
class NotText:
    """Bytes that are no text, and why. `is_broken_text`: they claim an encoding that they do not keep to."""

    detail: str
    is_broken_text: bool = False


def decode(raw: bytes) -> Decoded | NotText:
    """Decode a file's bytes. Tried in turn: byte order mark, NUL pattern, UTF-8, one byte a letter."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return _decode_marked(raw[len(mark) :], encoding)
    sample = raw[:_SAMPLE_BYTES]
    if b"\0" in raw:
        return _decode_with_nuls(raw, sample)
    if len(_CONTROL.findall(sample)) > _MAX_CONTROL_SHARE * len(sample):
        return NotText("control characters")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_one_byte(raw, sample)
    return Decoded(raw, "utf-8")


def normalise_line_ends(data: bytes) -> bytes:
    """Turn each CR that no LF follows into a LF: same length, and every reader counts the same lines."""
    if data.count(b"\r") == data.count(b"\r\n"):
        return data
    return re.sub(rb"\r(?!\n)", b"\n", data)


def _decode_marked(raw: bytes, encoding: str) -> Decoded | NotText:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return NotText(f"it begins with the byte order mark of {encoding} but is not {encoding}", is_broken_text=True)
    if "\0" in text:
        return NotText(f"NUL characters in {encoding}")
    return Decoded(raw if encoding == "utf-8" else text.encode("utf-8"), encoding)


def _decode_with_nuls(raw: bytes, sample: bytes) -> Decoded | NotText:
    for encoding, high, low in (("utf-16-le", sample[1::2], sample[::2]), ("utf-16-be", sample[::2], sample[1::2])):
        is_likely = high.count(0) > _MIN_NUL_SHARE * len(high) and low.count(0) <= _MAX_NUL_SHARE * len(low)
        if is_likely and isinstance(decoded := _decode_marked(raw, encoding), Decoded):
            return decoded
    return NotText("NUL bytes")


def _decode_one_byte(raw: bytes, sample: bytes) -> Decoded | NotText:
    if declared := _declared_encoding(raw):
        try:
            return Decoded(raw.decode(declared).encode("utf-8"), declared)
        except (UnicodeError, LookupError):
            pass
    if len(_HIGH.findall(sample)) > _MAX_HIGH_SHARE * len(sample) or _CONTROL.search(raw):
        return NotText("neither UTF-8 nor a one-byte encoding of mostly Latin text")
    try:
        return Decoded(raw.decode("cp1252").encode("utf-8"), "cp1252")
    except UnicodeDecodeError:
        return Decoded(raw.decode("latin-1").encode("utf-8"), "latin-1")


def _declared_encoding(raw: bytes) -> str:
    declaration = _DECLARED.search(b"\n".join(raw[:400].splitlines()[:2]))
    name = declaration[1].decode("ascii", "replace") if declaration else ""
    return name.lower() if _DECLARABLE.fullmatch(name) else ""
