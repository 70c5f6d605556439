r"""Every language Whence knows, and which one a file is in. Knows no parser; loading a grammar is grammar.py's.

Adding a language takes three files:

1. One `Language(...)` entry in the list it belongs to: languages_code.py (programming languages) or languages_text.py
   (markup, styles, prose, notebooks, configuration). `language.py` says what each field means.
2. One query file queries/<query>.scm for the grammar, with the captures below. Languages that tree-sitter outlines
   badly name an `outliner` instead: a function `bytes -> Outline` in outliners/ (see outline.py) that must not raise.
3. One fixture tests/chunking/fixtures/<name>/<anything> and its golden file, written by
   `WHENCE_UPDATE_GOLDEN=1 python -m pytest tests/chunking` and then read with care.

Captures of a query file. In one pattern:

    @definition.KIND  the whole definition; KIND is a value of domain.Kind. A `function` directly in a class, struct,
                      interface, trait or enum becomes a `method` by itself.
    @name             its name; quotes around it are dropped, `::` becomes '.'. Wanted in every pattern of a definition.
                      On several nodes, their texts joined: the parts of a selector.
    @body             its body: the signature is the text before it. No @body means a declaration only (prototype,
                      constant): small ones merge with their neighbours. On the same node as @definition: all of it
                      is signature, and it stands alone (a data class).
    @rest             on the same node as @definition: it lasts to the next one with @rest or to the end of the file
                      (`package Foo;`, `namespace Foo;`). With a @body it only ends the one before.
    @scope            qualifier written in the definition itself: a Go receiver's type, `Foo` of `Foo::bar`.

As patterns of their own, found wherever they stand:

    @comment          comments. Those on the lines right before a definition are its doc comment.
    @attribute        decorators, annotations, attributes: those right before a definition belong to its span; those at
                      its very start are left out of its signature. With a @doc in the same pattern, that is its text.
    @wrapper          a node around a definition that ends where it ends (`export ...`, `template <...>`): the
                      definition takes its span.
    @doc              documentation inside a definition: a docstring. Goes to the innermost definition around it.
    @injection.NAME   bytes in another language of this registry, outlined by that one.

@definition.KIND on several sibling nodes of a pattern makes one definition of them: a signature and its body.
Two patterns that find the same @name make one definition: kind and body of the pattern that stands first in the file
(so put `test` before `function`), span of the wider one. Of two definitions with the same span the first pattern's
stays. Capture what a person would search for, not every local variable. Predicates (`#match?`, `#eq?`, `#any-of?`)
work; other names (`@_keyword`) are free to use in them. Statements need no capture: long definitions are cut where a
syntax node starts on a line of its own, at the least depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from whence.chunking.language import Language
from whence.chunking.languages_code import PROGRAMMING_LANGUAGES
from whence.chunking.languages_text import TEXT_LANGUAGES

TEXT = "text"
"""Language of everything no entry claims."""

LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {language.name: language for language in (*PROGRAMMING_LANGUAGES, *TEXT_LANGUAGES)}
)

_SHEBANG = re.compile(rb"#!\s*(\S+)([^\n]*)")
_VERSION = re.compile(r"[\d.]+$")


def language_of(path: str, first_bytes: bytes) -> str:
    """The language of a file by name, ending, `#!` line; by content where several claim it; "text" if none does."""
    name = path.rsplit("/", 1)[-1].lower()
    claimants = _BY_FILENAME.get(name) or _claimants_by_pattern(name) or _claimants_by_ending(name)
    if not claimants:
        claimants = _BY_INTERPRETER.get(_interpreter(first_bytes).lower(), [])
    if len(claimants) < 2:
        return claimants[0].name if claimants else TEXT
    return _most_telling(claimants, first_bytes.decode("utf-8", "replace")).name


def missing_grammars() -> list[str]:
    """Languages whose grammar this platform lacks, sorted; their files are chunked by lines."""
    from whence.chunking.grammar import load_grammar

    return sorted(item.name for item in LANGUAGES.values() if item.grammar and load_grammar(item.grammar) is None)


def _claimants_by_pattern(name: str) -> list[Language]:
    return [language for prefix, language in _NAME_PREFIXES if name.startswith(prefix)]


def _claimants_by_ending(name: str) -> list[Language]:
    """Longest ending first, so that `.d.ts` or `.blade.php` may have an entry of its own."""
    parts = name.split(".")
    endings = ("." + ".".join(parts[first:]) for first in range(1, len(parts)))
    return next((_BY_EXTENSION[ending] for ending in endings if ending in _BY_EXTENSION), [])


def _interpreter(first_bytes: bytes) -> str:
    """The program of a `#!` line without folder and version; empty without one."""
    shebang = _SHEBANG.match(first_bytes)
    if shebang is None:
        return ""
    words = (shebang[1] + shebang[2]).decode("utf-8", "replace").split()
    programs = [word.rsplit("/", 1)[-1] for word in words]
    if programs[0] == "env":
        programs = [word for word in programs[1:] if not word.startswith("-") and "=" not in word]
    return _VERSION.sub("", programs[0]) if programs else ""


def _most_telling(claimants: list[Language], text: str) -> Language:
    counts = [len(re.findall(item.telltale, text, re.MULTILINE)) if item.telltale else 0 for item in claimants]
    best = max(range(len(claimants)), key=lambda idx: counts[idx])
    if counts[best]:
        return claimants[best]
    return next((item for item in claimants if not item.telltale), claimants[0])


def _index(keys_of: Iterable[tuple[Language, tuple[str, ...]]]) -> dict[str, list[Language]]:
    index: dict[str, list[Language]] = {}
    for language, keys in keys_of:
        for key in keys:
            index.setdefault(key.lower(), []).append(language)
    return index


_BY_EXTENSION = _index((item, item.extensions) for item in LANGUAGES.values())
_BY_FILENAME = _index((item, item.filenames) for item in LANGUAGES.values())
_BY_INTERPRETER = _index((item, item.interpreters) for item in LANGUAGES.values())
_NAME_PREFIXES = [
    (name[:-1].lower(), item) for item in LANGUAGES.values() for name in item.filenames if name.endswith("*")
]
