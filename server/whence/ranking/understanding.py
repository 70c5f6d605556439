"""What a query asks for: its shape, its words, and the symbols, kinds, languages, roles and paths it names.

Never fails, whatever is typed or pasted. Knows nothing of any index.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

import attrs

from whence.domain import Kind
from whence.ranking.roles import Role
from whence.text.passages import passage_of_snippet
from whence.text.words import query_words, spellings_of

_Value = TypeVar("_Value")

MAX_CHARS = 8_000
"""Of a longer paste the beginning says enough."""

MAX_WORDS = 64
"""Distinct words looked up: a full-text query costs time for each, and the first tell most."""


class Shape(str, enum.Enum):
    """How a query is put."""

    SYMBOL = "symbol"
    SNIPPET = "snippet"
    NATURAL = "natural"
    MIXED = "mixed"
    """Natural language that names a symbol."""


MAX_SUBJECT_WORDS = 9
"""Of a question in natural language; a longer one describes."""


@attrs.frozen
class QueryForm:
    """A query, understood. Every sequence is without repetitions and in the order of the text."""

    text: str
    shape: Shape
    passage: str = ""
    """What is embedded for it: of a snippet, what chunks have too, so neither licence nor imports."""
    words: tuple[str, ...] = ()
    """Stems without the words of a question: what full text is asked for."""
    raw_words: tuple[str, ...] = ()
    """The words behind the stems, in lower case as typed."""
    spellings: Mapping[str, str] = attrs.field(factory=dict, eq=False)
    """Stems with the words behind them, for telling a person what was found."""
    symbols: tuple[str, ...] = ()
    """Symbols asked for, as typed, parts joined by '.': `Engine.run`."""
    symbol_names: tuple[str, ...] = ()
    """The symbols and their last parts: what the index is asked to look up."""
    kinds: tuple[Kind, ...] = ()
    languages: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    paths: tuple[str, ...] = ()
    """Files and folders named, with '/'."""

    @property
    def is_of_one_place(self) -> bool:
        """True of a long question, which tells one place from others; a short one names a subject."""
        return self.shape in {Shape.NATURAL, Shape.MIXED} and len(self.text.split()) > MAX_SUBJECT_WORDS

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to look for by words."""
        return not self.words


_IDENTIFIER = r"[^\W\d][\w$]*"
_QUALIFIED = re.compile(rf"[@$]?{_IDENTIFIER}(?:(?:\.|::|->|#|\\){_IDENTIFIER})*[!?]?(?:\(\))?")
_SEPARATOR = re.compile(r"::|->|#|\\|\.")
_QUOTED = re.compile(r"[`'\"]([^`'\"\n]{2,80})[`'\"]")
_HUMP = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")
_PROPER_NAME = re.compile(r"(?<=[\w,;:)] )[A-Z][a-z]{2,}\d*(?![\w.])")
_PATH = re.compile(r"(?:[\w.@-]+/)+[\w.@-]*|[\w-]+(?:\.[\w-]+)*\.[a-z][a-z0-9]{0,5}\b")
_WORD = re.compile(r"[^\W_]{2,}")
_CODE_SIGN = re.compile(r"[{}();=<>\[\]&|+*]")
_CODE_LINE = re.compile(
    r"[;{}]\s*$|^\s*(?:def|fn|func|class|import|from|return|if|for|const|let|var|public|#include)\b.*[:;({]",
    re.MULTILINE,
)

MIN_CODE_SIGNS = 4
MIN_CODE_SHARE = 0.06
"""Signs of code in a text, absolute and of all its characters, from which on it is read as code."""

_ENDINGS = """
py pyi js jsx ts tsx mjs cjs go rs java c h cc cpp hpp cs rb php kt swift scala lua sh bash hs ex exs zig ml r jl dart
pl m ps1 sql html css vue svelte md rst ipynb yml yaml toml json tf txt ini cfg xml
"""
_FILE_ENDINGS = frozenset(_ENDINGS.split())

_KIND_WORDS = {
    "function": Kind.FUNCTION,
    "functions": Kind.FUNCTION,
    "func": Kind.FUNCTION,
    "method": Kind.METHOD,
    "methods": Kind.METHOD,
    "constructor": Kind.CONSTRUCTOR,
    "class": Kind.CLASS,
    "classes": Kind.CLASS,
    "struct": Kind.STRUCT,
    "structs": Kind.STRUCT,
    "interface": Kind.INTERFACE,
    "interfaces": Kind.INTERFACE,
    "trait": Kind.TRAIT,
    "traits": Kind.TRAIT,
    "enum": Kind.ENUM,
    "enums": Kind.ENUM,
    "constant": Kind.CONSTANT,
    "constants": Kind.CONSTANT,
    "macro": Kind.MACRO,
    "macros": Kind.MACRO,
}

_ROLE_WORDS = {
    Role.TEST: "test tests testing tested unittest spec specs fixture fixtures mock mocks",
    Role.DOCS: "doc docs documentation documented readme guide changelog manual",
    Role.EXAMPLE: "example examples sample samples demo demos tutorial",
    Role.BENCHMARK: "bench benchmark benchmarks",
    Role.VENDORED: "vendored vendor",
    Role.GENERATED: "generated",
    Role.STUB: "stub stubs declarations",
    Role.CONFIG: "config configuration settings setting ci dockerfile makefile workflow yaml toml",
}
_ROLE_OF_WORD = {word: role for role, words in _ROLE_WORDS.items() for word in words.split()}

_LANGUAGES = """
python javascript typescript rust java ruby php kotlin swift scala lua bash haskell elixir zig ocaml julia dart perl
powershell sql html css vue svelte markdown yaml toml csharp cpp
"""
_LANGUAGE_OF_WORD = {name: name for name in _LANGUAGES.split()} | {
    "c#": "csharp",
    "c++": "cpp",
    "golang": "go",
    "objective-c": "objc",
    "shell": "bash",
}
_LANGUAGE_WORD = re.compile(r"(?<![\w.])(?:c#|c\+\+|objective-c|[a-z]+)(?![\w.])", re.IGNORECASE)


def understand(text: str) -> QueryForm:
    """Understand a query. Text without a word gives a form without words."""
    text = text[:MAX_CHARS].strip()
    is_code = _is_code(text)
    passage = passage_of_snippet(text) if is_code else text
    raw_words = tuple(dict.fromkeys(word.lower() for word in _WORD.findall(passage)))[:MAX_WORDS]
    symbols = () if is_code else _symbols_of(text)
    shape = _shape_of(text, symbols, is_code=is_code)
    if shape in {Shape.NATURAL, Shape.MIXED}:
        symbols = tuple(dict.fromkeys((*symbols, *_proper_names(text))))[:MAX_WORDS]
    languages = () if is_code else _languages_of(text)
    return QueryForm(
        text=text,
        shape=shape,
        passage=passage,
        words=query_words(passage)[:MAX_WORDS],
        raw_words=raw_words,
        spellings=spellings_of(passage),
        symbols=symbols,
        symbol_names=_names_to_look_up(symbols),
        kinds=() if is_code else _distinct(_KIND_WORDS.get(word) for word in raw_words),
        languages=languages,
        roles=() if is_code else _distinct(_ROLE_OF_WORD.get(word) for word in raw_words),
        paths=() if is_code else _paths_of(text),
    )


def _is_code(text: str) -> bool:
    """True for a pasted piece of code, not for a sentence that names some."""
    n_signs = len(_CODE_SIGN.findall(text))
    if n_signs < MIN_CODE_SIGNS:
        return "\n" in text and len(_CODE_LINE.findall(text)) > 1
    return n_signs >= MIN_CODE_SHARE * len(text) or len(_CODE_LINE.findall(text)) > 1


def _shape_of(text: str, symbols: tuple[str, ...], *, is_code: bool) -> Shape:
    if is_code:
        return Shape.SNIPPET
    if not symbols:
        return Shape.NATURAL
    n_words = len(text.split())
    return Shape.SYMBOL if n_words <= len(symbols) else Shape.MIXED


def _symbols_of(text: str) -> tuple[str, ...]:
    """Symbols by their looks, by quotes, or because the whole query is one word."""
    quoted = [found for found in _QUOTED.findall(text) if _QUALIFIED.fullmatch(found)]
    tokens = [found[0] for found in _QUALIFIED.finditer(text)]
    if len(tokens) == 1 and len(text.split()) == 1:
        looked_like = [token for token in tokens if not _is_file(token)]
    else:
        looked_like = [token for token in tokens if _looks_like_symbol(token)]
    return tuple(dict.fromkeys(_joined_by_dots(token) for token in (*quoted, *looked_like)))[:MAX_WORDS]


def _proper_names(text: str) -> list[str]:
    """Capitalised words inside a sentence, which may be types: `Foldable` in "how Foldable traverses"."""
    found = (match[0] for match in _PROPER_NAME.finditer(text))
    return [word for word in found if word.lower() not in _LANGUAGE_OF_WORD]


def _looks_like_symbol(token: str) -> bool:
    if token.endswith("()"):
        return True
    if _is_file(token):
        return False
    last = _SEPARATOR.split(token)[-1]
    if last != token:
        return len(last) > 1
    return "_" in token.strip("_") or _HUMP.search(token) is not None


def _joined_by_dots(token: str) -> str:
    return _SEPARATOR.sub(".", token.removesuffix("()").lstrip("@$"))


def _names_to_look_up(symbols: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for symbol in symbols for name in (symbol, symbol.rpartition(".")[2])))


def _is_file(token: str) -> bool:
    base, dot, ending = token.rpartition(".")
    return bool(dot and base) and ending.lower() in _FILE_ENDINGS


def _paths_of(text: str) -> tuple[str, ...]:
    found = (match.strip("./") for match in _PATH.findall(text.replace("\\", "/")))
    return tuple(dict.fromkeys(path for path in found if "/" in path or _is_file(path)))[:MAX_WORDS]


def _languages_of(text: str) -> tuple[str, ...]:
    return _distinct(_LANGUAGE_OF_WORD.get(word.lower()) for word in _LANGUAGE_WORD.findall(text))


def _distinct(values: Iterable[_Value | None]) -> tuple[_Value, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))
