"""Puts the sentence of a doc comment as somebody would type it into a search box.

Doc comments are written in whole sentences; what is searched for is typed in a few words, without articles and without
capitals, and often with the language beside it.
"""

from __future__ import annotations

import random
import re

MAX_TYPED = 12
"""Words; nobody types more."""

ARTICLE_LEFT_OUT = 0.7
LANGUAGE_NAMED = 0.3

_WORD = re.compile(r"[A-Za-z0-9_]+(?:['.+#-][A-Za-z0-9_]+)*[+#]*")
_ARTICLES = frozenset({"a", "an", "the"})
_SPOKEN = {"cpp": "c++", "csharp": "c#", "tsx": "typescript", "bash": "shell"}
_THIRD_PERSON = re.compile(r"(?<=[^aeious])s$|(?<=[aeo])s$|(?<=ss)es$|(?<=sh)es$|(?<=ch)es$")


def typed(sentence: str, language: str, chance: random.Random) -> str:
    """A few words in lower case: `Returns the length of a path.` may become `python return length of path`."""
    words = [word.lower() for word in _WORD.findall(sentence)]
    if not words:
        return sentence
    words[0] = _THIRD_PERSON.sub("", words[0]) if len(words[0]) > 4 else words[0]
    if chance.random() < ARTICLE_LEFT_OUT:
        words = [word for word in words if word not in _ARTICLES] or words
    words = words[:MAX_TYPED]
    if chance.random() < LANGUAGE_NAMED:
        name = _SPOKEN.get(language, language)
        words = [name, *words] if chance.random() < 0.7 else [*words, "in", name]
    return " ".join(words)
