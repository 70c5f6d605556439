"""Check our own queries: `python -m benchmarks.quality.check_queries [--corpora DIR]`.

Form, shares of levels, and the rule that L1 and L2 use other words than the names of what answers them. Where a
repository is at hand, also that every place is there, and whether another definition's name fits a query better; and
that what absent.jsonl asks for is nowhere.
One line a problem; exit code 1 when one of them is an error.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from pathlib import Path, PurePosixPath
from typing import Any

import attrs

from benchmarks.corpora import Corpus
from benchmarks.quality.absent import check_absent, read_absent
from benchmarks.quality.rivals import find_rivals, named_definitions, stems_of_name
from benchmarks.quality.suites import OWN
from whence.text.words import query_words

KEYS = ("repo", "commit", "level", "query", "gold", "hard_negative", "why")
PLACE_KEYS = ("path", "symbol", "start_line", "end_line")
SHARES: Mapping[str, float] = {"L0": 0.25, "L1": 0.5, "L2": 0.25}
"""L0 uses the code's words, L1 other words for the same, L2 tells a symptom or a need."""

SHARE_SLACK = 0.05
MAX_GOLD = 3
MIN_QUERY_WORDS = 4
MAX_QUERY_WORDS = 16

_COMMIT = re.compile(r"[0-9a-f]{40}")
_REPO = re.compile(r"[\w.-]+/[\w.-]+")
_ARITY = re.compile(r"/\d+$")


@attrs.frozen
class Problem:
    """Something wrong with a query file, or with all of them when there is no line."""

    file: str
    line: int | None
    what: str
    is_error: bool = True

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {'' if self.is_error else 'warning: '}{self.what}"


@attrs.frozen
class Spot:
    """A definition that answers a query, or looks as if it did; lines 1-based and inclusive."""

    path: str
    symbol: str
    start_line: int
    end_line: int

    @property
    def last_name(self) -> str:
        """The last part of the symbol: `lock` of `fs.lock` and of `Fs::lock/2`."""
        return re.split(r"::|[.:#]", _ARITY.sub("", self.symbol).rstrip(":"))[-1]

    @property
    def stems(self) -> frozenset[str]:
        """Stems of the symbol's and the file name's words."""
        return stems_of_name(self.symbol) | stems_of_name(PurePosixPath(self.path).name.partition(".")[0])

    def overlaps(self, other: Spot) -> bool:
        """True when the two share a line."""
        return self.path == other.path and self.start_line <= other.end_line and other.start_line <= self.end_line

    def __str__(self) -> str:
        return f"{self.path}:{self.start_line} {self.symbol}"


@attrs.frozen
class Query:
    """One well-formed line of a query file."""

    file: str
    line: int
    repo: str
    commit: str
    level: str
    text: str
    gold: tuple[Spot, ...]
    hard_negative: Spot

    def problem(self, what: str, *, is_error: bool = True) -> Problem:
        """Something wrong with this query."""
        return Problem(self.file, self.line, what, is_error)


def main() -> None:
    """Check every query file and say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, help="folder with <owner>+<name>/repo git directories, bare or not")
    arguments = parser.parse_args()
    problems = check_folder(OWN, arguments.corpora)
    wrong = list(check_absent(read_absent(), arguments.corpora))
    for problem in (*problems, *wrong):
        print(problem)
    if wrong or any(problem.is_error for problem in problems):
        sys.exit(1)


def check_folder(folder: Path, corpora: Path | None) -> list[Problem]:
    """Everything wrong with a folder's query files, in order; a warning is something to look at."""
    problems: list[Problem] = []
    queries: list[Query] = []
    for path in sorted(folder.glob("*.jsonl")):
        read, wrong = read_queries(path)
        queries += read
        problems += [*wrong, *_check_file(path, read)]
    for query in queries:
        problems += check_words(query)
        problems += check_places(query, corpora)
    problems += [*_check_doubles(queries), *_check_shares(folder.name, queries)]
    return sorted(problems, key=lambda one: (one.file, one.line or 0))


def read_queries(path: Path) -> tuple[list[Query], list[Problem]]:
    """The well-formed queries of a file, and what is wrong with the form of the others."""
    queries: list[Query] = []
    problems: list[Problem] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            problems.append(Problem(path.name, number, f"not JSON: {error.msg}"))
            continue
        wrong = list(_wrong_form(record))
        problems += [Problem(path.name, number, what) for what in wrong]
        if not wrong:
            queries.append(_query(path.name, number, record))
    return queries, problems


def check_words(query: Query) -> Iterator[Problem]:
    """L1 and L2 share no word with the names of what answers; any query has a readable length."""
    n_words = len(query.text.split())
    if not MIN_QUERY_WORDS <= n_words <= MAX_QUERY_WORDS:
        yield query.problem(f"{n_words} words, not {MIN_QUERY_WORDS} to {MAX_QUERY_WORDS}")
    if query.level == "L0":
        return
    for spot in query.gold:
        shared = sorted(spot.stems.intersection(query_words(query.text)))
        if shared:
            yield query.problem(f"{query.level} uses {', '.join(shared)}, said by the name of {spot}")


def check_places(query: Query, corpora: Path | None) -> Iterator[Problem]:
    """Places are apart and, where the repository is at hand, there; an L0 whose words name something else is told."""
    for one, other in combinations([*query.gold, query.hard_negative], 2):
        if one.overlaps(other):
            what = "the hard negative overlaps" if other == query.hard_negative else "two gold places overlap:"
            yield query.problem(f"{what} {one}")
    repo = _repository(query, corpora)
    if repo is None:
        return
    for spot in (*query.gold, query.hard_negative):
        yield from _check_spot(query, spot, repo)
    if query.level == "L0":
        yield from _check_rivals(query, repo)


def _wrong_form(record: Any) -> Iterator[str]:
    if not isinstance(record, dict) or tuple(record) != KEYS:
        yield f"keys are not {', '.join(KEYS)}, in this order"
        return
    for key, pattern in (("repo", _REPO), ("commit", _COMMIT)):
        if not isinstance(record[key], str) or not pattern.fullmatch(record[key]):
            yield f"{key} is {record[key]!r}"
    if record["level"] not in SHARES:
        yield f"level is {record['level']!r}, not one of {', '.join(SHARES)}"
    for key in ("query", "why"):
        if not isinstance(record[key], str) or not record[key].strip():
            yield f"{key} is empty"
    gold = record["gold"]
    if not isinstance(gold, list) or not 1 <= len(gold) <= MAX_GOLD:
        yield f"gold is not a list of one to {MAX_GOLD} places"
        return
    for place in (*gold, record["hard_negative"]):
        if not _is_place(place):
            yield f"not a place with {', '.join(PLACE_KEYS)}: {place!r}"


def _is_place(place: Any) -> bool:
    if not isinstance(place, dict) or tuple(place) != PLACE_KEYS:
        return False
    path, symbol, start, end = place.values()
    is_named = all(isinstance(text, str) and text for text in (path, symbol))
    return is_named and type(start) is int and type(end) is int and 1 <= start <= end


def _query(file: str, line: int, record: Mapping[str, Any]) -> Query:
    return Query(
        file=file,
        line=line,
        repo=record["repo"],
        commit=record["commit"],
        level=record["level"],
        text=record["query"],
        gold=tuple(Spot(**place) for place in record["gold"]),
        hard_negative=Spot(**record["hard_negative"]),
    )


def _check_file(path: Path, queries: Sequence[Query]) -> Iterator[Problem]:
    """A file is about one repository, which its name says, at one commit."""
    for query in queries:
        if query.repo != path.stem.replace("+", "/", 1):
            yield query.problem(f"repo is {query.repo}, the file is called {path.name}")
        if query.commit != queries[0].commit:
            yield query.problem(f"another commit than line {queries[0].line}")


def _check_doubles(queries: Iterable[Query]) -> Iterator[Problem]:
    first: dict[str, Query] = {}
    for query in queries:
        earlier = first.setdefault(" ".join(query.text.lower().split()), query)
        if earlier is not query:
            yield query.problem(f"same query as {earlier.file}:{earlier.line}")


def _check_shares(folder: str, queries: Sequence[Query]) -> Iterator[Problem]:
    n_by_level = Counter(query.level for query in queries)
    for level, wanted in SHARES.items():
        share = n_by_level[level] / max(1, len(queries))
        if abs(share - wanted) > SHARE_SLACK:
            yield Problem(folder, None, f"{share:.0%} of the queries are {level}, not {wanted:.0%} ± {SHARE_SLACK:.0%}")


def _repository(query: Query, corpora: Path | None) -> Path | None:
    owner, name = query.repo.split("/")
    repo = corpora / Corpus(owner, name, query.commit).folder / "repo" if corpora else None
    return repo if repo and repo.exists() else None


def _check_spot(query: Query, spot: Spot, repo: Path) -> Iterator[Problem]:
    lines = _lines_of(repo, query.commit, spot.path)
    if lines is None:
        yield query.problem(f"no {spot.path} at {query.commit[:12]}")
    elif spot.end_line > len(lines):
        yield query.problem(f"{spot.path} has {len(lines)} lines, {spot.symbol} would end on {spot.end_line}")
    elif spot.last_name not in "\n".join(lines[spot.start_line - 1 : spot.end_line]):
        yield query.problem(f"no {spot.last_name} in {spot.path}:{spot.start_line}-{spot.end_line}")


def _check_rivals(query: Query, repo: Path) -> Iterator[Problem]:
    known = (*query.gold, query.hard_negative)
    others = (
        one
        for one in named_definitions(repo, query.commit)
        if not any(spot.path == one.path and spot.start_line <= one.line <= spot.end_line for spot in known)
    )
    said = frozenset().union(*(spot.stems for spot in query.gold))
    rivals = find_rivals(others, frozenset(query_words(query.text)), said)
    for rival in rivals[:1]:
        what = f"{rival.path}:{rival.line} {rival.name} is called what the query asks for, more than the gold"
        yield query.problem(what, is_error=False)


@lru_cache(512)
def _lines_of(repo: Path, commit: str, path: str) -> list[str] | None:
    """A file's lines at a commit; None where there is no such file."""
    command = ["git", "-C", str(repo), "cat-file", "blob", f"{commit}:{path}"]
    done = subprocess.run(command, capture_output=True, check=False)
    return (
        done.stdout.decode("utf-8", errors="replace").removesuffix("\n").split("\n") if done.returncode == 0 else None
    )


if __name__ == "__main__":
    main()
