"""Near-clones of real definitions: renamed, reordered, re-formatted, and all three.

By tokens and lines, not by grammar, so that a language costs two entries in a table. Clones are what somebody makes of
code who copies it; they need not run. What a change cannot do to a definition without guessing, it leaves undone.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence

import attrs

MIN_RENAMED = 3
"""Names a renamed clone has other than its original, at least."""

WRAP_WIDTH = 50
"""A line longer than this with several arguments is broken at them."""

_NOUNS = (
    "item value data entry record result current other first last index node buffer source holder text label number "
    "marker state total bundle group packet piece thing element content given known found wanted extra inner outer"
)
_VERBS = "do handle process make run take work prepare apply perform manage produce"

_KEPT = re.compile(
    r"_|self|cls|this|super|and|as|assert|async|await|begin|bool|break|byte|case|catch|chan|class|const|continue|"
    r"def|default|defer|defined|del|delete|do|each|elif|else|elseif|elsif|end|ensure|error|except|false|final|"
    r"finally|float|float32|float64|fn|for|foreach|from|func|function|global|go|goto|if|import|in|instanceof|int|"
    r"int32|int64|interface|is|lambda|let|local|map|module|new|next|nil|none|nonlocal|not|null|object|or|package|"
    r"pass|print|private|protected|public|raise|range|redo|repeat|require|rescue|retry|return|rune|select|static|"
    r"string|struct|switch|then|throw|true|try|type|uint|uint32|uint64|undef|unless|until|var|void|when|while|"
    r"with|yield"
)
"""Words no language lets one rename, and names of types."""

_NAME = r"[A-Za-z_]\w*"
_NAMES = rf"{_NAME}(?:\s*,\s*{_NAME})*"
_DECLARED = (
    re.compile(rf"(?m)^\s*(?:local\s+|var\s+|let\s+|const\s+)?({_NAMES})\s+(?:[-+|]|\|\|)?=(?![=~>])"),
    re.compile(rf"({_NAMES})\s*:="),
    re.compile(rf"\b(?:for|local|var|let)\s+({_NAMES})"),
    re.compile(rf"\bas\s+({_NAME})"),
    re.compile(rf"\|\s*({_NAMES})\s*\|"),
    re.compile(rf"\blambda\s+({_NAMES})\s*:"),
)
"""Where a variable gets its name; the group holds one or several."""

_STRING = r"\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`[^`]*`"
_OPENING, _CLOSING = "([{", ")]}"


@attrs.frozen
class Language:
    """What has to be known of a language to make clones of its code."""

    suffix: str
    comment: str
    """Regular expression of a comment, to its end."""
    has_braces: bool = False
    is_camel: bool = False
    """Whether names are written `likeThis`."""


LANGUAGES: Mapping[str, Language] = {
    "python": Language("py", r"#[^\n]*"),
    "ruby": Language("rb", r"#(?!\{)[^\n]*"),
    "lua": Language("lua", r"--\[\[.*?\]\]|--[^\n]*"),
    "go": Language("go", r"//[^\n]*|/\*.*?\*/", has_braces=True, is_camel=True),
}


def clones_of(text: str, name: str, language: Language, seed: int) -> dict[str, str]:
    """By kind of change, the clones of a definition called `name`; a change that would do too little has none."""
    chance = random.Random(seed)
    reordered = reorder(text, name)
    clones = {
        "renamed": rename(text, name, language, chance),
        "reordered": reordered,
        "re-formatted": reformat(text, language),
        "all three": reformat(rename(reordered, name, language, chance), language),
    }
    is_renamed = clones["renamed"] != text
    return {
        kind: clone
        for kind, clone in clones.items()
        if _squeezed(clone) != _squeezed(text) and (is_renamed or kind not in {"renamed", "all three"})
    }


def rename(text: str, name: str, language: Language, chance: random.Random) -> str:
    """The definition, its parameters and its variables under other names, each name always the same one.

    What it calls, members, types, strings and comments stay; keys that are set like variables go
    along. Unchanged where fewer than MIN_RENAMED have another name.
    """
    declared = [one for one in dict.fromkeys(_declared(text, name, language)) if one != name]
    if len(declared) + 1 < MIN_RENAMED:
        return text
    nouns = _NOUNS.split()
    chance.shuffle(nouns)
    words = [f"{noun}{round_ or ''}" for round_ in range(1 + len(declared) // len(nouns)) for noun in nouns]
    fresh = dict(zip(declared, words, strict=False))
    verb, noun = chance.choice(_VERBS.split()), chance.choice(nouns)
    own = f"{verb}{noun.title()}" if language.is_camel else f"{verb}_{noun}"
    fresh[name] = own[0].upper() + own[1:] if name[0].isupper() else own
    return "".join(
        fresh.get(part, part) if is_code and _is_free(part, before, after, name) else part
        for part, is_code, before, after in _parts(text, language)
    )


def reorder(text: str, name: str) -> str:
    """Neighbouring assignments swapped where neither names what the other sets, and so parameters without defaults.

    Only whole lines of the same depth, each pair once; parameters of a header on one line, `self` and its like first.
    """
    lines = text.split("\n")
    header_idx = _header_idx(lines, name)
    lines[header_idx] = _with_parameters_swapped(lines[header_idx])
    idx = header_idx + 1
    while idx + 1 < len(lines):
        if _are_independent(lines[idx], lines[idx + 1]):
            lines[idx], lines[idx + 1] = lines[idx + 1], lines[idx]
            idx += 1
        idx += 1
    return "\n".join(lines)


def reformat(text: str, language: Language) -> str:
    """No comments, no blank lines, half the indentation, long argument lists one a line, braces on own lines."""
    bare = re.sub(rf"({_STRING})|{language.comment}", lambda match: match[1] or "", text, flags=re.DOTALL)
    lines: list[str] = []
    for line in filter(str.strip, bare.split("\n")):
        code = line.strip()
        indent = " " * ((len(line.expandtabs(4)) - len(code)) // 2)
        wrapped = _wrapped(code) if len(code) > WRAP_WIDTH and "`" not in code and "'''" not in code else [code]
        if language.has_braces and wrapped[-1].endswith(" {"):
            wrapped[-1:] = [wrapped[-1][:-2], "{"]
        lines += [indent + part for part in wrapped]
    return "\n".join(lines)


def _header_idx(lines: Sequence[str], name: str) -> int:
    """The line that names the definition, after its decorators and comments."""
    pattern = re.compile(rf"(?!\s*(?:#|//|--|@)).*\b{re.escape(name)}\b")
    return next((idx for idx, line in enumerate(lines) if pattern.match(line)), 0)


def _declared(text: str, name: str, language: Language) -> Iterator[str]:
    """Names that are declared in a definition, in order of the ways to declare them; those of types stay away."""
    code = "".join(part if is_code else " " for part, is_code, _, _ in _parts(text, language))
    lines = code.split("\n")
    header = lines[_header_idx(lines, name)]
    for start, end in _groups(header):
        for parameter in _split(header[start + 1 : end]):
            match = re.match(rf"\W*({_NAME})", parameter)
            if match and _may_change(match[1]):
                yield match[1]
    for pattern in _DECLARED:
        for match in pattern.finditer(code):
            yield from filter(_may_change, re.findall(_NAME, match[1]))


def _may_change(name: str) -> bool:
    return not _KEPT.fullmatch(name) and not name[0].isupper() and not name.startswith("__")


def _is_free(part: str, before: str, after: str, name: str) -> bool:
    """Whether an identifier is a variable here: no member, and called only if it is the definition itself."""
    if part == name:
        return True
    return not before.endswith((".", "@", "$", "->", "::")) and not after.startswith("(")


def _parts(text: str, language: Language) -> Iterator[tuple[str, bool, str, str]]:
    """The text in pieces: each one, whether it is code, and what stands before and after it."""
    pattern = re.compile(rf"(?P<other>{_STRING}|{language.comment})|{_NAME}|\s+|.", re.DOTALL)
    for match in pattern.finditer(text):
        start, end = match.span()
        yield match[0], match["other"] is None, text[max(0, start - 2) : start], text[end : end + 1]


def _are_independent(one: str, other: str) -> bool:
    """Whether two lines are assignments of the same depth that do not touch each other's names."""
    pattern = rf"(\s*)(?:local\s+)?({_NAMES}|[\w.@]+)\s*:?=(?![=~>])\s*(.*[\w)\]}}\"'])\s*$"
    matches = [re.match(pattern, line) for line in (one, other)]
    if not all(matches) or any(
        sum(map(line.count, _OPENING)) != sum(map(line.count, _CLOSING)) for line in (one, other)
    ):
        return False
    (depth, names, value), (other_depth, other_names, other_value) = (match.groups() for match in matches if match)
    return (
        depth == other_depth
        and not _words(names) & _words(f"{other_names} {other_value}")
        and not _words(other_names) & _words(value)
    )


def _with_parameters_swapped(header: str) -> str:
    """The last two plain parameters of a header the other way round."""
    groups = list(_groups(header))
    if not groups or header.count("(") != header.count(")"):
        return header
    start, end = max(groups, key=lambda group: len(_split(header[group[0] + 1 : group[1]])))
    parameters = [one.strip() for one in _split(header[start + 1 : end])]
    plain = [
        idx
        for idx, one in enumerate(parameters)
        if one and not re.search(r"[=*&]|\.\.\.|:$", one) and one.split()[0] not in {"self", "cls", "ctx"}
    ]
    if len(plain) < 2 or plain[-1] - plain[-2] != 1:
        return header
    one, other = plain[-2:]
    parameters[one], parameters[other] = parameters[other], parameters[one]
    return f"{header[: start + 1]}{', '.join(parameters)}{header[end:]}"


def _wrapped(code: str) -> list[str]:
    """A line broken at the arguments of its longest group; whole where it has none or holds a string of commas."""
    groups = [group for group in _groups(code) if len(_split(code[group[0] + 1 : group[1]])) > 1]
    if not groups:
        return [code]
    start, end = max(groups, key=lambda group: group[1] - group[0])
    arguments = [one.strip() for one in _split(code[start + 1 : end])]
    broken = [f"    {one}," for one in arguments[:-1]] + [f"    {arguments[-1]}"]
    return [code[: start + 1], *broken, code[end:]]


def _groups(code: str) -> Iterator[tuple[int, int]]:
    """Where outermost parentheses open and close."""
    depth, start = 0, 0
    for idx, character in _outside_strings(code):
        if character == "(":
            start = idx if depth == 0 else start
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            if depth == 0:
                yield start, idx


def _split(code: str) -> list[str]:
    """What stands between the commas of the outermost level."""
    depth, start, parts = 0, 0, []
    for idx, character in _outside_strings(code):
        depth += (character in _OPENING) - (character in _CLOSING)
        if character == "," and depth == 0:
            parts.append(code[start:idx])
            start = idx + 1
    return [*parts, code[start:]]


def _outside_strings(code: str) -> Iterator[tuple[int, str]]:
    strings = [match.span() for match in re.finditer(_STRING, code)]
    for idx, character in enumerate(code):
        if not any(start <= idx < end for start, end in strings):
            yield idx, character


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def _squeezed(text: str) -> Sequence[str]:
    return text.split()
