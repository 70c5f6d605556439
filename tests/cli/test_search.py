"""`whence search`, as a person or a script uses it."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from pathlib import Path

import pytest

from tests.support import SHOP, STATIC, Whence, write_tree
from whence.app import LocalServices
from whence.cli import commands, run
from whence.engine import embedding, first_step


def test_search_of_a_new_folder_indexes_it_and_prints_place_symbol_snippet_and_reason(
    whence: Whence, shop: Path
) -> None:
    ran = whence("search", "check a token's signature", "--root", shop)

    first = ran.out.split("\n\n")[0]
    assert ran.code == 0
    assert "shop/session.py:" in first
    assert "validate_jwt_token" in first
    assert "def validate_jwt_token(token, key):" in first
    assert "why:" in first


def test_hit_in_json_has_the_stable_fields(whence: Whence, shop: Path) -> None:
    hit = whence("search", "validate_jwt_token", "--root", shop, "--json").json["hits"][0]

    assert {"path", "start_line", "end_line", "symbol", "kind", "language", "score", "reasons", "snippet"} <= set(hit)
    assert (hit["path"], hit["symbol"], hit["kind"], hit["language"]) == (
        "shop/session.py",
        "validate_jwt_token",
        "function",
        "python",
    )
    assert (hit["start_line"], hit["end_line"]) == (13, 18)


@pytest.mark.parametrize("query", ["basketTotal", "basket_total", "baskettotal", "total of the basket with discount"])
def test_symbol_is_found_however_it_is_spelt(whence: Whence, shop: Path, query: str) -> None:
    assert whence("search", query, "--root", shop, "--json").places[0] == "shop/prices.js:1"


def test_qualified_symbol_finds_the_method(whence: Whence, shop: Path) -> None:
    hit = whence("search", "Session.expire", "--root", shop, "--json").json["hits"][0]

    assert hit["path"] == "shop/session.py"
    assert "expire" in hit["snippet"]


def test_piece_of_code_is_a_query(whence: Whence, shop: Path) -> None:
    snippet = "items.reduce((total, item) => total + item.price * item.count, 0);"

    assert whence("search", snippet, "--root", shop, "--json").paths[0] == "shop/prices.js"


@pytest.mark.parametrize(
    ("flags", "paths"),
    [
        (["--path", "tests/**"], {"tests/test_session.py"}),
        (["--path", "*.py", "--path", "!tests/"], {"shop/session.py"}),
        (["--lang", "python"], {"shop/session.py", "tests/test_session.py"}),
        (["--kind", "class", "--kind", "method"], {"shop/session.py"}),
        (["--lang", "markdown"], set()),
    ],
)
def test_filters_limit_what_is_found(whence: Whence, shop: Path, flags: list[str], paths: set[str]) -> None:
    assert set(whence("search", "session expire customer", "--root", shop, "--json", *flags).paths) == paths


def test_k_limits_the_number_of_hits(whence: Whence, shop: Path) -> None:
    assert len(whence("search", "session", "--root", shop, "--json", "-k", "1").json["hits"]) == 1


def test_nothing_relevant_is_an_empty_answer_and_exit_code_one(
    whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WHENCE_MODEL")  # what counts as relevant is measured for the model that ships

    ran = whence("search", "quantum chromodynamics lattice", "--root", shop)

    assert ran.code == 1
    assert "Nothing in this code base is relevant" in ran.out


def test_shares_of_the_reasons_add_up_to_the_score(whence: Whence, shop: Path) -> None:
    for hit in whence("search", "where do sessions expire", "--root", shop, "--json").json["hits"]:
        assert sum(reason["score"] for reason in hit["reasons"]) == pytest.approx(hit["score"], abs=0.002)


def test_many_queries_are_answered_one_a_line_with_their_ids(whence: Whence, shop: Path, tmp_path: Path) -> None:
    asked = [{"id": "a", "query": "basketTotal"}, {"id": 7, "query": "session expire"}, {"query": "cards charged"}]
    queries = tmp_path / "queries.jsonl"
    queries.write_text("\n".join(map(json.dumps, asked)) + "\n\n", encoding="utf-8")

    ran = whence("search", "--queries", queries, "--json", "--root", shop, "-k", "3")

    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", 7, 3]
    assert [answer["hits"][0]["path"] for answer in answers] == ["shop/prices.js", "shop/session.py", "README.md"]


def test_explain_shows_shares_and_timings(whence: Whence, shop: Path) -> None:
    ran = whence("search", "session expire", "--root", shop, "--explain")

    assert "+0." in ran.out
    assert " total " in ran.out.splitlines()[-1]


def test_no_refresh_without_an_index_says_what_to_do(whence: Whence, shop: Path) -> None:
    ran = whence("search", "session", "--root", shop, "--no-refresh")

    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert 'run "whence index" first' in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "COMMAND"),
        (["serach", "x"], "serach"),
        (["search"], "QUERY"),
        (["search", "x", "-k", "0"], "from 1 to 1000"),
        (["search", "x", "--within", "nan"], "number of seconds"),
        (["search", ""], "query is empty"),
        (["search", "x", "--kind", "klass"], "Unknown kind 'klass'"),
        (["search", "x", "--lang", "pyhton"], "Unknown language 'pyhton'"),
        (["search", "x", "--root", "/no/such/folder"], "/no/such/folder"),
        (["similar", "README.md"], "PATH:LINE"),
        (["search", "--queries", "no-such-file"], "no-such-file"),
    ],
)
def test_wrong_use_gets_one_line(
    whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(shop)

    ran = whence(*arguments)

    assert ran.code == 2
    assert words in ran.err
    assert ran.err.count("\n") == 1
    assert ran.out == ""


def test_bad_line_of_queries_is_named(whence: Whence, shop: Path, tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"query": "ok"}\n{"question": "no"}\n', encoding="utf-8")

    ran = whence("search", "--queries", queries, "--root", shop)

    assert ran.code == 2
    assert "Line 2 of" in ran.err


@pytest.mark.parametrize(
    "query",
    ["   ?", "🦆", "где истекает сессия", "x" * 20_000, "'; DROP TABLE chunks; --", '%_\\"', "\x00", "\udcff\ud800"],
)
def test_odd_query_is_answered_or_refused_in_one_line(whence: Whence, shop: Path, query: str) -> None:
    ran = whence("search", query, "--root", shop)

    assert ran.code in (0, 1, 2)
    assert "Traceback" not in ran.err
    assert whence("search", query, "--root", shop, "--json").code == ran.code
    assert whence("status", "--root", shop, "--json").json["state"] == "usable"


@pytest.mark.parametrize("glob", ["[", "!", "", "a\\", "***/x", "\udcff", "\x00", "{a,b}", "*a" * 2_000])
def test_odd_glob_is_answered_and_does_no_harm(whence: Whence, shop: Path, glob: str) -> None:
    assert whence("search", "session", "--root", shop, "--path", glob).code in (0, 1)

    assert whence("status", "--root", shop, "--json").json["state"] == "usable"


def test_path_with_quotes_and_spaces_is_found(whence: Whence, tmp_path: Path) -> None:
    root = write_tree(tmp_path / "r", {'it\'s a "dir"/naïve file.py': "def peculiar_function():\n    return 1\n"})

    assert whence("search", "peculiar_function", "--root", root, "--json").paths == ['it\'s a "dir"/naïve file.py']


@pytest.mark.parametrize("line", ["not json", "[]", '{"query": 1}', "[" * 100_000])
def test_bad_line_on_standard_input_is_named(
    whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"\n{line}\n"))

    ran = whence("search", "--queries", "-", "--root", shop)

    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "Line 2 of standard input" in ran.err


@pytest.mark.parametrize("name", ["-", "file"])
def test_queries_that_are_not_utf8_get_one_line(
    whence: Whence, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    raw = b'{"query": "\xff"}\n'
    (tmp_path / "file").write_bytes(raw)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="latin-1"))

    ran = whence("search", "--queries", name, "--root", shop)

    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "UTF-8" in ran.err


def test_standard_streams_may_be_closed(whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)

    assert run(LocalServices(), ["search", "session", "--root", str(shop)]) == 0
    assert run(LocalServices(), ["search", "--queries", "-", "--root", str(shop)]) == 1


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_answer_that_cannot_be_written_is_one_line(
    whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch, flags: list[str]
) -> None:
    class FullDisk(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stdout", FullDisk())

    ran = whence("search", "session", "--root", shop, *flags)

    assert (ran.code, ran.err) == (
        2,
        "whence: The answer cannot be written (No space left on device); look at where stdout goes\n",
    )


def test_answer_in_another_encoding_is_still_json(whence: Whence, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(shop, {"shop/höhe.py": "def height_of_parcel():\n    return '🦆'\n"})
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1"))

    whence("search", "height_of_parcel", "--root", shop, "--json")
    first = json.loads(written.getvalue())["hits"][0]

    assert first["path"] == "shop/höhe.py"
    assert "🦆" in first["snippet"]


@pytest.mark.skipif(os.name == "nt", reason="Windows allows no such names")
def test_text_of_a_repository_does_not_command_the_terminal(whence: Whence, tmp_path: Path) -> None:
    name = "esc\x1b[31m\nape\u202e.py"
    root = write_tree(tmp_path / "r", {name: "def escape_artist():\n    return '\x1b]0;title\x07'\n"})

    for arguments in (["search", "escape_artist"], ["explain-file", str(root / name)]):
        out = whence(*arguments, "--root", root).out
        assert "esc\\x1b[31m\\nape\\u202e.py" in out
        assert not set("\x1b\x07\u202e") & set(out)
    assert whence("search", "escape_artist", "--root", root, "--json").paths == [name]


def test_search_that_ran_out_of_time_says_that_files_are_missing(whence: Whence, shop: Path) -> None:
    ran = whence("search", "validate_jwt_token", "--root", shop, "--json", "--within", "0")

    assert ran.json["complete"] is False
    assert "0 files can be searched so far" in ran.err


@pytest.fixture
def bridged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first model stands in, two chunks are many, each file is a slab, and nobody has patience."""
    monkeypatch.setenv("WHENCE_FIRST_MODEL", str(STATIC))
    monkeypatch.setattr(first_step, "FEW_CHUNKS", 1)
    monkeypatch.setattr(embedding, "SLAB_PASSAGES", 1)
    monkeypatch.setattr(commands, "PATIENCE_S", 0.0)


@pytest.mark.usefixtures("bridged")
def test_search_answers_by_the_first_model_before_every_chunk_has_its_vector(whence: Whence, shop: Path) -> None:
    ran = whence("search", "how much do products in the cart cost altogether", "--root", shop, "--json")

    assert ran.json["embedded"] < ran.json["embedded"] + ran.json["embedded_first"] == ran.json["chunks"]
    assert ran.json["complete"] is False
    assert ran.json["hits"][0]["symbol"] == "basketTotal"
    assert ran.err == (
        'whence: answering before every chunk has its vector; "whence index" embeds the rest, --wait waits for it\n'
    )


@pytest.mark.usefixtures("bridged")
@pytest.mark.parametrize("flags", [["--wait"], ["--within", "60"]])
def test_search_waits_for_every_vector_where_it_is_told_to(whence: Whence, shop: Path, flags: list[str]) -> None:
    ran = whence("search", "cart", "--root", shop, "--json", *flags)

    assert (ran.json["complete"], ran.err) == (True, "")


@pytest.mark.usefixtures("bridged")
def test_searches_one_after_another_bring_every_vector(whence: Whence, shop: Path) -> None:
    seen = [whence("search", "cart", "--root", shop, "--json").json["embedded"] for _ in range(len(SHOP) + 1)]

    assert seen == sorted(seen)
    assert whence("search", "cart", "--root", shop, "--json").json["complete"] is True


@pytest.mark.usefixtures("bridged")
def test_many_questions_wait_for_every_vector(whence: Whence, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"id": 1, "query": "cart"}\n', encoding="utf-8")

    assert whence("search", "--queries", tmp_path / "q.jsonl", "--root", shop).json["complete"] is True


def test_search_where_the_index_cannot_be_written_answers_from_what_is_there(
    whence: Whence, shop: Path, own_surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whence("index", "--root", shop)
    for lock in (own_surroundings / "whence" / "workspaces").glob("*.lock"):
        lock.unlink()
        lock.mkdir()  # as good as a folder without rights, also for root

    ran = whence("search", "validate_jwt_token", "--root", shop, "--json")

    assert ran.paths[0] == "shop/session.py"
    assert ran.json["complete"] is False
    assert "answering from what is indexed so far" in ran.err
    assert ran.err.count("\n") == 1
