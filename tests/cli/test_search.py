"""`whence search`, as a person or a script uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support import Whence, write_tree


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
    "query", ["   ?", "🦆", "где истекает сессия", "x" * 20_000, "'; DROP TABLE chunks; --", '%_\\"', "\x00"]
)
def test_odd_query_is_answered_or_refused_in_one_line(whence: Whence, shop: Path, query: str) -> None:
    ran = whence("search", query, "--root", shop)

    assert ran.code in (0, 1, 2)
    assert "Traceback" not in ran.err


def test_path_with_quotes_and_spaces_is_found(whence: Whence, tmp_path: Path) -> None:
    root = write_tree(tmp_path / "r", {'it\'s a "dir"/naïve file.py': "def peculiar_function():\n    return 1\n"})

    assert whence("search", "peculiar_function", "--root", root, "--json").paths == ['it\'s a "dir"/naïve file.py']
