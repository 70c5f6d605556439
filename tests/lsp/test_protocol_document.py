"""docs/protocol.md and docs/settings.md say what the types say: every field, type, default and example."""

from __future__ import annotations

import enum
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, NewType, get_args, get_origin

import attrs
import pytest

from whence.domain import IndexState, Kind, ReasonKind
from whence.lsp import names, wire
from whence.lsp.checking import Between, to_camel
from whence.lsp.settings import known_settings

DOCS = Path(__file__).parents[2] / "docs"
PROTOCOL = (DOCS / "protocol.md").read_text(encoding="utf-8")
SETTINGS = (DOCS / "settings.md").read_text(encoding="utf-8")

CLASSES: dict[str, type] = {
    name: cls
    for name, cls in inspect.getmembers(wire, inspect.isclass)
    if cls.__module__ == wire.__name__ and attrs.has(cls) and cls is not wire.Method
}


def section(heading: str) -> str:
    """The text under a heading up to the next one of any level."""
    return re.split(r"(?m)^#+ ", PROTOCOL.split(f"\n{heading}\n", 1)[1])[0]


def rows(text: str) -> list[list[str]]:
    """The cells of a table without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def type_name(type_: Any) -> str:
    """A field's type as the document writes it."""
    plain = {str: "string", bool: "boolean", int: "integer", float: "number", wire.LanguageName: "Language"}
    if type_ in plain:
        return plain[type_]
    if isinstance(type_, NewType):
        return str(type_.__name__)
    if get_origin(type_) is Annotated:
        base, bounds = get_args(type_)
        assert isinstance(bounds, Between)
        return f"{plain[base]} {bounds.low:g} to {bounds.high:g}"
    if get_origin(type_) is tuple:
        return f"{type_name(get_args(type_)[0])}[]"
    if get_origin(type_) is Mapping:
        key, value = map(type_name, get_args(type_))
        return f"{{{key}: {value}}}"
    return str(type_.__name__)


def choices(type_: object) -> str:
    """The values of an enumeration, as the table of settings lists them; empty for any other type."""
    if not (isinstance(type_, type) and issubclass(type_, enum.Enum)):
        return ""
    *others, last = (json.dumps(member.value) for member in type_)
    return f"{', '.join(others)} or {last}"


def documented(field: attrs.Attribute[Any]) -> list[str]:
    """What the table says of a field: name, type and default."""
    is_optional = field.default is not attrs.NOTHING
    parts = [part for part in get_args(field.type) if part is not type(None)]
    may_be_null = type(None) in get_args(field.type)
    name = type_name(parts[0] if may_be_null else field.type)
    return [
        f"`{to_camel(field.name)}`",
        f"{name} or null" if may_be_null and not is_optional else name,
        f"`{json.dumps(field.default)}`" if is_optional else "required",
    ]


def messages() -> Iterator[dict[str, Any]]:
    for block in re.findall(r"```json\n(.*?)```", PROTOCOL, re.DOTALL):
        yield json.loads(block)


REQUESTS = {message["id"]: message for message in messages() if "method" in message}
REPLIES = {message["id"]: message for message in messages() if "method" not in message}


def test_every_class_has_a_table_and_every_table_a_class() -> None:
    headings = set(re.findall(r"(?m)^### (\w+)$", PROTOCOL))

    assert headings == CLASSES.keys()


@pytest.mark.parametrize("name", CLASSES)
def test_table_says_of_every_field_what_the_class_says(name: str) -> None:
    attrs.resolve_types(CLASSES[name])

    assert [row[:3] for row in rows(section(f"### {name}"))] == [documented(it) for it in attrs.fields(CLASSES[name])]


@pytest.mark.parametrize("values", [Kind, ReasonKind, IndexState, wire.Activity])
def test_values_of_every_enumeration_are_listed(values: type[enum.Enum]) -> None:
    listed = {row[0]: row[1].split(", ") for row in rows(section("## Values"))}

    assert listed[values.__name__] == [member.value for member in values]


def test_every_method_has_its_section_with_a_request_and_an_answer() -> None:
    sections = re.findall(r"(?m)^## (whence/\w+)$", PROTOCOL)
    answered = {message["method"] for id_, message in REQUESTS.items() if "result" in REPLIES.get(id_, {})}

    assert sections == list(wire.METHODS)
    assert answered == wire.METHODS.keys()


@pytest.mark.parametrize("id_", REPLIES)
def test_example_is_what_the_types_make_of_it(id_: int) -> None:
    method, reply = wire.METHODS[REQUESTS[id_]["method"]], REPLIES[id_]
    params = REQUESTS[id_]["params"]

    if "error" in reply:
        with pytest.raises(wire.InvalidParams) as caught:
            wire.structure_params(method.params, params)
        assert reply["error"] == {"code": -32602, "message": str(caught.value)}
        return

    written = wire.unstructure(wire.structure_params(method.params, params))
    assert {name: written[name] for name in params} == params
    assert wire.unstructure(wire.structure_params(method.answer, reply["result"])) == reply["result"]


def test_example_of_a_command_is_what_the_types_make_of_it() -> None:
    example = REQUESTS[1]

    params = wire.structure_arguments(wire.SearchParams, example["params"]["arguments"])

    assert (example["method"], example["params"]["command"]) == ("workspace/executeCommand", names.SEARCH)
    assert params == wire.SearchParams("where are sessions expired")


def test_command_of_lenses_and_actions_is_described() -> None:
    assert f"## The command `{names.SHOW_SIMILAR}`" in PROTOCOL


def test_every_setting_is_in_its_table_with_type_and_default() -> None:
    assert [row[:3] for row in rows(SETTINGS)] == [
        [f"`{name}`", choices(setting.type_) or type_name(setting.type_), f"`{json.dumps(setting.default)}`"]
        for name, setting in known_settings().items()
    ]
