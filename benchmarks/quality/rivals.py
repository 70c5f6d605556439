"""Names that answer a query better than its gold by words alone: definitions found by grep, whatever the language.

Coarse on purpose: it makes somebody look, it decides nothing. Knows no grammar.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import attrs

from whence.text.identifiers import split_identifier
from whence.text.stems import stem
from whence.text.words import STOP_WORDS

MIN_SHARED = 2
"""One word shared with a query is chance."""

_KEYWORDS = (
    "class|def|defmacro|defmodule|defp|enum|extension|fn|fun|func|function|interface|local function|macro|mixin"
    "|module|object|protocol|record|struct|trait|typedef"
)
_CANDIDATE = rf"(^|[^A-Za-z0-9_])({_KEYWORDS})[ \t]|^[-+] *\(|^[ \t]*[A-Za-z][^=;]*\(|(<-|=)[ \t]*function"
"""For git grep, wider than what is then taken as a definition; POSIX extended."""

_AFTER_KEYWORD = re.compile(
    rf"(?:^|[^\w.])(?:{_KEYWORDS})\s+(?:\([^)]*\)\s*)?(?:(?:self|[A-Za-z_][\w.:]*)[.:])?(?P<name>[A-Za-z_][\w-]*)"
)
_SELECTOR = re.compile(r"^[-+]\s*\([^)]*\)\s*(?P<name>\w+)")
_TYPED = re.compile(r"^\s+(?:(?:[\w.@]+(?:<[^()=]*>)?|<[^()=]*>)(?:\[\])?\??\s+)+(?P<name>[A-Za-z_]\w*)\s*\([^;]*$")
"""Java, C# and Dart: a type, a name, an opening parenthesis, and no statement."""

_ASSIGNED = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*(?:<-|=)\s*function\b")
_STATEMENT = re.compile(r"^\s*(?:return|new|else|throw|await|yield|raise|case|if|while|for|assert|import|use)\b")
_COMMENT = re.compile(r"^\s*(?:#|//|/?\*|--|%|;)")
_ASIDE = re.compile(
    r"(?:^|[/._-])(?:tests?|specs?|docs?|examples?|benchmarks?|fixtures?|vendor|testdata)(?:[/._-]|$)"
    r"|(?-i:[a-z](?:Tests?|Specs?)\b)",
    re.IGNORECASE,
)
"""Places nobody means: not the code that does the thing."""


@attrs.frozen
class Named:
    """A definition as grep sees it."""

    path: str
    line: int
    name: str
    stems: frozenset[str]


def stems_of_name(name: str) -> frozenset[str]:
    """Stems of an identifier's or a path's words, without those that say nothing."""
    parts = (part for part in split_identifier(name) if len(part) > 1 and part not in STOP_WORDS)
    return frozenset(map(stem, parts))


def find_rivals(named: Iterable[Named], wanted: frozenset[str], gold: frozenset[str]) -> list[Named]:
    """Definitions that bear more of the `wanted` stems than the `gold` stems do, those that bear most first."""
    floor = max(len(wanted & gold) + 1, MIN_SHARED)
    better = [one for one in named if len(wanted & one.stems) >= floor]
    return sorted(better, key=lambda one: (-len(wanted & one.stems), len(one.stems), one.path, one.line))


@lru_cache(2)
def named_definitions(repo: Path, commit: str) -> Sequence[Named]:
    """Every definition at a commit outside tests, documentation and examples."""
    command = ["git", "-C", str(repo), "grep", "-I", "-n", "-z", "-E", _CANDIDATE, commit]
    done = subprocess.run(command, capture_output=True, check=False)
    return tuple(_named(done.stdout.decode("utf-8", errors="replace"), len(commit) + 1))


def name_defined(line: str) -> str | None:
    """The name a line of code defines; None for a line that defines nothing."""
    if _COMMENT.match(line) or _STATEMENT.match(line):
        return None
    found = (pattern.search(line) for pattern in (_AFTER_KEYWORD, _SELECTOR, _TYPED, _ASSIGNED))
    return next((match["name"] for match in found if match), None)


def _named(grepped: str, n_skipped: int) -> Iterator[Named]:
    """From what git grep gives: commit, colon and path, which `n_skipped` characters begin; line number; line."""
    for row in grepped.split("\n"):
        path, _, rest = row[n_skipped:].partition("\0")
        number, _, line = rest.partition("\0")
        name = name_defined(line)
        if name is not None and not _ASIDE.search(path):
            yield Named(path, int(number), name, stems_of_name(name))
