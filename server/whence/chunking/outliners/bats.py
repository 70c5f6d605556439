"""Outline bats files: shell scripts whose tests, `@test "title" {`, are no shell. Knows how shells are outlined.

A test is shown to the shell's grammar as a function with a name of the same length, so every offset stays true.
"""

from __future__ import annotations

import re

import attrs

from whence.chunking.language import Language
from whence.chunking.outline import Lines, Mark, Outline, one_line, plain_name
from whence.chunking.structure import outline_structure
from whence.domain import Kind

_SHELL = Language(name="bats", grammar="bash", query="bash")
_TEST = re.compile(rb"^[ \t]*(@test[ \t]+([^\n{]{1,400}?))[ \t]*\{[ \t]*(?:#[^\n]*)?\r?$", re.MULTILINE)


def outline_bats(data: bytes) -> Outline:
    """Functions and tests of a bats file."""
    titles = {found.start(1): found[2].decode("utf-8", "replace") for found in _TEST.finditer(data)}
    structure = outline_structure(_TEST.sub(_as_function, data), _SHELL, Lines(data))
    if structure is None:
        return Outline()
    marks = [
        _as_test(mark, titles[mark.name_start]) if mark.name_start in titles else mark
        for mark in structure.outline.marks
    ]
    return attrs.evolve(structure.outline, marks=marks)


def _as_function(found: re.Match[bytes]) -> bytes:
    before, after = found[0][: found.start(1) - found.start()], found[0][found.end(1) - found.start() :]
    return before + b"_" * (len(found[1]) - 2) + b"()" + after


def _as_test(mark: Mark, title: str) -> Mark:
    name = plain_name(title.strip("\"'"))
    return attrs.evolve(mark, kind=Kind.TEST, name=name, signature=one_line(f"@test {title}"))
