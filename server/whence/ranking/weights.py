"""How much each cause counts in a hit's score: one table a query shape, read from weights.toml, which is learned."""

from __future__ import annotations

import sys
from functools import cache
from importlib import resources

import attrs

from whence.ranking.roles import Role
from whence.ranking.understanding import Shape

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


CAUSES = (
    *("meaning", "words", "coverage", "names", "path", "file"),
    *("symbol", "definition", "size", "entry", "eponym", "asked_for"),
)
"""The weights that add up; the others are factors."""

USUAL_AGREEMENT = 0.68
"""Of the full share of meaning, what the first hit has where it is the right one: the median over the tune suites."""


@attrs.frozen
class Weights:
    """Shares of a perfect hit in natural language add up to about 1; a queried symbol comes on top."""

    meaning: float
    words: float
    coverage: float
    names: float
    path: float
    file: float
    symbol: float
    definition: float
    size: float
    """Of a chunk that goes on for a screen and more: what is asked for is seldom a line or two."""
    entry: float
    """Of files that are a folder's entrance: index, main, mod, __init__, lib …"""
    eponym: float
    """Of definitions that their file is named after: a code base's main things are."""
    asked_for: float
    """For each kind, language or path that the query names."""

    not_a_definition: float
    """What is left of a symbol's share in a chunk that bears the name but is a field, a section, a test …"""
    test: float
    """From here: what is left of a hit's score in a file of that role, unless the query asks for the role."""
    example: float
    benchmark: float
    vendored: float
    generated: float
    stub: float
    docs: float
    config: float

    def of_role(self, role: Role) -> float:
        """The factor of a role."""
        factors = {
            Role.TEST: self.test,
            Role.EXAMPLE: self.example,
            Role.BENCHMARK: self.benchmark,
            Role.VENDORED: self.vendored,
            Role.GENERATED: self.generated,
            Role.STUB: self.stub,
            Role.DOCS: self.docs,
            Role.CONFIG: self.config,
        }
        return factors[role]

    def without_meaning(self) -> Weights:
        """The same scale for an index that has no vectors yet: words take over what right hits have of meaning."""
        both = self.words + self.coverage
        scale = (both + USUAL_AGREEMENT * self.meaning) / both if both else 1.0
        return attrs.evolve(self, meaning=0.0, words=self.words * scale, coverage=self.coverage * scale)


def weights_for(shape: Shape) -> Weights:
    """The table for a query's shape; natural language that names a symbol is natural language."""
    return _tables()[Shape.NATURAL if shape is Shape.MIXED else shape]


@cache
def _tables() -> dict[Shape, Weights]:
    text = resources.files("whence.ranking").joinpath("weights.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return {
        shape: Weights(**tables["common"], **tables[shape.value])
        for shape in (Shape.NATURAL, Shape.SYMBOL, Shape.SNIPPET)
    }
