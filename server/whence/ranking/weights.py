"""How much each cause counts in a hit's score: one table a query shape, ready to be replaced by a learned one."""

from __future__ import annotations

import attrs

from whence.ranking.roles import Role
from whence.ranking.understanding import Shape


@attrs.frozen
class Weights:
    """Shares of a perfect hit in natural language add up to about 1; a queried symbol comes on top.

    Chosen on the development repositories, see benchmarks/results/2026-11-21-ranking-first.md.
    """

    meaning: float = 0.36
    words: float = 0.25
    coverage: float = 0.10
    names: float = 0.14
    path: float = 0.16
    file: float = 0.10
    symbol: float = 0.25
    definition: float = 0.03
    asked_for: float = 0.05
    """For each kind, language or path that the query names."""

    not_a_definition: float = 0.4
    """What is left of a symbol's share in a chunk that bears the name but is a field, a section, a test …"""
    test: float = 0.65
    """From here: what is left of a hit's score in a file of that role, unless the query asks for the role."""
    example: float = 0.75
    benchmark: float = 0.75
    vendored: float = 0.50
    generated: float = 0.50
    stub: float = 0.80
    docs: float = 0.60
    config: float = 0.90

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
        """The same scale for an index that has no vectors yet: words take over."""
        both = self.words + self.coverage
        scale = (both + self.meaning) / both if both else 1.0
        return attrs.evolve(self, meaning=0.0, words=self.words * scale, coverage=self.coverage * scale)


_NATURAL = Weights()
_SYMBOL = Weights(meaning=0.20, words=0.25, coverage=0.10, names=0.25, symbol=0.60)
_SNIPPET = Weights(meaning=0.50, words=0.35, coverage=0.15, names=0.0, path=0.0)


def weights_for(shape: Shape) -> Weights:
    """The table for a query's shape."""
    if shape is Shape.SYMBOL:
        return _SYMBOL
    return _SNIPPET if shape is Shape.SNIPPET else _NATURAL
