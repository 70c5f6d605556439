"""Brings the parameters of LSP's own methods into lsprotocol's types, or says in one line which field does not fit.

Of Whence's own requests it knows nothing: those are checked field by field in `checking`.
"""

from __future__ import annotations

import logging
import re
from typing import Any, cast

import cattrs
from lsprotocol import types

logger = logging.getLogger(__name__)

Json = Any


class Malformed(Exception):
    """A value has not the shape LSP gives it; the message names the first field at fault."""


def structured(converter: cattrs.Converter, value: Json, shape: object) -> Any:
    """Give `value` as one of lsprotocol's types.

    Raises:
        Malformed: for example `position.line: expected int`.
    """
    try:
        return converter.structure(value, cast("type[Any]", shape))
    except Exception as error:
        raise Malformed(_first_fault(error)) from error


def structured_initialize(converter: cattrs.Converter, value: Json) -> types.InitializeParams:
    """Give the parameters of `initialize`, without the capabilities that lsprotocol does not know.

    Clients announce what newer versions of LSP name; that must not keep them from this one. `value` is changed.

    Raises:
        Malformed: something else than a capability does not fit.
    """
    while True:
        try:
            return cast("types.InitializeParams", structured(converter, value, types.InitializeParams))
        except Malformed as error:  # noqa: PERF203 - once for each capability that is dropped
            field, _, reason = str(error).partition(": ")
            if not field.startswith("capabilities.") or not _drop(value, field):
                raise
            logger.info("the client's %s is ignored: %s", field, reason)


def _first_fault(error: BaseException) -> str:
    try:
        faults = cattrs.transform_error(error, path="")
    except Exception:  # noqa: BLE001 - it knows cattrs' own errors; lsprotocol's hooks fail in ways of their own
        faults = [str(error)]
    what, _, where = faults[0].partition(" @ ")
    field = re.sub(r"_([a-z])", lambda match: match[1].upper(), where.lstrip("."))
    reason = what.replace("invalid value for type, ", "").replace("required field missing", "missing")
    return f"{field or 'params'}: {reason}"


def _drop(value: Json, field: str) -> bool:
    """Take `field`, or where it is missing its owner, out of `value`; False if that is `value` or a field of it."""
    owner, key, here = None, None, value
    for step in re.findall(r"\w+", field):
        index = int(step) if isinstance(here, list) else step
        if not _has(here, index):
            break
        owner, key, here = here, index, here[index]
    if owner is None or owner is value:
        return False
    del owner[key]
    return True


def _has(container: Json, key: int | str) -> bool:
    if isinstance(container, list):
        return isinstance(key, int) and key < len(container)
    return isinstance(container, dict) and key in container
