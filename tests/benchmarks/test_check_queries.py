"""The checker of our own queries passes good files and names each kind of fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.quality.check_queries import Problem, check_folder
from benchmarks.quality.rivals import name_defined
from tests.support import git, write_tree

Record = dict[str, Any]

CODE = {
    "shop/session.py": """\
class Session:
    def expire(self, now):
        if now > self.deadline:
            self.customer = None

    def renew(self):
        self.deadline += 60
""",
    "shop/basket.py": """\
def total(items):
    return sum(items)


def close_every_old_session(sessions):
    for session in sessions:
        session.expire()
""",
}
EXPIRE = {"path": "shop/session.py", "symbol": "Session.expire", "start_line": 2, "end_line": 4}
RENEW = {"path": "shop/session.py", "symbol": "Session.renew", "start_line": 6, "end_line": 7}
QUERIES = (
    ("L0", "expire the session of a customer"),
    ("L1", "forget who visited when time is over"),
    ("L1", "sign somebody out after the allowed time"),
    ("L2", "visitors stay logged in over the weekend"),
)


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of corpora with one small repository in it."""
    corpora = tmp_path_factory.mktemp("corpora")
    repo = write_tree(corpora / "acme+shop" / "repo", CODE)
    git(repo, "init", "-q")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "A shop")
    return corpora


@pytest.fixture
def check(tmp_path: Path, corpora: Path) -> Callable[..., list[Problem]]:
    """Check four good queries about the small repository, of which `change` has spoilt something."""
    commit = git(corpora / "acme+shop" / "repo", "rev-parse", "HEAD").strip()

    def check(change: Callable[[list[Record]], object] = lambda records: None) -> list[Problem]:
        records: list[Record] = [
            {
                "repo": "acme/shop",
                "commit": commit,
                "level": level,
                "query": query,
                "gold": [dict(EXPIRE)],
                "hard_negative": dict(RENEW),
                "why": "expire ends a session; renew makes it longer.",
            }
            for level, query in QUERIES
        ]
        change(records)
        text = "".join(f"{json.dumps(record)}\n" for record in records)
        folder = write_tree(tmp_path / "queries", {"acme+shop.jsonl": text})
        return check_folder(folder, corpora)

    return check


def test_good_file_passes(check: Callable[..., list[Problem]]) -> None:
    assert check() == []


def _put(key: str, value: object, line: int = 1) -> Callable[[list[Record]], object]:
    return lambda records: records[line - 1].update({key: value})


def _put_in_gold(key: str, value: object, line: int = 1) -> Callable[[list[Record]], object]:
    return lambda records: records[line - 1]["gold"][0].update({key: value})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_put("note", "more"), "acme+shop.jsonl:1: keys are not repo, commit, level, query, gold"),
        (_put("commit", "HEAD"), "acme+shop.jsonl:1: commit is 'HEAD'"),
        (_put("commit", "0" * 40, line=2), "acme+shop.jsonl:2: another commit than line 1"),
        (_put("repo", "acme/store", line=2), "acme+shop.jsonl:2: repo is acme/store, the file is called acme+shop"),
        (_put("level", "L3"), "acme+shop.jsonl:1: level is 'L3', not one of L0, L1, L2"),
        (_put("why", " "), "acme+shop.jsonl:1: why is empty"),
        (_put("gold", []), "acme+shop.jsonl:1: gold is not a list of one to 3 places"),
        (_put("gold", [EXPIRE] * 4), "acme+shop.jsonl:1: gold is not a list of one to 3 places"),
        (_put("hard_negative", {"path": "shop/session.py"}), "acme+shop.jsonl:1: not a place with path, symbol"),
        (_put_in_gold("end_line", 1), "acme+shop.jsonl:1: not a place with path, symbol"),
        (_put("query", "session expire"), "acme+shop.jsonl:1: 2 words, not 4 to 16"),
        (_put("query", QUERIES[1][1].upper(), line=3), "acme+shop.jsonl:3: same query as acme+shop.jsonl:2"),
        (
            _put("query", "who is signed out in sessions", line=2),
            "acme+shop.jsonl:2: L1 uses session, said by the name",
        ),
        (
            _put("query", "login has not expired on Monday", line=4),
            "acme+shop.jsonl:4: L2 uses expir, said by the name",
        ),
        (_put("hard_negative", EXPIRE), "acme+shop.jsonl:1: the hard negative overlaps shop/session.py:2"),
        (_put("gold", [EXPIRE, EXPIRE]), "acme+shop.jsonl:1: two gold places overlap: shop/session.py:2"),
        (_put_in_gold("path", "shop/visit.py"), "acme+shop.jsonl:1: no shop/visit.py at "),
        (_put("hard_negative", {**RENEW, "end_line": 8}), "acme+shop.jsonl:1: shop/session.py has 7 lines"),
        (_put_in_gold("symbol", "Session.end"), "acme+shop.jsonl:1: no end in shop/session.py:2-4"),
        (_put("level", "L1"), "queries: 0% of the queries are L0, not 25% ± 5%"),
    ],
)
def test_fault_is_found(
    check: Callable[..., list[Problem]], change: Callable[[list[Record]], object], problem: str
) -> None:
    errors = [str(found) for found in check(change) if found.is_error]

    assert any(error.startswith(problem) for error in errors), errors


def test_line_that_is_not_json_is_found(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {"acme+shop.jsonl": "{\n"})

    assert str(check_folder(folder, None)[0]).startswith("acme+shop.jsonl:1: not JSON: ")


def test_places_are_taken_on_trust_without_the_repository(check: Callable[..., list[Problem]], tmp_path: Path) -> None:
    check(_put_in_gold("path", "shop/visit.py"))

    assert check_folder(tmp_path / "queries", None) == []


def test_definition_whose_name_fits_better_is_a_warning(check: Callable[..., list[Problem]]) -> None:
    problems = check(_put("query", "close every old session"))

    assert [problem.is_error for problem in problems] == [False]
    assert str(problems[0]).startswith("acme+shop.jsonl:1: warning: shop/basket.py:5 close_every_old_session is called")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("    async def run_all(self):", "run_all"),
        ("func (s *Store) Get(key string) error {", "Get"),
        ("function util.cleanup_path(path)", "cleanup_path"),
        ("  defp walk(node), do: node", "walk"),
        ("- (void)setImageWithURL:(NSURL *)url", "setImageWithURL"),
        ("    public static <K, V> Map<K, V> copyOf(Map<K, V> map) {", "copyOf"),
        ("  Future<Response> handle(Request request) async {", "handle"),
        ("word_wrap <- function(text) {", "word_wrap"),
        ("        return compute(value)", None),
        ("        compute(value)", None),
        ("# def commented():", None),
    ],
)
def test_line_of_code_names_what_it_defines(line: str, name: str | None) -> None:
    assert name_defined(line) == name
