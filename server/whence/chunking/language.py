"""What a language is to chunking: how its files are recognised and who outlines them. Knows no parser and no file."""

from __future__ import annotations

import attrs


@attrs.frozen
class Language:
    """One entry of the registry. Empty strings and tuples mean "none"."""

    name: str
    """How filters, chunks and people call it: lower case, no spaces."""
    extensions: tuple[str, ...] = ()
    """File name endings with their dot, lower case. Several languages may claim one; `telltale` then decides."""
    filenames: tuple[str, ...] = ()
    """Whole file names, compared without regard to case. `Dockerfile.*` style patterns end in `*`."""
    interpreters: tuple[str, ...] = ()
    """Programs of a `#!` line, without version numbers: `python` also recognises `python3.12`."""
    grammar: str = ""
    """Name of the parser in tree-sitter-language-pack; empty for languages outlined by Python code or not at all."""
    query: str = ""
    """File in queries/ without its ending. Several, joined by '+', are read one after the other."""
    outliner: str = ""
    """`module:function` below whence.chunking, a `bytes -> Outline`; takes the place of grammar and query."""
    plain: str = ""
    """`module:function` below whence.chunking, a `str -> str`: a chunk's text as a person reads it. Empty: as it is."""
    file_kind: str = ""
    """Value of domain.Kind: what a whole file defines under the file's own name, `module` for a component."""
    has_clauses: bool = False
    """True where several definitions of one name right after each other are one: equations, a signature before."""
    telltale: str = ""
    """Regular expression (multi-line, on the first bytes) of what only this language writes.

    Looked at when several languages claim a file: most occurrences win; without any, the first claimant without a
    telltale.
    """
