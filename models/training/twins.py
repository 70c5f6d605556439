"""The same code in other clothes: names changed throughout, statements that may change places, lines broken anew."""

from __future__ import annotations

import random
import re

from whence.text.identifiers import split_identifier

RENAMED = 0.85
"""Chance that a name gets another."""

_IDENTIFIER = re.compile(r"(?<![\w.\"'])[A-Za-z_][A-Za-z0-9_]{1,}")
_WORD_LIST = (
    "item value data entry record result current other first last index node buffer source holder text label number "
    "marker state total bundle group packet piece thing element content given known found wanted extra inner outer "
    "left right start finish key name table list queue chunk count limit flag mode option handle view model part"
)
_KEPT_LIST = (
    "if else elif for while do end return def fn func function class struct enum trait impl interface module object "
    "public private protected static final const let var val new self this super null nil none true false import from "
    "try catch except finally raise throw throws async await yield in is not and or match case switch when then with "
    "int float double long short bool boolean string str char void byte unsigned size_t auto type typename template "
    "let mut pub use where unless begin rescue ensure local override open sealed data internal"
)
_WORDS = _WORD_LIST.split()
_KEPT = frozenset(_KEPT_LIST.split())


def disguised(passage: str, chance: random.Random) -> str:
    """The code of a passage, without its title, its names changed and a few of its lines left out or moved."""
    _, _, code = passage.partition("\n")
    lines = (code or passage).split("\n")
    names = dict.fromkeys(_IDENTIFIER.findall("\n".join(lines)))
    renamed = {
        name: _another(name, chance) for name in names if name.lower() not in _KEPT and chance.random() < RENAMED
    }
    if len(lines) > 4 and chance.random() < 0.5:
        at = chance.randrange(1, len(lines) - 1)
        lines[at], lines[at - 1] = lines[at - 1], lines[at]
    if len(lines) > 6 and chance.random() < 0.5:
        del lines[chance.randrange(1, len(lines))]
    joiner = " " if chance.random() < 0.3 else "\n"
    return _IDENTIFIER.sub(lambda match: renamed.get(match[0], match[0]), joiner.join(lines))


def _another(name: str, chance: random.Random) -> str:
    """Other words in the same convention."""
    parts = [chance.choice(_WORDS) for _ in range(max(1, min(3, len(split_identifier(name)))))]
    if "_" in name:
        return "_".join(parts)
    camel = parts[0] + "".join(part.capitalize() for part in parts[1:])
    return camel[0].upper() + camel[1:] if name[0].isupper() else camel
