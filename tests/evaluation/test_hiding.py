"""Doc comments blanked out: nothing of them is left, everything else stays where it is."""

from __future__ import annotations

import pytest

from whence.chunking.chunker import chunk_source, outline
from whence.domain import FileHash, Source
from whence.evaluation.hiding import hide_docs

DOCUMENTED = {
    "a.py": """\
class Herd:
    '''Counts sheep.'''

    def count(self):
        '''Sheep,

        `by night`.'''
""",
    "a.go": "package a\n\n// Count sheep. (by night)\nfunc Count() int {\n\treturn 1 // one\n}\n",
    "a.ts": "/**\n * Count sheep.\n * @returns sheep\n */\nexport function count(): number {\n  return 1;\n}\n",
    "a.rs": "/// Count sheep.\n/// By night.\n#[inline]\npub fn count() -> u8 {\n    1\n}\n",
    "a.rb": "=begin\nCount sheep\n=end\ndef count\n  1\nend\n",
    "a.ex": 'defmodule Herd do\n  @doc """\n  Count sheep.\n  """\n  def count, do: 1\nend\n',
    "a.hs": "module Herd where\n\n-- | Count sheep\ncount :: Int\ncount = 1\n",
    "a.cs": "class Herd {\n  /// <summary>Count sheep</summary>\n  int Count() { return 1; }\n}\n",
    "a.jl": '"""\nCount sheep.\n"""\nfunction count()\n    1\nend\n',
    "a.pl": "=head2 count\n\nSheep by night.\n\n=cut\n\nsub count {\n    return 1;\n}\n",
}


def source(path: str, text: str) -> Source:
    return Source(path=path, data=text.encode(), file_hash=FileHash(""), size=len(text), mtime_ns=0)


@pytest.mark.parametrize("path", DOCUMENTED)
def test_words_of_a_doc_comment_are_gone_and_code_stays_in_place(path: str) -> None:
    text = DOCUMENTED[path]

    hidden = hide_docs(source(path, text))

    shown = hidden.data.decode()
    assert "heep" not in shown and "night" not in shown
    assert [len(line) for line in shown.split("\n")] == [len(line) for line in text.split("\n")]
    before, after = outline(source(path, text)), outline(hidden)
    assert any(one.doc for one in before)
    assert [(one.symbol, one.kind, one.name_span) for one in after] == [
        (one.symbol, one.kind, one.name_span) for one in before
    ]
    assert not any(map(str.isalnum, "".join(one.doc for one in after if one.name.lower() == "count")))
    assert all("heep" not in chunk.text + chunk.doc for chunk in chunk_source(hidden))


def test_other_comments_stay() -> None:
    text = 'def count():\n    """Sheep."""\n    # one a night\n    return 1\n'

    assert b"# one a night" in hide_docs(source("a.py", text)).data


def test_source_without_docs_is_left_alone() -> None:
    plain = source("a.py", "def count():\n    return 1\n")

    assert hide_docs(plain) is plain
