"""JSON values into frozen classes and back, with one line for a person where a value does not fit.

Fields are snake_case in Python and camelCase in JSON. What is strict and what is not:

- Unknown fields, missing fields and wrong types are refused; `true` is no integer and `1` is no boolean.
- `10.0` is an integer: JSON has one kind of number, and some clients write all of them with a point.
- `null` for a field with a default means the default, and `[]` means an object without fields: an empty table in Lua
  becomes `[]`, nil in Emacs Lisp becomes `null`.

Knows no method, no field and no setting by name; wire.py and settings.py hold these. cattrs does the walking, and none
of its texts leaves this module.
"""

from __future__ import annotations

import difflib
import enum
import json
import re
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Generic, NewType, TypeVar, cast, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.cols import list_structure_factory
from cattrs.errors import (
    AttributeValidationNote,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from lsprotocol.types import Position

from whence.errors import bug

Structure = Callable[[object, object], object]
"""Takes JSON and the wanted type, gives the value: what cattrs calls a structure hook."""

Number = TypeVar("Number", int, float)
Value = TypeVar("Value")

Uri = NewType("Uri", str)
"""Any URI; what can be done with it depends on its scheme."""

LanguageName = NewType("LanguageName", str)
"""A name the registry of languages has, or "text" for files of no language it knows."""

MAX_SHOWN_CHARS = 60
"""A wrong value is repeated to the client up to here: enough to recognise it, and still one line."""

MAX_LISTED = 30
"""Up to this many known values are listed; of more only the nearest."""

N_NEAREST = 5

MAX_UINTEGER = 2**31 - 1
"""The largest line or character LSP can name."""


@attrs.frozen
class Between(Generic[Number]):
    """Bounds of a number, both included: `Annotated[int, Between(1, 200)]`."""

    low: Number
    high: Number


class InvalidParams(Exception):
    """What a client sent does not fit: one line that names the field, what was expected and what came."""


class Unfit(ValueError):
    """A value does not fit. `names` takes the place of the field's name where the fault is between several fields."""

    def __init__(self, expected: str, got: str, names: str = "") -> None:
        super().__init__(expected, got)
        self.expected = expected
        self.got = got
        self.names = names


def structure(cls: type[Value], raw: object) -> Value:
    """Make `cls` of a JSON object; None stands for an object without fields.

    Raises:
        InvalidParams: it does not fit; the first fault is told, unknown fields before wrong ones.
    """
    return cast(Value, structure_value("", cls, {} if raw is None else raw))


def structure_value(name: str, type_: object, raw: object) -> object:
    """Make a value of any type known here of JSON; `name` is what an error calls it.

    Raises:
        InvalidParams: it does not fit.
    """
    try:
        return _CONVERTER.structure(raw, cast("type[object]", type_))
    except (ClassValidationError, IterableValidationError, Unfit) as exc:
        raise InvalidParams(_fault(exc, name)) from None


def unstructure(value: object) -> dict[str, object]:
    """What `json.dumps` can write of a value of one of our classes: camelCase keys, lists for tuples."""
    return cast("dict[str, object]", _CONVERTER.unstructure(value))


def to_camel(name: str) -> str:
    """`on_open` → `onOpen`."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def shown(raw: object) -> str:
    """A JSON value as an error repeats it: on one line, cut where it is long."""
    text = json.dumps(raw, ensure_ascii=False, default=repr)
    return text if len(text) <= MAX_SHOWN_CHARS else text[:MAX_SHOWN_CHARS] + "…"


def _fault(exc: BaseException, name: str) -> str:
    """The first thing that is wrong, in one line, for the field `name`."""
    if isinstance(exc, Unfit):
        return f"{exc.names or name or 'params'}: expected {exc.expected}, got {exc.got}"
    if isinstance(exc, ClassValidationError):
        unknown = next((item for item in exc.exceptions if isinstance(item, ForbiddenExtraKeysError)), None)
        return _unknown_field(unknown, name) if unknown else _field_fault(exc.exceptions[0], name)
    if not isinstance(exc, IterableValidationError):
        bug("a value was refused without a reason", field=name, error=repr(exc))
    first = exc.exceptions[0]
    return _fault(first, f"{name}[{_note(first, IterableValidationNote).index}]")


def _field_fault(exc: Exception, owner: str) -> str:
    if isinstance(exc, Unfit) and exc.names:
        return _fault(exc, owner)
    note = _note(exc, AttributeValidationNote)
    name = f"{owner}." * bool(owner) + to_camel(note.name)
    if isinstance(exc, KeyError):
        return f"{name}: expected {_expected(note.type)}, but it is missing"
    return _fault(exc, name)


def _unknown_field(exc: ForbiddenExtraKeysError, owner: str) -> str:
    known = ", ".join(to_camel(field.name) for field in attrs.fields(exc.cl))
    where = f"{owner}: " * bool(owner)
    return f"{where}unknown field {shown(min(exc.extra_fields))}; {f'known are {known}' if known else 'it has none'}"


def _note(exc: BaseException, kind: type[Value]) -> Value:
    """The place cattrs noted on an error; its message is not used."""
    return next(note for note in getattr(exc, "__notes__", ()) if isinstance(note, kind))


def _expected(type_: object) -> str:
    """What a value of this type is, in words."""
    if get_origin(type_) is Annotated:
        base, bounds = get_args(type_)
        noun = "an integer" if base is int else "a number"
        return f"{noun} from {bounds.low} to {bounds.high}"
    if get_origin(type_) is tuple:
        return "a list"
    if isinstance(type_, type) and attrs.has(type_):
        return f"an object with {', '.join(to_camel(field.name) for field in attrs.fields(type_))}"
    return _NOUNS[type_]


_NOUNS: Mapping[object, str] = {
    str: "a string",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    Uri: "a URI such as file:///folder/file.py",
}

_SCHEME = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
"""How a URI begins (RFC 3986, 3.1)."""


def _string_or_member(raw: object, type_: object) -> str:
    """Our enumerations are strings, and cattrs takes a hook for a class for its subclasses too."""
    return _string(raw, type_) if type_ is str else _member(raw, cast("type[enum.Enum]", type_))


def _member(raw: object, cls: type[enum.Enum]) -> str:
    members = {member.value: member for member in cls}
    found = members.get(raw.lower()) if isinstance(raw, str) else None
    if found is None:
        raise Unfit(_one_of(members, raw), shown(raw))
    return cast(str, found)


def _string(raw: object, type_: object) -> str:
    if not isinstance(raw, str):
        raise Unfit(_expected(type_), shown(raw))
    return raw


def _uri(raw: object, type_: object) -> str:
    if not _SCHEME.match(_string(raw, type_)):
        raise Unfit(_expected(type_), shown(raw))
    return cast(str, raw)


def _boolean(raw: object, type_: object) -> bool:
    if not isinstance(raw, bool):
        raise Unfit(_expected(type_), shown(raw))
    return raw


def _integer(raw: object, type_: object) -> int:
    """Bounds are checked where there are some: `type_` may be an annotated integer."""
    is_whole = isinstance(raw, int) or (isinstance(raw, float) and raw.is_integer())
    if isinstance(raw, bool) or not is_whole or not _is_within(cast(float, raw), type_):
        raise Unfit(_expected(type_), shown(raw))
    return int(cast(float, raw))


def _number(raw: object, type_: object) -> float:
    """The same for any finite number; Python reads NaN and Infinity from JSON, which has neither."""
    is_number = isinstance(raw, (int, float)) and not isinstance(raw, bool)
    if not is_number or not abs(cast(float, raw)) <= sys.float_info.max or not _is_within(cast(float, raw), type_):
        raise Unfit(_expected(type_), shown(raw))
    return float(cast(float, raw))


def _is_within(number: float, type_: object) -> bool:
    bounds = get_args(type_)[1] if get_origin(type_) is Annotated else None
    return not isinstance(bounds, Between) or bool(bounds.low <= number <= bounds.high)


def _language(raw: object, _type: object) -> str:
    from whence.chunking.registry import LANGUAGES, TEXT  # here: a request without languages needs no registry

    known = (*sorted(LANGUAGES), TEXT)
    if not isinstance(raw, str) or raw.lower() not in known:
        raise Unfit(_one_of(known, raw), shown(raw))
    return raw.lower()


def _one_of(known: Iterable[str], raw: object) -> str:
    """Say which values are known: all of a few, of many those nearest to what came."""
    values = list(known)
    if len(values) <= MAX_LISTED:
        return f"one of {', '.join(values)}"
    near = difflib.get_close_matches(raw.lower(), values, N_NEAREST, 0.5) if isinstance(raw, str) else []
    return f"one of {', '.join(near or values[:N_NEAREST])}, … ({len(values)} are known)"


def _list_of(type_: object, converter: Converter) -> Structure:
    list_type = types.GenericAlias(list, get_args(type_)[0])
    structure_items = list_structure_factory(cast(type, list_type), converter)

    def items(raw: object, _type: object) -> object:
        if not isinstance(raw, list):  # a string would pass as a list of letters
            raise Unfit(_expected(type_), shown(raw))
        return tuple(structure_items(raw, list_type))

    return items


def _object_of(cls: type, converter: Converter) -> Structure:
    attrs.resolve_types(cls)
    overrides = {field.name: override(rename=to_camel(field.name)) for field in attrs.fields(cls)}
    if cls is Position:  # lsprotocol checks its numbers too, but its errors name neither field nor bounds
        overrides = {name: override(struct_hook=_uinteger) for name in overrides}
    structure_fields = cast(
        Structure,
        # mypy takes the overrides for the other keyword arguments.
        make_dict_structure_fn(cls, converter, **overrides),  # type: ignore[arg-type]
    )
    may_be_null = {to_camel(field.name) for field in attrs.fields(cls) if field.default is not attrs.NOTHING}

    def fields(raw: object, _type: object) -> object:
        if raw == []:
            raw = {}
        if not isinstance(raw, dict):
            raise Unfit(_expected(cls), shown(raw))
        given = {name: value for name, value in raw.items() if value is not None or name not in may_be_null}
        return structure_fields(given, cls)

    return fields


def _uinteger(raw: object, _type: object) -> int:
    return _integer(raw, _LSP_UINTEGER)


def _plain_string(text: str) -> str:
    """Members of our enumerations as the strings they are; cattrs keeps them in lists."""
    return str(text.value) if isinstance(text, enum.Enum) else text


def _json_of(cls: type, converter: Converter) -> Callable[[object], dict[str, object]]:
    attrs.resolve_types(cls)
    names = {field.name: override(rename=to_camel(field.name)) for field in attrs.fields(cls)}
    return make_dict_unstructure_fn(cls, converter, **names)  # type: ignore[arg-type]  # as above


def _make_converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True, unstruct_collection_overrides={tuple: list})
    converter.register_structure_hook(str, _string_or_member)
    converter.register_structure_hook(bool, _boolean)
    converter.register_structure_hook(int, _integer)
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook_func(lambda type_: type_ is Uri, _uri)
    converter.register_structure_hook_func(lambda type_: type_ is LanguageName, _language)
    converter.register_structure_hook_func(lambda type_: _bounded(type_) is int, _integer)
    converter.register_structure_hook_func(lambda type_: _bounded(type_) is float, _number)
    converter.register_structure_hook_factory(_is_tuple, _list_of)
    converter.register_structure_hook_factory(attrs.has, _object_of)
    converter.register_unstructure_hook_factory(attrs.has, _json_of)
    converter.register_unstructure_hook(str, _plain_string)
    return converter


def _bounded(type_: object) -> object:
    """The type of an annotated number; None for anything else."""
    return get_args(type_)[0] if get_origin(type_) is Annotated else None


def _is_tuple(type_: object) -> bool:
    return get_origin(type_) is tuple


_LSP_UINTEGER = Annotated[int, Between(0, MAX_UINTEGER)]

_CONVERTER = _make_converter()
