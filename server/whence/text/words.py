"""The words full-text search sees: identifiers split and stemmed, the same way for chunks, names and queries.

Knows nothing of how words are indexed or scored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, islice

from whence.text.identifiers import split_identifier
from whence.text.stems import N_REMEMBERED, stem

MAX_WORDS = 3_000
"""Words kept of one chunk: several times what the longest chunk of written code has; only data runs into it."""

MAX_WORD_CHARS = 40
"""The full-text index drops longer words, so they are not made."""

_QUESTION_WORDS = """
a an and any anything are as at be been being but by can code could did do does doing done exactly find for
from get gets give given happen happening happens has have how i if in into is it its let lets look me my of
on one or our piece place please see should show so some somewhere tell than that the their them then there
these they thing this those to us used using want was we were what when where whether which while who whom why
will with would you your
"""

STOP_WORDS = frozenset(_QUESTION_WORDS.split())
"""Words of questions that say nothing of the code that is asked for. They count when a query has no others."""

_TOKEN = re.compile(r"\w{2,}|[^\W\d_a-zA-Z]")
"""Identifiers and numbers; a single character only where it may be a word, outside ASCII."""

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
"""Scripts written without spaces: indexed by pairs of characters."""

_HEX = re.compile(r"(?:0x)?(?=[a-f]*[0-9])[0-9a-f]{12,}", re.IGNORECASE)
_BLOB_CHARS = 24
_BLOB_PART_CHARS = 2.6
_BLOB_PART_CHARS_WITH_DIGITS = 3.6
"""A long token that falls into very short parts is encoded data, not a name; digits make that likelier."""


def words_of(text: str) -> str:
    """Stems of a text in order, with repetitions, separated by spaces.

    An identifier of several parts gives its parts and itself in one word: `parseConfigs` and `parse_configs` both give
    "pars config parseconfig". Single letters, hashes and encoded data give nothing.
    """
    return " ".join(islice(_words(text), MAX_WORDS))


def names_of(symbol: str, path: str) -> str:
    """Stems of a chunk's symbol and of its path without the ending, in the form of `words_of`."""
    return " ".join(islice(chain(_words(symbol), _words(_without_ending(path))), MAX_WORDS))


def query_words(text: str) -> tuple[str, ...]:
    """Distinct stems of a query in order, without the words of a question where others are left."""
    telling = _TOKEN.findall(text)
    asked = [token for token in telling if token.lower() not in STOP_WORDS]
    return tuple(dict.fromkeys(islice(_words_of_tokens(asked or telling), MAX_WORDS)))


def spellings_of(text: str) -> dict[str, str]:
    """For each stem a text gives, the word behind it in lower case, as a person would recognise it."""
    spellings: dict[str, str] = {}
    for token in _TOKEN.findall(text):
        for part in (*split_identifier(token), token.lower()):
            spellings.setdefault(stem(part), part)
    return spellings


def _words(text: str) -> Iterable[str]:
    return _words_of_tokens(_TOKEN.findall(text))


def _words_of_tokens(tokens: Iterable[str]) -> Iterable[str]:
    return chain.from_iterable(map(_words_of_token, tokens))


@lru_cache(N_REMEMBERED)
def _words_of_token(token: str) -> tuple[str, ...]:
    """The words one identifier gives; none for noise."""
    if not token.isascii() and _WIDE.search(token):
        return tuple(_wide_words(token))
    parts = split_identifier(token)
    if _is_noise(token, parts):
        return ()
    words = [stem(part) for part in parts if _is_word(part)]
    whole = "".join(parts)
    if len(parts) > 1 and _is_word(whole):
        words.append(stem(whole))
    return tuple(words)


def _wide_words(token: str) -> Iterable[str]:
    start = 0
    for found in _WIDE.finditer(token):
        yield from _words_of_token(token[start : found.start()])
        run = found[0]
        yield from (run[idx : idx + 2] for idx in range(max(1, len(run) - 1)))
        start = found.end()
    yield from _words_of_token(token[start:])


def _is_word(part: str) -> bool:
    return 1 < len(part) <= MAX_WORD_CHARS or (len(part) == 1 and not part.isascii())


def _is_noise(token: str, parts: list[str]) -> bool:
    if _HEX.fullmatch(token):
        return True
    if len(token) < _BLOB_CHARS or "_" in token:
        return False
    has_digits = any(map(str.isdigit, token))
    return len(token) < (_BLOB_PART_CHARS_WITH_DIGITS if has_digits else _BLOB_PART_CHARS) * len(parts)


def _without_ending(path: str) -> str:
    """`src/session.test.ts` without `.ts`; a name that begins with its only dot keeps it."""
    folder, slash, name = path.rpartition("/")
    base, dot, _ending = name.rpartition(".")
    return folder + slash + (base if dot and base else name)
