"""Promises of chunking that hold for any bytes in any language."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whence.chunking.assemble import MAX_CHUNK_CHARS, MAX_TEXT_BYTES
from whence.chunking.chunker import chunk_source, definition_at, outline
from whence.chunking.registry import LANGUAGES
from whence.domain import Chunk, FileHash, Kind, Source

FIXTURES = sorted(path for path in (Path(__file__).parent / "fixtures").rglob("*") if path.is_file())


def source(path: str, data: bytes) -> Source:
    return Source(path=path, data=data, file_hash=FileHash(""), size=len(data), mtime_ns=0)


def chunks_of(path: str, text: str) -> list[Chunk]:
    return chunk_source(source(path, text.encode()))


def assert_promises_hold(path: str, data: bytes) -> None:
    """Coverage by exactly one chunk, exact text, order, bounded size, same answer twice."""
    chunks = chunk_source(source(path, data))

    rows = data.split(b"\n")
    owners = [0] * (len(rows) + 1)
    for chunk in chunks:
        span = chunk.span
        for line in range(span.start_line, span.end_line + 1):
            owners[line] += 1
        assert data[span.start_byte : span.end_byte].decode("utf-8", "replace") == chunk.text
        is_one_line = span.start_line == span.end_line
        assert len(b"".join(chunk.text.encode().split())) <= 4 * MAX_CHUNK_CHARS or is_one_line
        assert span.end_byte - span.start_byte <= MAX_TEXT_BYTES + 2 * len(rows)
    assert all(owners[line] == 1 for line, row in enumerate(rows, 1) if row.strip())
    assert max(owners) <= 1
    assert [chunk.span.start_line for chunk in chunks] == sorted(chunk.span.start_line for chunk in chunks)
    assert chunks == chunk_source(source(path, data))


def mutate(data: bytes, seed: int) -> bytes:
    """Truncate, delete, repeat and overwrite pieces of a fixture."""
    rng = random.Random(seed)
    for _ in range(rng.randint(1, 4)):
        if not data:
            break
        start = rng.randrange(len(data))
        end = min(len(data), start + rng.choice([1, 3, 20, 200]))
        junk = rng.choice([b"", b"\x00", b"{", b"}", b'"""', b"\n", b"(", b"\xff\xfe", b"/*", data[start:end] * 2])
        data = rng.choice([data[:start], data[:start] + junk + data[end:]])
    return data


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_line_of_a_fixture_is_in_one_chunk(path: Path) -> None:
    assert_promises_hold(path.name, path.read_bytes())


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_every_line_of_damaged_code_is_in_one_chunk(path: Path, seed: int) -> None:
    assert_promises_hold(path.name, mutate(path.read_bytes(), seed))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    data=st.one_of(st.binary(max_size=600), st.text(max_size=600).map(lambda text: text.encode("utf-8", "replace"))),
    ending=st.sampled_from(sorted({item.extensions[0] for item in LANGUAGES.values() if item.extensions} | {".txt"})),
)
def test_every_line_of_random_bytes_is_in_one_chunk(data: bytes, ending: str) -> None:
    assert_promises_hold("file" + ending, data)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_hostile_sources_are_survived(language: str) -> None:
    ending = (LANGUAGES[language].extensions or (".x",))[0]
    name = LANGUAGES[language].filenames[0] if not LANGUAGES[language].extensions else "file" + ending
    nested = b"".join(b" " * min(depth, 50) + b"if (x) {\n" for depth in range(2_000))
    for data in (
        b"",
        b"\n\n\n",
        b"x" * 200_000,
        b"f(" * 10_000,
        b"[" * 60_000,
        b"{" * 10_000 + b"\n" + b"}" * 10_000,
        nested,
        b"\x00" * 1_000 + b"\n" + b"\xff" * 1_000,
        b"class A { void f() { " * 500,
        "é".encode() * 20_000,
        b"a\r\nb\r\n",
    ):
        assert_promises_hold(name, data)


def test_deeply_nested_definitions_do_not_recurse() -> None:
    text = "".join(f"function f{depth}() {{\n" for depth in range(1_900)) + "}\n" * 1_900

    chunks = chunks_of("deep.js", text)

    assert chunks[0].symbol == "f0"


def test_code_broken_in_one_place_still_gives_its_definitions() -> None:
    text = (
        "def before():\n    return 1\n\n\ndef broken(a):\n    x = = (2\n    return [\n\n\ndef after():\n    return 3\n"
    )

    symbols = {chunk.symbol for chunk in chunks_of("a.py", text)}

    assert {"before", "after"} <= symbols


def test_enormous_line_is_cut_and_still_covered() -> None:
    chunks = chunks_of("a.py", "x = '" + "a" * 200_000 + "'\ny = 1\n")

    assert len(chunks[0].text) == MAX_TEXT_BYTES
    assert [chunk.span.end_line for chunk in chunks] == [1, 2]


def test_unknown_file_is_chunked_by_lines_at_blank_lines() -> None:
    paragraph = "word " * 150 + "\n"

    chunks = chunks_of("notes", f"{paragraph}\n{paragraph}\n{paragraph}")

    assert {chunk.kind for chunk in chunks} == {Kind.TEXT}
    assert [(chunk.span.start_line, chunk.span.end_line) for chunk in chunks] == [(1, 1), (3, 5)]


def test_tiny_declarations_merge_and_small_functions_do_not() -> None:
    text = "A = 1\nB = 2\n\n\ndef f():\n    return A\n\n\nC = 3\n"

    chunks = chunks_of("a.py", text)

    assert [(chunk.kind, chunk.symbol) for chunk in chunks] == [
        (Kind.CONSTANT, ""),
        (Kind.FUNCTION, "f"),
        (Kind.CONSTANT, "C"),
    ]


def test_parts_of_a_long_function_keep_its_symbol_and_start_at_statements() -> None:
    body = "".join(f"    if rows[{idx}]:\n        total += rows[{idx}] * weight[{idx}]\n" for idx in range(80))

    chunks = chunks_of("a.py", f"def total(rows):\n{body}    return total\n")

    assert {chunk.symbol for chunk in chunks} == {"total"}
    assert [chunk.part_idx for chunk in chunks] == list(range(len(chunks)))
    assert all(chunk.text.lstrip().startswith("if") for chunk in chunks[1:])


def test_definition_at_a_line_is_the_smallest_around_it() -> None:
    chunks = chunks_of("session.py", (Path(__file__).parent / "fixtures/python/session.py").read_text())

    at_method, at_header, at_imports = (definition_at(chunks, line) for line in (66, 45, 6))

    assert at_method is not None
    assert at_method.symbol == "Session.close"
    assert at_header is not None
    assert at_header.symbol == "Session"
    assert at_imports is None


def test_definition_at_a_later_part_is_the_first_part() -> None:
    body = "    total += rows[0] * weight[0]\n" * 120
    chunks = chunks_of("a.py", f"def total(rows):\n{body}")

    found = definition_at(chunks, 110)

    assert found == chunks[0]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", 'def f():\n    """Count sheep."""\n    return 1\n'),
        ("a.go", "package a\n\n// Count\n// sheep.\nfunc F() {}\n"),
        ("a.js", "/**\n * Count sheep.\n */\nexport function f() {}\n"),
        ("a.vue", "<script>\n/** Count sheep. */\nfunction f() { return 1 }\n</script>\n"),
    ],
)
def test_definition_says_where_its_doc_stands(path: str, text: str) -> None:
    documented = [one for one in outline(source(path, text.encode())) if one.doc]

    pieces = [text[start:end] for one in documented for start, end in one.doc_ranges]
    assert [one.doc.split() for one in documented] == [["Count", "sheep."]]
    assert " ".join(re.findall(r"\w+", " ".join(pieces))) == "Count sheep"


def test_outline_gives_the_range_of_each_name() -> None:
    text = "class A:\n    @property\n    def b(self):\n        return 1\n"

    definitions = outline(source("a.py", text.encode()))

    names = [text[item.name_span.start_byte : item.name_span.end_byte] for item in definitions]
    assert names == ["A", "b"]
    assert [item.symbol for item in definitions] == ["A", "A.b"]
    assert [(item.span.start_line, item.head_line) for item in definitions] == [(1, 1), (2, 3)]


def test_doc_comment_after_a_blank_line_belongs_to_nobody() -> None:
    chunks = chunks_of("a.go", "package a\n\n// Licence.\n\nfunc F() {\n}\n")

    assert chunks[-1].doc == ""


@pytest.mark.parametrize(
    ("path", "text", "docs"),
    [
        ("a.js", "use(1);\n\n/**\n * Count sheep.\n */\n\nfunction f() {\n  return 1;\n}\n", ["Count sheep."]),
        ("a.js", "use(1);\n\n/**\n * Count sheep.\n */\n\n\nfunction f() {\n  return 1;\n}\n", [""]),
        ("a.js", "use(1);\n\n/*\n * Count sheep.\n */\n\nfunction f() {\n  return 1;\n}\n", [""]),
        ("a.js", "/**\n * Opens the file.\n */\n\nfunction f() {\n  return 1;\n}\n", [""]),
        ("a.php", "<?php\n\n/**\n * @package Sheep\n */\n\nfunction f() {\n  return 1;\n}\n", [""]),
    ],
)
def test_a_blank_line_may_stand_between_what_is_marked_as_documentation_and_its_definition(
    path: str, text: str, docs: list[str]
) -> None:
    assert [one.doc for one in chunks_of(path, text) if one.symbol == "f"] == docs


def test_functions_assigned_twice_and_named_ones_given_to_a_call_are_definitions() -> None:
    body = "function header(name) {\n  const found = lookUp(name);\n  return found || name;\n}"
    text = f"req.get =\nreq.header = {body};\n\ndefine(req, 'last', {body.replace('header', 'last')});\n"

    found = [(one.symbol, one.kind) for one in outline(source("a.js", text.encode()))]

    assert found == [("req.header", Kind.FUNCTION), ("last", Kind.FUNCTION)]


def test_parsing_a_large_source_takes_memory_in_proportion_to_it() -> None:
    """Scala's scanner asks for the source again at every token; each time it used to get the whole rest of it."""
    script = (
        "import resource\n"
        "from whence.chunking.grammar import parse\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "body = b'object Ledger {\\n' + b'  def entry(a: Int): Int = a + 1\\n' * 8_000 + b'}\\n'\n"
        "assert parse(body, 'scala') is not None\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    grown_mb = int(done.stdout) / (1_000_000 if sys.platform == "darwin" else 1_000)
    assert grown_mb < 400
