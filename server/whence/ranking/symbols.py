"""How well a chunk's symbol answers to a symbol that is asked for."""

from __future__ import annotations

import re
from functools import lru_cache

from whence.domain import ChunkRecord, Kind

EXACT = 1.0
OTHER_CASE = 0.9
OTHER_CONVENTION = 0.8
"""`parse_config` for parseConfig."""
MEMBER = 0.8
"""The method `run` of something, where `run` was asked for: a thing of that name by itself comes first."""
OTHER_OWNER = 0.5
"""`run` of something else where `Engine.run` was asked for."""
OWNER = 0.25
"""Engine itself, where `Engine.run` was asked for."""

_MEMBERS = frozenset({Kind.METHOD, Kind.CONSTRUCTOR, Kind.FIELD})

_SEPARATORS = re.compile(r"[\W_]+")


def symbol_grade(asked: str, record: ChunkRecord) -> float:
    """Grade in [0, 1] of a chunk as the answer to a symbol with parts joined by '.'; 0 where it has another name."""
    if not record.symbol:
        return 0.0
    symbol = record.symbol.replace("::", ".")
    owner, _dot, last = asked.rpartition(".")
    grade = max(_grade(asked, symbol), _grade(asked, symbol[-len(asked) :]) if symbol.endswith("." + asked) else 0.0)
    if not owner:
        return (MEMBER if record.kind in _MEMBERS and symbol != asked else 1.0) * max(grade, _grade(asked, record.name))
    tail = ".".join(symbol.split(".")[-asked.count(".") - 1 :])
    grade = max(grade, _grade(asked, tail), OTHER_OWNER * _grade(last, record.name))
    return max(grade, OWNER * _grade(owner, symbol))


def _grade(asked: str, name: str) -> float:
    if asked == name:
        return EXACT
    if asked.casefold() == name.casefold():
        return OTHER_CASE
    return OTHER_CONVENTION if name_key(asked) and name_key(asked) == name_key(name) else 0.0


@lru_cache(4_096)
def name_key(name: str) -> str:
    """A name without its convention: what separates its words gone, all in one case."""
    return _SEPARATORS.sub("", name).casefold()
