"""What is embedded for a chunk says what the chunk is, within its bound, wherever the file lies."""

from __future__ import annotations

import attrs
from hypothesis import given
from hypothesis import strategies as st

from whence.domain import Chunk, Kind, Span
from whence.text.passages import MAX_CHARS, passage_of, passage_of_snippet

METHOD = Chunk(
    span=Span(3, 7, 20, 150),
    language="python",
    kind=Kind.METHOD,
    name="expireNow",
    symbol="Session.expireNow",
    headers=("class Session(Base):",),
    signature="def expireNow(self, now):",
    doc="Forget the customer when the time is over.",
    text='''\
    def expireNow(self, now):
        """Forget the customer when the time is over."""

        if now > self.deadline:
            self.customer = None
''',
)


def block(text: str) -> Chunk:
    return Chunk(span=Span(1, 9, 0, 99), language="python", kind=Kind.BLOCK, text=text)


def test_passage_names_the_chunk_in_words_then_gives_doc_header_and_code() -> None:
    assert passage_of(METHOD).text.splitlines() == [
        "method session expire now",
        "Forget the customer when the time is over.",
        "class Session(Base):",
        "def expireNow(self, now):",
        "if now > self.deadline:",
        "self.customer = None",
    ]


def test_passage_does_not_depend_on_where_the_chunk_stands() -> None:
    moved = attrs.evolve(METHOD, span=Span(300, 304, 9000, 9130))

    assert passage_of(moved) == passage_of(METHOD)


def test_passage_does_not_depend_on_indentation_or_blank_lines() -> None:
    indented = attrs.evolve(METHOD, text=METHOD.text.replace("    ", "\t").replace("\n", "\n\n"))

    assert passage_of(indented).hash == passage_of(METHOD).hash


def test_other_code_has_another_hash() -> None:
    changed = attrs.evolve(METHOD, text=METHOD.text.replace("None", "Nobody"))

    assert passage_of(changed).hash != passage_of(METHOD).hash


def test_part_of_a_long_definition_begins_with_its_signature() -> None:
    part = attrs.evolve(METHOD, part_idx=1, doc="", text="        return self.customer\n")

    assert "def expireNow(self, now):" in passage_of(part).text


def test_licence_and_imports_are_not_worth_their_place_beside_code() -> None:
    text = "# Copyright 2020 Somebody\n# Licensed under MIT\n\nimport os\nfrom a import b\n\nRETRIES = 3\n"

    assert passage_of(block(text)).text == "RETRIES = 3"


def test_block_of_nothing_but_imports_keeps_them() -> None:
    assert passage_of(block("import os\nimport sys\n")).text == "import os\nimport sys"


def test_long_doc_leaves_room_for_code() -> None:
    wordy = attrs.evolve(METHOD, doc="word " * 1_000)

    text = passage_of(wordy).text

    assert len(text) <= MAX_CHARS
    assert "self.customer = None" in text


def test_snippet_is_embedded_like_the_code_of_a_chunk() -> None:
    assert passage_of_snippet("\tif a:\n\n\t\t  b()\n\t}\n") == "if a:\nb()"


def test_snippet_is_embedded_without_licence_and_imports() -> None:
    pasted = "// Copyright 2020 Somebody\nuse std::{cmp::max, mem};\nuse rand::Rng;\n\nfn twice(n: u8) -> u8 { n * 2 }"

    assert passage_of_snippet(pasted) == "fn twice(n: u8) -> u8 { n * 2 }"


def test_snippet_of_imports_alone_keeps_them() -> None:
    assert passage_of_snippet("import os\nimport sys\n") == "import os\nimport sys"


@given(st.text(), st.text(), st.sampled_from(Kind))
def test_passage_of_anything_is_bounded(text: str, symbol: str, kind: Kind) -> None:
    chunk = Chunk(span=Span(1, 1, 0, 1), language="text", kind=kind, text=text, symbol=symbol, doc=text)

    assert len(passage_of(chunk, max_chars=50).text) <= 50


def test_passage_of_a_notebook_cell_is_its_source_without_the_json_around_it() -> None:
    chunk = Chunk(
        span=Span(1, 1, 0, 1), language="python", kind=Kind.CELL, text='"source": ["total = 1\\n"]', plain="total = 1"
    )

    assert passage_of(chunk).text == "total = 1"
