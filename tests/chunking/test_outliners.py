"""What our own outliners promise: they never raise, their work grows with the source, and they find what is there."""

from __future__ import annotations

import sys
from importlib import import_module
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whence.chunking.chunker import chunk_source
from whence.chunking.outline import Outline, Outliner
from whence.chunking.outliners.notebook import plain_cell
from whence.chunking.registry import LANGUAGES
from whence.domain import Chunk, FileHash, Kind, Source

PARSED = {"bats:outline_bats"}
"""Outliners that ask a grammar: its work has limits of its own, and starts to count above a size."""

OUTLINERS = sorted({language.outliner for language in LANGUAGES.values() if language.outliner} - PARSED)

PIECES = [
    b"# a\n", b"a\n===\n", b"===\n", b"```\n", b"![", b"<!--", b"<a ", b"<a x='", b"<h1>", b"</a>", b"<a><b>",
    b"<style>", b"{", b'{"a":', b"[", b'"', b"'", b'"""\n', b"/*", b"a{}\n", b";", b"a:\n", b" a:\n", b"- a: b\n",
    b"a: |\n", b"---\n", b"[a]\n", b"[[a]]\n", b"a=1\n", b"a: \\\n", b"\\\n", b"define a\n", b"#c\n",
    b"FROM a <<EOF\n", b".. class:: a\n", b"* a\n", b"= a\n", b"----\n", b" ", b"\n", b"x", b"\xff\x00",
    b'{"cells":[{"source":["a"]},', b"\r\n",
]  # fmt: skip
"""What each format is made of, and what opens without closing."""

SMALL_BYTES = 500
LARGE_BYTES = 4_000
MAX_GROWTH = 14
"""Eight times the bytes may take fourteen times the calls; work that grows with the square would take 64 times."""


def load(name: str) -> Outliner:
    module, _, function = name.partition(":")
    outliner: Outliner = getattr(import_module(f"whence.chunking.outliners.{module}"), function)
    return outliner


def chunks_of(path: str, text: str) -> list[Chunk]:
    data = text.encode()
    return chunk_source(Source(path=path, data=data, file_hash=FileHash(""), size=len(data), mtime_ns=0))


def symbols_of(path: str, text: str) -> list[str]:
    return [chunk.symbol for chunk in chunks_of(path, text)]


def n_calls(outliner: Outliner, data: bytes) -> int:
    """Python and C functions called while a source is outlined."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        outliner(data)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", OUTLINERS)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join))
def test_any_mixture_of_markup_is_outlined(name: str, data: bytes) -> None:
    outlined = load(name)(data)

    assert isinstance(outlined, Outline)
    assert all(0 <= mark.start <= mark.end <= len(data) for mark in outlined.marks)
    assert all(0 <= mark.name_start <= mark.name_end <= len(data) for mark in outlined.marks)


@pytest.mark.parametrize("name", OUTLINERS)
def test_work_grows_with_the_source_whatever_is_repeated(name: str) -> None:
    outliner = load(name)
    outliner(b"a: b\n<style>a{}</style>\n")  # what is imported late is not counted

    growth = {
        piece: n_calls(outliner, piece * (LARGE_BYTES // len(piece)))
        / n_calls(outliner, piece * (SMALL_BYTES // len(piece)))
        for piece in PIECES
    }

    assert {piece: ratio for piece, ratio in growth.items() if ratio > MAX_GROWTH} == {}


def test_tiny_sections_merge_and_keep_their_names() -> None:
    text = "# Guide\n\n" + "".join(
        f"## Topic {idx}\n\nTwo lines say what it is,\nand no more than that.\n\n" for idx in range(20)
    )

    chunks = chunks_of("README.md", text)

    assert 2 <= len(chunks) <= 4
    assert {f"Topic {idx}" for idx in range(20)} == {
        name for chunk in chunks for name in chunk.symbol.removeprefix("Guide.").split(", ")
    }
    assert {chunk.kind for chunk in chunks} == {Kind.SECTION}


def test_heading_without_text_goes_with_its_first_section() -> None:
    body = "word " * 100

    chunks = chunks_of("a.md", f"# Title\n\n## Group\n\n### One\n\n{body}\n\n### Two\n\n{body * 2}\n")

    assert [(chunk.symbol, chunk.span.start_line) for chunk in chunks] == [
        ("Title.Group.One", 1),
        ("Title.Group.Two", 9),
    ]


def test_hash_in_a_code_block_is_no_heading() -> None:
    assert symbols_of("a.md", "# A\n\n```sh\n# not B\n```\n\n~~~\n# nor C\n") == ["A"]


def test_long_section_is_cut_between_paragraphs_and_not_in_code() -> None:
    paragraph = "word " * 60
    code = "```\n" + "\n\n".join("x = 1" * 20 for _ in range(4)) + "\n```\n"

    chunks = chunks_of(
        "a.md", f"# A\n\n{paragraph}\n\n{paragraph}\n\n{paragraph}\n\n{paragraph}\n\n{code}\n\n{paragraph * 3}\n"
    )

    assert {chunk.symbol for chunk in chunks} == {"A"}
    assert all(chunk.text.count("```") in (0, 2) for chunk in chunks)


def test_title_of_front_matter_stands_for_a_missing_first_heading() -> None:
    with_title = symbols_of("a.md", "---\ntitle: Guide\n---\n\n## Install\n\n" + "word " * 200)

    assert with_title == ["Guide.Install"]


def test_markup_is_dropped_from_titles() -> None:
    assert symbols_of("a.md", "# The `run()` [method](x.md) **now** ![badge](b.svg) #\n") == ["The run() method now"]


def test_each_document_of_a_yaml_stream_is_called_by_kind_and_name() -> None:
    filler = "".join(f"  key_{idx}: some value of it\n" for idx in range(12))
    text = "".join(f"---\nkind: {kind}\nmetadata:\n  name: web\nspec:\n{filler}" for kind in ("Deployment", "Service"))

    assert symbols_of("a.yaml", text) == ["Deployment.web", "Service.web"]


def test_table_headers_inside_a_toml_string_are_text() -> None:
    assert symbols_of("a.toml", 'a = """\n[b]\nc = 1\n"""\n\n[d]\ne = 1\n') == ["a, d"]


def test_member_of_broken_json_is_still_found() -> None:
    value = "x" * 200

    assert "scripts" in symbols_of("a.json", f'{{\n  "scripts": {{\n    "build": "{value}"\n  ,,\n  "name": [\n')


def test_component_is_called_by_its_file() -> None:
    script = "<script>\nfunction load() {\n" + "  step();\n" * 150 + "}\n</script>\n<template>\n<p/>\n</template>\n"

    by_name = symbols_of("src/UserCard.vue", script)
    by_folder = symbols_of("src/UserList/index.vue", script)

    assert "UserCard.load" in by_name
    assert "UserList.load" in by_folder


def test_plain_text_of_a_cell_is_its_source() -> None:
    text = ' {\n  "cell_type": "code",\n  "metadata": {},\n  "source": [\n   "a = \\"b\\"\\n",\n   "c"\n  ]\n },'

    assert plain_cell(text) == 'a = "b"\nc'


def test_large_output_of_a_cell_is_one_short_chunk() -> None:
    rows = ",\n".join(f'      "row {idx} of a long table\\n"' for idx in range(500))
    source = '"source": [\n  "def f():\\n",\n  "  pass"\n ]'
    cell = f'{{\n "cell_type": "code",\n "outputs": [{{"text": [\n{rows}\n ]}}],\n {source}\n}}'

    chunks = chunks_of("a.ipynb", f'{{\n"cells": [\n{cell}\n],\n"metadata": {{}}\n}}\n')

    assert len(chunks) <= 4
    assert [(chunk.name, chunk.plain) for chunk in chunks if chunk.kind is Kind.CELL] == [("f", "def f():\n  pass")]
    assert all(len(chunk.text) <= 400 for chunk in chunks)


def test_from_inside_a_here_document_begins_no_stage() -> None:
    assert symbols_of("Dockerfile", "FROM a AS b\nRUN <<E\nFROM c\nE\nFROM d\nRUN e\n") == ["b", "d"]
