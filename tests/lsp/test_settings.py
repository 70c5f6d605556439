"""Settings in the shapes clients send them, and what becomes of those that do not fit."""

from __future__ import annotations

import pytest

from whence.domain import ModelChoice
from whence.lsp.settings import (
    ClientOptions,
    CodeLensSettings,
    IndexSettings,
    SearchSettings,
    Settings,
    WorkspaceSymbolSettings,
    known_settings,
)

EVERY_NAME = ", ".join(known_settings())


def settings_of(raw: object) -> Settings:
    settings, warnings = Settings.of(raw)
    assert warnings == []
    return settings


def warnings_of(raw: object) -> list[str]:
    settings, warnings = Settings.of(raw)
    assert settings == Settings()
    return warnings


@pytest.mark.parametrize("nothing", [None, {}, [], {"index": None}, {"index": {}}, {"whence": {"index": []}}])
def test_nothing_set_means_the_defaults(nothing: object) -> None:
    assert settings_of(nothing) == Settings()


@pytest.mark.parametrize(
    "raw",
    [
        {"index": {"onOpen": False, "threads": 4}},
        {"index.onOpen": False, "index.threads": 4},
        {"whence.index.onOpen": False, "whence.index": {"threads": 4}},
        {"whence": {"index": {"onOpen": False}, "index.threads": 4.0}},
    ],
)
def test_settings_come_nested_or_dotted_with_or_without_the_section(raw: object) -> None:
    assert settings_of(raw) == Settings(index=IndexSettings(on_open=False, threads=4))


def test_every_setting_is_read() -> None:
    raw: dict[str, dict[str, object]] = {
        "index": {"onOpen": False, "threads": 2, "models": "whence-static"},
        "search": {"limit": 50},
        "codeLens": {"enabled": False, "minimum": 3},
        "hover": {"enabled": False},
        "similar": {"threshold": 1},
        "workspaceSymbol": {"enabled": False, "minChars": 1},
    }

    settings = settings_of(raw)

    assert settings.index == IndexSettings(on_open=False, threads=2, models=ModelChoice.STATIC)
    assert settings.search == SearchSettings(limit=50)
    assert settings.code_lens == CodeLensSettings(enabled=False, minimum=3)
    assert not settings.hover.enabled
    assert settings.similar.threshold == 1.0
    assert settings.workspace_symbol == WorkspaceSymbolSettings(enabled=False, min_chars=1)
    assert {f"{group}.{name}" for group, fields in raw.items() for name in fields} == known_settings().keys()


@pytest.mark.parametrize(
    ("raw", "warning"),
    [
        (
            {"search": {"limit": "ten"}},
            'whence.search.limit: expected an integer from 1 to 200, got "ten"; the default is used, 20',
        ),
        ({"index.onOpen": 1}, "whence.index.onOpen: expected true or false, got 1; the default is used, true"),
        (
            {"similar": {"threshold": 60}},
            "whence.similar.threshold: expected a number from 0.0 to 1.0, got 60; the default is used, 0.58",
        ),
        (
            {"index": {"threads": {"a": 1}}},
            'whence.index.threads: expected an integer from 1 to 64, got {"a": 1}; the default is used, 1',
        ),
        (
            {"index.models": "static"},
            (
                'whence.index.models: expected one of both, whence-code, whence-static, got "static";'
                ' the default is used, "both"'
            ),
        ),
        ({"index": True}, f"whence.index: not a setting; known are {EVERY_NAME}"),
        (3, f"whence: not a setting; known are {EVERY_NAME}"),
        ({"a": {"b": {"c": 1}}, "d": 2}, f"whence.a.b, whence.d: not a setting; known are {EVERY_NAME}"),
    ],
)
def test_setting_that_does_not_fit_keeps_its_default_with_a_warning(raw: object, warning: str) -> None:
    assert warnings_of(raw) == [warning]


def test_wrong_value_does_not_touch_the_others() -> None:
    settings, warnings = Settings.of({"codeLens": {"enabled": "no", "minimum": 5}})

    assert settings == Settings(code_lens=CodeLensSettings(minimum=5))
    assert len(warnings) == 1


def test_settings_clients_read_themselves_are_no_mistake() -> None:
    assert settings_of({"trace": {"server": "verbose"}, "whence.trace.server": "off"}) == Settings()


@pytest.mark.parametrize("nothing", [None, {}, []])
def test_client_need_not_say_anything_of_itself(nothing: object) -> None:
    assert ClientOptions.of(nothing) == (ClientOptions(), [])


def test_client_names_the_commands_it_handles() -> None:
    raw = {"settings": {"index": {"onOpen": False}}, "clientCommands": ["whence.showSimilar"]}

    assert ClientOptions.of(raw) == (ClientOptions({"index": {"onOpen": False}}, ("whence.showSimilar",)), [])


@pytest.mark.parametrize(
    ("raw", "warning"),
    [
        ("x", 'initializationOptions: expected an object with settings, clientCommands, statusNotifications, got "x"'),
        (
            {"setings": {}},
            'initializationOptions: unknown "setings"; known are settings, clientCommands, statusNotifications',
        ),
        (
            {"clientCommands": [1]},
            "initializationOptions.clientCommands[0]: expected a string, got 1; none are used",
        ),
    ],
)
def test_options_of_a_client_that_do_not_fit_are_left_out_with_a_warning(raw: object, warning: str) -> None:
    assert ClientOptions.of(raw) == (ClientOptions(), [warning])
