"""Golden chunks: one folder of fixtures and one golden file a language. `WHENCE_UPDATE_GOLDEN=1` writes them anew.

A line of a golden file: lines, kind, symbol, part | signature | first words of the doc | headers.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from whence.chunking.chunker import chunk_source
from whence.chunking.registry import LANGUAGES, language_of
from whence.domain import Chunk, FileHash, Source

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures"
GOLDEN = HERE / "golden"


def fixtures_of(language: str) -> list[Path]:
    """Fixture files of a language, sorted."""
    folder = FIXTURES / language
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def describe(chunk: Chunk, language: str) -> str:
    """One line about a chunk, in the words a reviewer needs."""
    fields = [f"{chunk.span.start_line}-{chunk.span.end_line} {chunk.kind.value} {chunk.symbol or '-'}"]
    fields[0] += f" part {chunk.part_idx}" if chunk.part_idx else ""
    fields[0] += f" ({chunk.language})" if chunk.language != language else ""
    fields.append(chunk.signature[:80])
    fields.append(" ".join(chunk.doc.split()[:6]))
    fields.append(" > ".join(header[:40] for header in chunk.headers))
    return " | ".join(fields).rstrip(" |")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_chunks_of_a_language_are_as_reviewed(language: str) -> None:
    paths = fixtures_of(language)
    assert paths, f"add a fixture: tests/chunking/fixtures/{language}/"

    rows: list[str] = []
    for path in paths:
        data = path.read_bytes()
        source = Source(path=path.name, data=data, file_hash=FileHash(""), size=len(data), mtime_ns=0)
        rows.append(f"## {path.name}: {language_of(path.name, data)}")
        rows.extend(describe(chunk, language) for chunk in chunk_source(source))
    text = "\n".join(rows) + "\n"

    golden = GOLDEN / f"{language}.txt"
    if os.environ.get("WHENCE_UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_fixture_is_recognised_as_its_language(language: str) -> None:
    assert {language_of(path.name, path.read_bytes()) for path in fixtures_of(language)} == {language}


def test_golden_files_belong_to_languages() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(LANGUAGES)
