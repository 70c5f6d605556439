"""Pairs of a query and code, mined from the corpus without anybody's labels.

`python -m training.mine --work DIR [--corpora DIR]` reads DIR/definitions and writes DIR/pairs.jsonl. Six origins:

- doc: the first sentence of a doc comment, and the code without it;
- test: the words of a test's name, and the code under test;
- commit: a commit's subject line, and a definition that it changed;
- prose: a sentence of a README or of documentation that names a symbol, and that symbol's code;
- name: the words of a definition's name, and its code with the name hidden;
- task: a sentence that states a task, or the task's name, and what solves it (training.tasks).

Licences, boilerplate and sentences that say nothing are left out as `whence eval` leaves them out; near-duplicates,
within and across repositories, by MinHash (Broder, 1997). No origin takes more than its share of one repository.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from training.corpus import (
    Definition,
    Repository,
    arguments_of,
    git_directory,
    read_definitions,
    read_manifest,
    read_measured,
)
from training.hiding import hide_name
from training.tasks import solutions
from whence.evaluation.wording import commit_question, doc_question
from whence.text.identifiers import split_identifier

MAX_OF_REPOSITORY = {"doc": 6_000, "test": 3_000, "commit": 1_500, "prose": 1_000, "name": 5_000, "task": 2_000}
"""So that no repository outweighs the others; the sum over the manifest is well above 300,000."""

MAX_COMMITS = 2_500
MAX_CHANGED = 3
"""Files a commit may change; one that changes more is not about any of them."""

MAX_HUNKS = 4
MIN_NAME_WORDS = 2
MAX_SAME_NAME = 3
"""Definitions of one name in a repository, above which the name tells none of them apart."""

N_SHINGLE_WORDS = 4
N_BANDS = 4
ROWS = 3
"""Two texts share a band with a chance of s³, s being their shingles in common: 99 % at s = 0.9, 41 % at 0.5."""

_WORDS = re.compile(r"[A-Za-z]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])|\n\s*\n|\n\s*[-*+] ")
_SPAN = re.compile(r"`{1,2}([^`\n]{3,60})`{1,2}")
_LAST_NAME = re.compile(r"([A-Za-z_]\w*)[!?]?(?:\(\s*\.{0,3}\s*\))?$")
_TEST_WORDS = frozenset(
    {"test", "tests", "testing", "spec", "should", "it", "when", "case", "check", "checks", "verify", "ensure"}
)


@attrs.frozen
class Pair:
    """One pair, with where its code stands."""

    repo: str
    origin: str
    language: str
    query: str
    passage: str
    symbol: str
    path: str
    start_line: int
    calls: tuple[str, ...]


def main() -> None:
    """Write the pairs of all repositories, near-duplicates left out."""
    arguments = arguments_of(__doc__).parse_args()
    jobs = [
        (one, arguments.corpora, arguments.work)
        for one in read_manifest()
        if (arguments.work / "definitions" / f"{one.folder}.jsonl").exists()
    ]
    seen: dict[tuple[int, int], tuple[str, str, int]] = {}
    counts: Counter[str] = Counter()
    with (
        multiprocessing.Pool(arguments.processes) as pool,
        (arguments.work / "pairs.part").open("w", encoding="utf-8") as out,
    ):
        for name, pairs in pool.imap_unordered(_mined, jobs):
            kept = 0
            for pair, bands in pairs:
                place = (pair.repo, pair.path, pair.start_line)
                if any(seen.setdefault(key, place) != place for key in enumerate(bands)):
                    continue
                kept += 1
                counts[pair.origin] += 1
                counts[f"language {pair.language}"] += 1
                out.write(json.dumps(attrs.asdict(pair)) + "\n")
            print(f"{name}: {kept:,} of {len(pairs):,}", file=sys.stderr, flush=True)
    (arguments.work / "pairs.part").replace(arguments.work / "pairs.jsonl")
    for what, count in counts.most_common():
        print(f"{what}: {count:,}")


def read_pairs(path: Path) -> list[Pair]:
    """What `main` wrote."""
    with path.open(encoding="utf-8") as lines:
        return [Pair(**{**row, "calls": tuple(row["calls"])}) for row in map(json.loads, lines)]


def mine(repository: Repository, definitions: Sequence[Definition], git_dir: Path) -> Iterator[Pair]:
    """The pairs of one repository, each origin within its share."""
    measured = read_measured()
    definitions = [one for one in definitions if (repository.full_name, one.path, one.symbol) not in measured]
    code = [one for one in definitions if not one.is_test]
    origins = {
        "doc": _of_docs(code),
        "test": _of_tests(definitions),
        "commit": _of_commits(code, git_dir, repository.commit),
        "prose": _of_prose(code, git_dir, repository.commit),
        "name": _of_names(code),
        "task": [*solutions(code, git_dir, repository.commit)] if repository.has_tasks else [],
    }
    for origin, found in origins.items():
        by_chance = sorted(found, key=lambda pair: hashlib.blake2b(f"{pair[0]}{pair[1].path}".encode()).digest())
        for query, one in by_chance[: MAX_OF_REPOSITORY[origin]]:
            passage = hide_name(one.passage, one.symbol) if origin == "name" else one.passage
            yield Pair(
                repository.full_name,
                origin,
                one.language,
                query,
                passage,
                one.symbol,
                one.path,
                one.start_line,
                one.calls,
            )


def sketch(text: str) -> tuple[int, ...]:
    """One number for each band; near-duplicates have one in common, other texts hardly ever."""
    words = _WORDS.findall(text.lower())
    shingles = {" ".join(words[at : at + N_SHINGLE_WORDS]) for at in range(max(1, len(words) - N_SHINGLE_WORDS + 1))}
    hashes = [int.from_bytes(hashlib.blake2b(one.encode(), digest_size=8).digest(), "big") for one in shingles]
    masks = [(idx + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF for idx in range(N_BANDS * ROWS)]
    least = [min(one ^ mask for one in hashes) ^ mask for mask in masks]
    return tuple(hash(tuple(least[band * ROWS : band * ROWS + ROWS])) for band in range(N_BANDS))


def _mined(job: tuple[Repository, Path | None, Path]) -> tuple[str, list[tuple[Pair, tuple[int, ...]]]]:
    repository, corpora, work = job
    definitions = read_definitions(work, repository)
    pairs = mine(repository, definitions, git_directory(repository, corpora, work))
    return repository.full_name, [(pair, sketch(pair.passage)) for pair in pairs]


def _of_docs(definitions: Iterable[Definition]) -> list[tuple[str, Definition]]:
    asked = ((doc_question(one.doc, one.name), one) for one in definitions if one.doc)
    return [(question, one) for question, one in asked if question]


def _of_names(definitions: Sequence[Definition]) -> list[tuple[str, Definition]]:
    names = Counter(one.name for one in definitions)
    found = []
    for one in definitions:
        words = split_identifier(one.symbol)
        if names[one.name] <= MAX_SAME_NAME and len(split_identifier(one.name)) >= MIN_NAME_WORDS:
            found.append((" ".join(words), one))
    return found


def _of_tests(definitions: Sequence[Definition]) -> list[tuple[str, Definition]]:
    """A test tests the definition it calls whose name's words stand in the test's own; where several do, none."""
    by_name: defaultdict[str, list[Definition]] = defaultdict(list)
    for one in definitions:
        if not one.is_test:
            by_name[one.name].append(one)
    found = []
    for test in definitions:
        words = [word for word in split_identifier(test.name) if word not in _TEST_WORDS] if test.is_test else []
        if len(words) < MIN_NAME_WORDS:
            continue
        called = [by_name[name][0] for name in test.calls if len(by_name.get(name, ())) == 1]
        named = [one for one in called if _is_telling(one.name) and set(split_identifier(one.name)) <= set(words)]
        if len(named) == 1 and len(words) > len(split_identifier(named[0].name)):
            found.append((" ".join(words), named[0]))
    return found


def _of_prose(definitions: Sequence[Definition], git_dir: Path, commit: str) -> list[tuple[str, Definition]]:
    """Sentences with a symbol between back quotes that one definition alone bears; the symbol itself is left out."""
    by_name: defaultdict[str, list[Definition]] = defaultdict(list)
    for one in definitions:
        by_name[one.name].append(one)
    found = []
    for sentence in _sentences(git_dir, commit):
        for span in _SPAN.finditer(sentence):
            name = _LAST_NAME.search(span[1])
            bearers = by_name.get(name[1], []) if name and _is_telling(name[1]) else []
            question = doc_question(sentence.replace(span[0], "it"), "") if len(bearers) == 1 else ""
            if question:
                found.append((question, bearers[0]))
                break
    return found


def _is_telling(name: str) -> bool:
    """Whether a name is more than a word of everyday language, which a sentence may use for anything."""
    return len(split_identifier(name)) >= MIN_NAME_WORDS


def _sentences(git_dir: Path, commit: str) -> Iterator[str]:
    command = ["git", "--git-dir", str(git_dir), "grep", "-h", "-I", "-E", r"`[^`]{3,60}`", commit]
    done = subprocess.run([*command, "--", "*.md", "*.rst", "*.adoc"], capture_output=True, check=False)
    for line in done.stdout.decode("utf-8", "replace").splitlines()[:40_000]:
        for sentence in _SENTENCE.split(line.lstrip(" -*+#>")):
            if sentence and 30 <= len(sentence) <= 240:
                yield sentence


def _of_commits(definitions: Sequence[Definition], git_dir: Path, commit: str) -> list[tuple[str, Definition]]:
    """Definitions of today that small changes touched, told by the header that git names in each hunk."""
    by_file: defaultdict[str, list[Definition]] = defaultdict(list)
    for one in definitions:
        by_file[one.path].append(one)
    command = ["git", "--git-dir", str(git_dir), "log", "--no-merges", "--diff-filter=M", "-U0", "--no-color"]
    command += [f"-n{MAX_COMMITS}", "--format=%x01%s", commit]
    done = subprocess.run(command, capture_output=True, check=False)
    found: list[tuple[str, Definition]] = []
    for change in done.stdout.decode("utf-8", "replace").split("\x01"):
        subject, _, diff = change.partition("\n")
        question = commit_question(subject)
        files = diff.split("\ndiff --git ")
        if not question or len(files) - 1 > MAX_CHANGED + 2:
            continue
        touched = {id(one): one for file in files for one in _touched(file, by_file)}
        if 0 < len(touched) <= MAX_CHANGED:
            found += [(question, one) for one in touched.values()]
    return found


def _touched(diff: str, by_file: dict[str, list[Definition]]) -> list[Definition]:
    """Definitions whose name the context of a hunk gives: git writes the last header above it behind the second @@."""
    path = re.search(r"^\+\+\+ b/(.+)$", diff, re.MULTILINE)
    defined = by_file.get(path[1], []) if path else []
    contexts = re.findall(r"^@@ [^@]*@@ (.+)$", diff, re.MULTILINE) if defined else []
    if not 0 < len(contexts) <= MAX_HUNKS:
        return []
    names = [set(re.findall(r"\w+", context)) for context in contexts]
    return [one for one in defined if any(one.name in words for words in names)]


if __name__ == "__main__":
    main()
