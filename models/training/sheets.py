"""Sheets to write questions from, and the questions made of what was written.

`python -m training.sheets draw --work DIR --repo OWNER/NAME` prints definitions, each with a number and with others of
the same repository that look like it. A person who reads one writes lines of `number TAB level TAB number of the
look-alike TAB question`; `python -m training.sheets take FILE --work DIR --repo OWNER/NAME` checks each line and adds
it to models/training/questions as a reference. Definitions that have a question already are not drawn again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from training.corpus import (
    MANIFEST,
    MEASURED,
    Definition,
    Repository,
    git_directory,
    git_output,
    read_definitions,
    read_manifest,
    read_measured,
)
from whence.text.identifiers import split_identifier
from whence.text.stems import stem
from whence.text.words import STOP_WORDS, query_words, words_of

QUESTIONS = MANIFEST.parent / "questions"

LEVELS = ("L0", "L1", "L2")
"""L0 is typed as into a search engine and may use the code's words, L1 tells in other words what the code does, L2 a
symptom or a need."""

MIN_LINES, MAX_LINES = 6, 70
SHOWN_LINES = 36
N_RIVALS = 4
MIN_WORDS, MAX_WORDS = 3, 18


def main() -> None:
    """Draw a sheet or take its questions in."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("draw", "take"))
    parser.add_argument("written", type=Path, nargs="?", help="for take: the file of questions")
    parser.add_argument("--repo", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--count", type=int, default=24, help="for draw: how many definitions")
    parser.add_argument("--of-a-file", type=int, default=2, help="for draw: at most so many of one file")
    parser.add_argument("--skip", type=int, default=0, help="for draw: leave out so many that come first")
    arguments = parser.parse_args()
    repository = next((one for one in read_manifest() if one.full_name == arguments.repo), None)
    if repository is None:
        sys.exit(f"{arguments.repo} is not in {MANIFEST.name}; add it there first")
    definitions = read_definitions(arguments.work, repository)
    if arguments.what == "draw":
        git_dir = git_directory(repository, arguments.corpora, arguments.work)
        print(draw(repository, definitions, git_dir, arguments.count, arguments.skip, arguments.of_a_file))
        return
    problems = take(repository, definitions, arguments.written.read_text(encoding="utf-8"))
    print("\n".join(problems))


def draw(
    repository: Repository, definitions: Sequence[Definition], git_dir: Path, count: int, skip: int, of_a_file: int
) -> str:
    """Definitions without questions, spread over the files, each with its code and its look-alikes."""
    asked = {(one["gold"][0]["path"], one["gold"][0]["start_line"]) for one in written(repository)}
    rivals = _Rivals(definitions)
    shown = []
    for idx in _spread(definitions, of_a_file)[skip:]:
        one = definitions[idx]
        if (one.path, one.start_line) in asked:
            continue
        text = git_output(git_dir, "show", f"{repository.commit}:{one.path}")
        lines = text.decode("utf-8", "replace").splitlines()[one.start_line - 1 : one.end_line]
        more = [f"… {len(lines) - SHOWN_LINES} more lines"] if len(lines) > SHOWN_LINES else []
        likes = (f"  like {rival}: {definitions[rival].path} {definitions[rival].symbol}" for rival in rivals.of(idx))
        shown.append("\n".join([f"### {idx} {one.path} {one.symbol}", *lines[:SHOWN_LINES], *more, *likes]))
        if len(shown) == count:
            break
    return "\n\n".join(shown)


def take(repository: Repository, definitions: Sequence[Definition], text: str) -> list[str]:
    """Add what is right to the repository's file; give a line for each that is not, and one for the sum."""
    rows = {json.dumps(row): row for row in written(repository)}
    measured = {(path, symbol) for repo, path, symbol in read_measured() if repo == repository.full_name}
    problems, taken = [], 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        fields = [field.strip() for field in line.split("\t")]
        problem = _problem(fields, definitions, measured)
        if problem:
            problems.append(f"line {number}: {problem}: {line[:120]}")
            continue
        idx, level, rival, question = int(fields[0]), fields[1], int(fields[2]), fields[3]
        row = {
            "repo": repository.full_name,
            "commit": repository.commit,
            "level": level,
            "query": question,
            "gold": [definitions[idx].place],
            "hard_negative": definitions[rival].place,
        }
        taken += json.dumps(row) not in rows
        rows[json.dumps(row)] = row
    QUESTIONS.mkdir(exist_ok=True)
    questions_about(repository).write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows.values()), "utf-8"
    )
    return [*problems, f"{taken} taken, {len(problems)} not; {len(rows)} questions about {repository.full_name} now"]


def questions_about(repository: Repository) -> Path:
    """The file of a repository's questions, there or not."""
    return QUESTIONS / f"{repository.folder}.jsonl"


def written(repository: Repository) -> list[dict[str, Any]]:
    """The questions there are about a repository."""
    path = questions_about(repository)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def shared_with_name(question: str, one: Definition) -> frozenset[str]:
    """Stems that a question shares with the name or the file name of what answers it; those of L1 and L2 share none."""
    name = {*split_identifier(one.symbol), *split_identifier(PurePosixPath(one.path).name.partition(".")[0])}
    named = {stem(part) for part in name if len(part) > 1 and part not in STOP_WORDS}
    return frozenset(named & set(query_words(question)))


def _problem(fields: Sequence[str], definitions: Sequence[Definition], measured: Container[tuple[str, str]]) -> str:
    if len(fields) != 4 or not fields[0].isdigit() or not fields[2].isdigit():
        return "not number, level, number and question with tabs between"
    idx, rival = int(fields[0]), int(fields[2])
    if max(idx, rival) >= len(definitions) or idx == rival:
        return "no such definition"
    if (definitions[idx].path, definitions[idx].symbol) in measured:
        return f"its code stands in a test suite too ({MEASURED.name})"
    if fields[1] not in LEVELS:
        return f"the level is none of {', '.join(LEVELS)}"
    if not MIN_WORDS <= len(fields[3].split()) <= MAX_WORDS:
        return f"not {MIN_WORDS} to {MAX_WORDS} words"
    shared = shared_with_name(fields[3], definitions[idx]) if fields[1] != "L0" else ()
    return f"has words of the name ({', '.join(sorted(shared))})" if shared else ""


def _spread(definitions: Sequence[Definition], of_a_file: int) -> list[int]:
    """Numbers of definitions worth asking about, by chance, at most so many of one file."""
    by_chance = sorted(
        (
            idx
            for idx, one in enumerate(definitions)
            if not one.is_test and MIN_LINES <= one.end_line - one.start_line + 1 <= MAX_LINES
        ),
        key=lambda idx: hashlib.blake2b(f"{definitions[idx].path}:{definitions[idx].symbol}".encode()).digest(),
    )
    seen: Counter[str] = Counter()
    chosen = []
    for idx in by_chance:
        seen[definitions[idx].path] += 1
        if seen[definitions[idx].path] <= of_a_file:
            chosen.append(idx)
    return chosen


class _Rivals:
    """Definitions by the words they share, rare words counting more."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self._words = [frozenset(words_of(one.passage).split()) for one in definitions]
        self._names = [(one.path, one.symbol) for one in definitions]
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        for idx, words in enumerate(self._words):
            for word in words:
                self._with[word].append(idx)

    def of(self, idx: int) -> list[int]:
        shared: defaultdict[int, float] = defaultdict(float)
        for word in self._words[idx]:
            same = self._with[word]
            weight = math.log(len(self._words) / len(same))
            for other in same if len(same) < len(self._words) / 10 + 10 else ():
                shared[other] += weight
        ranked = sorted(shared, key=lambda other: -shared[other] / math.sqrt(len(self._words[other]) + 20))
        return self._others(ranked, idx)

    def _others(self, ranked: Iterable[int], idx: int) -> list[int]:
        others: dict[tuple[str, str], int] = {}
        for other in ranked:
            if other != idx and self._names[other] != self._names[idx]:
                others.setdefault(self._names[other], other)
            if len(others) == N_RIVALS:
                break
        return list(others.values())


if __name__ == "__main__":
    main()
