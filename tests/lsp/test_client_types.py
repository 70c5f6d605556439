"""The extension's types and settings are those of the server."""

from __future__ import annotations

from scripts import write_client


def test_types_of_the_extension_are_those_of_the_server() -> None:
    assert write_client.PROTOCOL.read_text(encoding="utf-8") == write_client.protocol()


def test_settings_of_the_extension_are_those_of_the_server() -> None:
    manifest = write_client.MANIFEST.read_text(encoding="utf-8")
    words = write_client.WORDS.read_text(encoding="utf-8")

    assert write_client.manifest(manifest) == manifest
    assert write_client.words(words) == words
