"""Hides words of code from the model, so that it learns what code does and not how it is spelled.

Doc comments share their words with the code below them; a model trained on them as they stand learns to match words,
which full text does already.
"""

from __future__ import annotations

import random
import re

from training.corpus import last_name
from whence.text.identifiers import split_identifier
from whence.text.words import STOP_WORDS

HIDDEN_PART = 0.85
"""Chance that a part of an identifier is dropped whose stem the query has."""

HIDING_PAIR = 0.6
"""Chance that words are hidden in a pair at all: full text is not at hand for each query."""

NAME_HIDDEN = 0.4

STEM_CHARS = 5
"""Words are taken for the same from so many equal letters on."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPACES = re.compile(r"[ \t]{2,}")


def stems(text: str) -> frozenset[str]:
    """Beginnings of the words that say something, of prose and identifiers alike."""
    parts = (part for word in _IDENTIFIER.findall(text) for part in split_identifier(word))
    return frozenset(part[:STEM_CHARS] for part in parts if len(part) > 2 and part not in STOP_WORDS)


def hide_shared(query: str, passage: str, chance: random.Random, share: float = HIDDEN_PART) -> str:
    """The passage with identifiers' parts left out, each with chance `share`, that the query says too."""
    shared = stems(query) & stems(passage)
    if not shared:
        return passage

    def thinned(match: re.Match[str]) -> str:
        parts = split_identifier(match[0])
        kept = [part for part in parts if part[:STEM_CHARS] not in shared or chance.random() >= share]
        return match[0] if len(kept) == len(parts) else "_".join(kept)

    return _SPACES.sub(" ", _IDENTIFIER.sub(thinned, passage))


def hide_name(passage: str, symbol: str) -> str:
    """The passage without its title's words and without the symbol's last name wherever it stands."""
    name = last_name(symbol)
    title, _, code = passage.partition("\n")
    kind = title.split(" ", 1)[0]
    return f"{kind}\n" + re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "it", code) if name else passage


def blurred(query: str, passage: str, symbol: str, chance: random.Random) -> str:
    """A passage as it is trained on: shared words hidden in three of five, the name in two of five."""
    if chance.random() < NAME_HIDDEN:
        passage = hide_name(passage, symbol)
    return hide_shared(query, passage, chance) if chance.random() < HIDING_PAIR else passage
