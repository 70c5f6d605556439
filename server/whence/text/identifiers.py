"""Split identifiers into their words, whatever convention they follow. Knows nothing of stems, languages or search."""

from __future__ import annotations

import re

_RUN = re.compile(r"[^\W_]+")
"""A run of letters and digits of any script: everything else separates."""

_JOINED = re.compile(
    r"OAuth|GraphQL|GitHub|GitLab|JavaScript|TypeScript|PostgreSQL|MySQL|SQLite|YouTube|LaTeX"
    r"|jQuery|macOS|iOS|gRPC|iPhone|iPad"
)
"""Names that are written with capitals inside and are one word to everybody: people type "oauth", not "o auth"."""

_SHORT_TAIL = 3
"""Letters after a number begin a word from this length on: sha256 sum, but i18n, k8s, utf8mb4."""


def split_identifier(word: str) -> list[str]:
    """Split an identifier or a path into lower-case parts, in order.

    Understands camelCase, PascalCase, acronyms (`HTTPServer` is http, server; `userIDs` is user, ids), snake_case,
    kebab-case and paths. Digits stay with the letters before them: sha256, utf8, base64, v2 and int32 are
    one part each.

    Returns:
        Parts without separators; joined they are the letters and digits of `word` in lower case. Splitting a part again
        gives that part alone. Empty for text without letters and digits.
    """
    parts: list[str] = []
    for run in _RUN.findall(_JOINED.sub(lambda found: found[0].capitalize(), word)):
        start = 0
        has_boundaries = not (
            run.isalpha() and (run.islower() or run.isupper())
        )  # most runs have none: look no further
        for end in range(1, len(run) if has_boundaries else 0):
            if _is_boundary(run, end):
                parts.append(run[start:end])
                start = end
        parts.append(run[start:])
    lowered = (_lowered(part) for part in parts)
    return [part for part in lowered if part]


def _is_boundary(run: str, idx: int) -> bool:
    """True when a new part begins at `idx` of a run of letters and digits."""
    before, here = run[idx - 1], run[idx]
    if _is_digit(here):
        return False
    if _is_digit(before):
        return here.isupper() or _n_letters_from(run, idx) >= _SHORT_TAIL
    if not here.isupper():
        return False
    return not before.isupper() or _begins_word_after_acronym(run, idx)


def _begins_word_after_acronym(run: str, idx: int) -> bool:
    """True at the S of HTTPServer, False at the D of IDs."""
    after = run[idx + 1 : idx + 2]
    if not after.islower():
        return False
    is_plural = after == "s" and not run[idx + 2 : idx + 3].islower()
    return not is_plural


def _n_letters_from(run: str, idx: int) -> int:
    """How many letters that are not capitals follow, counted no further than matters."""
    n_letters = 0
    for letter in _lowered(run[idx : idx + _SHORT_TAIL]):
        if _is_digit(letter):
            break
        n_letters += 1
    return n_letters


def _is_digit(letter: str) -> bool:
    return letter.isnumeric() and not letter.isalpha()


def _lowered(part: str) -> str:
    """Lower case; a few letters gain a combining mark by that, which is no letter and goes."""
    lower = part.lower()
    return lower if lower.isalnum() else "".join(filter(str.isalnum, lower))
