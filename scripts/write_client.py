"""Write what the extension shares with the server, from the server's own tables.

That is client/src/protocol.ts, and the settings in package.json and package.nls.json.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import attrs
from lsprotocol.types import Position, Range

from whence.chunking.registry import LANGUAGES
from whence.domain import IndexState, Kind, ReasonKind
from whence.lsp import names, wire
from whence.lsp.checking import Between, LanguageName, Uri, to_camel
from whence.lsp.settings import known_settings

ROOT = Path(__file__).parents[1]
PROTOCOL = ROOT / "client" / "src" / "protocol.ts"
MANIFEST = ROOT / "package.json"
WORDS = ROOT / "package.nls.json"
SETTINGS = ROOT / "docs" / "settings.md"

HEAD = """\
/**
 * What goes over the wire in Whence's own requests, explained field by field in docs/protocol.md.
 * Written by `make client-types` from server/whence/lsp/wire.py: do not edit.
 */

import type { Position, Range } from 'vscode-languageserver-protocol';

/** Has a scheme. */
export type Uri = string;

/** A language as the server names it. */
export type LanguageName = string;
"""

PLAIN: Mapping[object, str] = {str: "string", bool: "boolean", int: "number", float: "number"}
NAMED = (Uri, LanguageName, Position, Range)


def protocol() -> str:
    """The TypeScript module."""
    parts = [HEAD]
    for values in (Kind, ReasonKind, IndexState, wire.Activity):
        members = " | ".join(f"'{member.value}'" for member in values)
        parts.append(f"{_comment(values.__doc__)}export type {values.__name__} = {members};\n")
    parts.append(_list("KINDS", "Every kind.", "Kind", [member.value for member in Kind]))
    parts.append(_list("LANGUAGES", "Every language Whence knows by name.", "LanguageName", sorted(LANGUAGES)))
    parts += [_interface(cls) for cls in _classes()]
    parts.append(_methods())
    return "\n".join(parts)


def manifest(text: str) -> str:
    """package.json with the settings' type, default and bounds as the server has them; words stay as they are."""
    package: dict[str, Any] = json.loads(text)
    properties: dict[str, dict[str, Any]] = package["contributes"]["configuration"]["properties"]
    known = {f"whence.{name}": setting for name, setting in known_settings().items()}
    for name, setting in known.items():
        described = properties.setdefault(name, {})
        described.update(_json_type(setting.type_), default=setting.default)
        described.setdefault("scope", "window")
        described.setdefault("markdownDescription", f"%setting.{name.removeprefix('whence.')}%")
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def words(text: str) -> str:
    """package.nls.json with what docs/settings.md says of each setting; other words stay as they are."""
    table: dict[str, str] = json.loads(text)
    said = re.findall(r"^\| `([\w.]+)` \|[^|]*\|[^|]*\| (.*) \|$", SETTINGS.read_text(encoding="utf-8"), re.MULTILINE)
    table.update({f"setting.{name}": f"{meaning[0].upper()}{meaning[1:]}." for name, meaning in said})
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write what differs."""
    wanted = {
        PROTOCOL: protocol(),
        MANIFEST: manifest(MANIFEST.read_text(encoding="utf-8")),
        WORDS: words(WORDS.read_text(encoding="utf-8")),
    }
    for path, text in wanted.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


def _classes() -> list[type]:
    """Wire classes in the order they stand in their module."""
    found = [cls for cls in vars(wire).values() if isinstance(cls, type) and attrs.has(cls)]
    return [cls for cls in found if cls.__module__ == wire.__name__ and cls is not wire.Method]


def _list(name: str, comment: str, of: str, values: Iterable[str]) -> str:
    members = ", ".join(f"'{value}'" for value in values)
    return f"{_comment(comment)}export const {name}: readonly {of}[] = [{members}];\n"


def _interface(cls: type) -> str:
    attrs.resolve_types(cls)
    docs = _field_docs(cls)
    lines = [f"{_comment(cls.__doc__)}export interface {cls.__name__} {{"]
    for field in attrs.fields(cls):
        type_, may_be_null = _without_none(field.type)
        optional = "?" if field.default is not attrs.NOTHING else ""
        null = " | null" if may_be_null and not optional else ""
        lines.append(
            f"{_comment(docs.get(field.name), '  ')}  readonly {to_camel(field.name)}{optional}: {_ts(type_)}{null};"
        )
    return "\n".join([*lines, "}", ""])


def _methods() -> str:
    rows = [
        f"  readonly '{method}': {{ readonly params: {one.params.__name__}; readonly answer: {one.answer.__name__} }};"
        for method, one in wire.METHODS.items()
    ]
    told = f"export const STATUS_CHANGED = '{names.STATUS_CHANGED}';\n"
    shown = f"export const SHOW_SIMILAR = '{names.SHOW_SIMILAR}';\n"
    return "\n".join(
        [
            "/** What each request takes and answers. */\nexport interface Methods {",
            *rows,
            "}\n",
            f"/** A notification with a StatusAnswer, for clients that ask for it. */\n{told}",
            f"/** The command of code lenses and code actions. */\n{shown}",
        ]
    )


def _ts(type_: Any) -> str:
    if type_ in PLAIN:
        return PLAIN[type_]
    if get_origin(type_) is Annotated:
        return _ts(get_args(type_)[0])
    if get_origin(type_) is tuple:
        return f"readonly {_ts(get_args(type_)[0])}[]"
    if get_origin(type_) is Mapping:
        return f"Readonly<Record<{', '.join(map(_ts, get_args(type_)))}>>"
    return str(type_.__name__)


def _json_type(type_: Any) -> dict[str, Any]:
    if get_origin(type_) is Annotated:
        base, bounds = get_args(type_)
        assert isinstance(bounds, Between)
        return {**_json_type(base), "minimum": bounds.low, "maximum": bounds.high}
    if isinstance(type_, type) and issubclass(type_, Enum):
        return {"type": "string", "enum": [member.value for member in type_]}
    return {"type": {bool: "boolean", int: "integer", float: "number", str: "string"}[type_]}


def _without_none(type_: Any) -> tuple[Any, bool]:
    members = [part for part in get_args(type_) if part is not type(None)]
    return (members[0], True) if type(None) in get_args(type_) else (type_, False)


def _comment(doc: str | None, indent: str = "") -> str:
    return f"{indent}/** {' '.join(doc.split())} */\n" if doc else ""


def _field_docs(cls: type) -> dict[str, str]:
    """The docstrings below fields."""
    return dict(re.findall(r'^    (\w+): [^\n]*\n    """(.*?)"""', inspect.getsource(cls), re.MULTILINE | re.DOTALL))


if __name__ == "__main__":
    main()
