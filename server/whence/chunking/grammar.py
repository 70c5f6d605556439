"""The one place that knows tree-sitter: load a grammar, parse within a limit, run a query.

Parsers are native code that runs on whatever lies in a workspace, so every parse stops after a number of steps
that grows with the source: steps, so that the same bytes give the same chunks on a slow machine and on a fast one, and
processor seconds only as a backstop that nothing but hostile input reaches.
Grammars load on first use; a grammar that the platform lacks is None, never an error.
"""

from __future__ import annotations

import time
from functools import cache
from importlib import resources
from itertools import accumulate
from typing import TYPE_CHECKING

from whence.chunking.language import Language

if TYPE_CHECKING:
    import tree_sitter

    Matches = list[tuple[int, dict[str, list[tree_sitter.Node]]]]

MAX_PARSE_BYTES = 4 << 20
"""Larger sources are chunked by lines: the default size limit of files is 1 MiB, a person may raise it."""

STEPS_BASE = 1_000
STEPS_PER_BYTE = 0.03
"""Callbacks a parse may take, one every 100 operations. Python's standard library takes 0.005 a byte."""

MAX_CPU_S = 4.0
"""Backstop where error recovery makes single steps slow: 1 MiB of code takes 0.25 s, 1 MiB of `x = (` 17 s as Go."""

WATCHED_BYTES = 64 << 10
"""Sources from this size on are parsed under the limit, which takes a callback that hands out the source in pieces.
py-tree-sitter 0.26.1 never frees a piece, so smaller ones, which cannot take long, are parsed without."""

MAX_DEPTH = 2_000
"""Sources with more brackets open at once are chunked by lines: 60 KB of `[` take Lua's parser 45 s. Code has less than
50. A depth and not a time, so that the same bytes give the same chunks on a slow machine and on a fast one."""

READ_BYTES = 512
"""How much of a source is handed out at a time. Some scanners (Scala's) ask for a piece at every token: with the whole
rest of the source as a piece, a 500 KB source took 4 GB."""

MATCH_LIMIT = 256
"""Partial matches a query keeps at a time, as in Neovim: on Python's standard library the chunks are those of 4,096."""

MAX_BARE_TOKENS = 5_000
"""Unnamed children (brackets, commas) that a node may have beyond its named ones. Real code has one or two for each
named child; a query looks at every later sibling of each until it finds a named one: 100,000 of them take 15 s."""

_UNUSABLE = frozenset({"cobol"})
"""Parsers that never return on some inputs, whatever the limit: it is checked by the parser itself."""


@cache
def load_grammar(name: str) -> tree_sitter.Language | None:
    """The grammar of a parser name, or None where the platform has none that works."""
    if name in _UNUSABLE:
        return None
    try:
        import tree_sitter
        import tree_sitter_language_pack as pack

        return tree_sitter.Language(pack.get_binding(name))  # type: ignore[arg-type]  # a Literal of all names upstream
    except (ImportError, LookupError, OSError, ValueError, TypeError):
        return None


@cache
def load_query(grammar: str, names: str) -> tree_sitter.Query:
    """The compiled query files of a language, in the order of their names.

    Raises:
        tree_sitter.QueryError: a query file does not fit the grammar; a test compiles all of them.
    """
    import tree_sitter

    language = load_grammar(grammar)
    assert language is not None, grammar
    folder = resources.files("whence.chunking") / "queries"
    texts = [(folder / f"{name}.scm").read_text(encoding="utf-8") for name in names.split("+")]
    query: tree_sitter.Query = tree_sitter.Query(language, "\n".join(texts))
    return query


def parse(data: bytes, grammar: str) -> tree_sitter.Tree | None:
    """The syntax tree of a source, or None where there is no grammar or the limit is reached."""
    language = load_grammar(grammar)
    if language is None or len(data) > MAX_PARSE_BYTES or _is_deep(data):
        return None
    import tree_sitter

    if len(data) < WATCHED_BYTES:
        tree = tree_sitter.Parser(language).parse(data)
        return None if _is_token_heap(tree) else tree
    reader = _Reader(data)
    budget = _Budget(len(data))
    try:
        tree = tree_sitter.Parser(language).parse(
            reader.read, progress_callback=lambda _offset, _has_error: budget.is_spent()
        )
    except ValueError:  # stopped by the budget
        return None
    return None if _is_token_heap(tree) else tree


def find_matches(tree: tree_sitter.Tree, language: Language) -> Matches:
    """All matches of a language's query in a tree, up to the limit of what a query keeps in mind."""
    import tree_sitter

    # No progress callback: py-tree-sitter 0.26.1 crashes the process when a query gets one.
    cursor = tree_sitter.QueryCursor(load_query(language.grammar, language.query), match_limit=MATCH_LIMIT)
    return cursor.matches(tree.root_node)


def _is_deep(data: bytes) -> bool:
    """True when more than MAX_DEPTH brackets are open somewhere, whatever kind and wherever they stand."""
    brackets = data.translate(_AS_OPENED_AND_CLOSED, _NO_BRACKETS)
    if brackets.count(b"(") <= MAX_DEPTH:
        return False
    return max(accumulate(1 if bracket == _OPENED else -1 for bracket in brackets)) > MAX_DEPTH


_OPENED = ord("(")
_AS_OPENED_AND_CLOSED = bytes.maketrans(b"[{]}", b"(())")
_NO_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))


def _is_token_heap(tree: tree_sitter.Tree) -> bool:
    """True when a node holds more bare tokens than a query gets through in time, as error recovery leaves them."""
    cursor = tree.walk()
    while True:
        node = cursor.node
        assert node is not None
        if node.end_byte - node.start_byte > MAX_BARE_TOKENS:
            n_named = node.named_child_count
            if node.child_count - n_named > 2 * n_named + MAX_BARE_TOKENS:
                return True
            if cursor.goto_first_child():
                continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return False


class _Reader:
    """Hands a source to the parser and to the predicates of a query, piece by piece.

    A tree parsed through a callback reads node texts through it, too. It must give bytes: a memoryview crashes 0.26.1.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, offset: int, _point: object) -> bytes:
        return self._data[offset : offset + READ_BYTES]


class _Budget:
    """Counts down the steps of one parse; touched by the thread that runs it only."""

    def __init__(self, n_bytes: int) -> None:
        self._left = STEPS_BASE + int(STEPS_PER_BYTE * n_bytes)
        self._stop_at_s = time.thread_time() + MAX_CPU_S

    def is_spent(self) -> bool:
        """Take one step; True when none is left, which tells tree-sitter to stop."""
        self._left -= 1
        if time.thread_time() > self._stop_at_s:
            self._left = 0
        return self._left <= 0
