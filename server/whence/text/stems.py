"""English stems, so that "expires", "expired" and "expiring" are one word to full-text search."""

from __future__ import annotations

import threading
from functools import lru_cache

from Stemmer import Stemmer

N_REMEMBERED = 65_536
"""Words whose stem is kept: more than the distinct words of most code bases, at about 150 bytes each."""

_stemmer = Stemmer("english", 0)  # without a cache of its own: `stem` keeps one
_lock = threading.Lock()
"""The stemmer keeps the word it works on in itself, so two threads must not be inside at once."""


@lru_cache(N_REMEMBERED)
def stem(word: str) -> str:
    """Porter2 stem of a lower-case word; words of other scripts and words with digits come back as they are."""
    if not (word.isascii() and word.isalpha()):
        return word
    with _lock:
        stemmed: str = _stemmer.stemWord(word)
    return stemmed
