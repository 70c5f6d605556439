"""What a user may set in the section "whence", read from any shape a client sends it in.

A value that does not fit keeps its default: a typing mistake in a settings file must not stop the server.
docs/settings.md tells what each setting does. Knows nothing of when settings come or who acts on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import attrs

from whence.domain import ModelChoice
from whence.lsp.checking import Between, InvalidParams, shown, structure_value, to_camel

SECTION = "whence"

CLIENT_SETTINGS = ("trace", "server", "client")
"""Groups of the same section that clients read themselves (`whence.trace.server`); not unknown, and not ours."""


@attrs.frozen
class IndexSettings:
    """How indexes are kept up to date."""

    on_open: bool = True
    threads: Annotated[int, Between(1, 64)] = 1
    models: ModelChoice = ModelChoice.BOTH


@attrs.frozen
class SearchSettings:
    """What a search answers with."""

    limit: Annotated[int, Between(1, 200)] = 20


@attrs.frozen
class CodeLensSettings:
    """When "3 similar" is shown above a definition."""

    enabled: bool = True
    minimum: Annotated[int, Between(1, 100)] = 1


@attrs.frozen
class HoverSettings:
    """Whether a definition's name shows what is similar."""

    enabled: bool = True


@attrs.frozen
class SimilarSettings:
    """What counts as similar."""

    threshold: Annotated[float, Between(0.0, 1.0)] = 0.58
    """Likeness from which on lenses and hovers speak of something: nine in ten of what they then show is a variant or a
    twin (whence.ranking.likeness says how that is known)."""


@attrs.frozen
class WorkspaceSymbolSettings:
    """Whether the editor's own symbol search asks Whence, and from how many characters on."""

    enabled: bool = True
    min_chars: Annotated[int, Between(1, 100)] = 3


@attrs.frozen
class Settings:
    """Every setting; `code_lens.enabled` here is `whence.codeLens.enabled` in an editor."""

    index: IndexSettings = IndexSettings()
    search: SearchSettings = SearchSettings()
    code_lens: CodeLensSettings = CodeLensSettings()
    hover: HoverSettings = HoverSettings()
    similar: SimilarSettings = SimilarSettings()
    workspace_symbol: WorkspaceSymbolSettings = WorkspaceSymbolSettings()

    @classmethod
    def of(cls, raw: object) -> tuple[Settings, list[str]]:
        """Read a section as nested objects, as dotted keys, with or without the section's name; None is all defaults.

        Returns:
            The settings, and one line for each value that does not fit, then one for all settings nobody knows.
        """
        known = known_settings()
        given = dict(_flat(raw))
        values: dict[str, dict[str, object]] = {}
        warnings: list[str] = []
        for name in sorted(given.keys() & known.keys()):
            setting = known[name]
            try:
                value = structure_value(f"{SECTION}.{name}", setting.type_, given[name])
            except InvalidParams as exc:
                warnings.append(f"{exc}; the default is used, {shown(setting.default)}")
            else:
                values.setdefault(setting.group, {})[setting.field] = value
        if unknown := sorted(given.keys() - known.keys()):
            warnings.append(_unknown(unknown, known))
        groups = {name: attrs.evolve(getattr(cls(), name), **fields) for name, fields in values.items()}
        return cls(**groups), warnings


@attrs.frozen
class Setting:
    """Where a setting is kept in `Settings`, what it is and what it is by default."""

    group: str
    field: str
    type_: object
    default: object


@attrs.frozen
class ClientOptions:
    """What a client says of itself in `initializationOptions`, beside settings."""

    settings: object = None
    """As sent; `Settings.of` reads it."""
    client_commands: tuple[str, ...] = ()
    """Commands the client handles itself, so the server does not offer them."""
    status_notifications: bool = False
    """Whether the client is told how every folder stands whenever that changes."""

    @classmethod
    def of(cls, raw: object) -> tuple[ClientOptions, list[str]]:
        """Read `initializationOptions`; what does not fit is left out with one line each, as in `Settings.of`."""
        if raw is None or raw == []:
            return cls(), []
        if not isinstance(raw, dict):
            return cls(), [f"initializationOptions: expected an object with {', '.join(_OPTIONS)}, got {shown(raw)}"]
        warnings: list[str] = []
        if unknown := sorted(raw.keys() - set(_OPTIONS)):
            warnings.append(
                f"initializationOptions: unknown {', '.join(map(shown, unknown))}; known are {', '.join(_OPTIONS)}"
            )
        commands: object = ()
        if raw.get("clientCommands") is not None:
            try:
                name = "initializationOptions.clientCommands"
                commands = structure_value(name, tuple[str, ...], raw["clientCommands"])
            except InvalidParams as exc:
                warnings.append(f"{exc}; none are used")
        assert isinstance(commands, tuple)
        wants_status = raw.get("statusNotifications") or False
        if not isinstance(wants_status, bool):
            warnings.append(
                f"initializationOptions.statusNotifications: expected true or false, got {shown(wants_status)}"
            )
            wants_status = False
        return cls(raw.get("settings"), commands, wants_status), warnings


_OPTIONS = ("settings", "clientCommands", "statusNotifications")


def pushed_section(pushed: object) -> Mapping[str, object] | None:
    """What `workspace/didChangeConfiguration` says of our section, which may stand beside others; None for nothing."""
    if not isinstance(pushed, Mapping):
        return None
    ours = {name: value for name, value in pushed.items() if name == SECTION or str(name).startswith(f"{SECTION}.")}
    return ours or None


def known_settings() -> Mapping[str, Setting]:
    """Every setting by its name in the section: `index.onOpen`."""
    return {
        f"{to_camel(group.name)}.{to_camel(field.name)}": Setting(group.name, field.name, field.type, field.default)
        for group in attrs.fields(Settings)
        for field in _fields(type(group.default))
    }


def _fields(group: type) -> tuple[attrs.Attribute[object], ...]:
    attrs.resolve_types(group)
    fields: tuple[attrs.Attribute[object], ...] = attrs.fields(group)
    return fields


def _flat(raw: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Values by dotted name without the section; null and empty objects say nothing."""
    if raw is None or raw == []:  # an empty table of Lua is an empty list in JSON
        return
    if "." in prefix or not isinstance(raw, dict):  # every name has one point
        yield prefix, raw
        return
    for key, value in raw.items():
        name = f"{prefix}.{key}".removeprefix(".")
        name = "" if name == SECTION else name.removeprefix(f"{SECTION}.")
        if name.split(".")[0] not in CLIENT_SETTINGS:
            yield from _flat(value, name)


def _unknown(names: list[str], known: Mapping[str, Setting]) -> str:
    """One line for names nobody knows, and for a group or a section that is no object."""
    unknown = ", ".join(f"{SECTION}.{name}".removesuffix(".") for name in names)
    return f"{unknown}: not a setting; known are {', '.join(known)}"
