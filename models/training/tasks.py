"""Code that was written to a task: exercises with example solutions, and collections of algorithms.

A task's statement is a question, its solution the answer, and its solution in another language does the same.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from training.corpus import Definition, git_output
from whence.evaluation.wording import doc_question
from whence.text.identifiers import split_identifier

HELD_OUT_SHARE = 0.15
"""Of all tasks, by a hash of their names: in no language is a solution of these trained on."""

_DRIVERS = frozenset({"main", "test", "tests", "usage"})
"""Names of definitions that only try a solution."""

_EXERCISE = re.compile(r"^exercises/(?:practice|concept)/([^/]+)/")
_SOLUTION = "/.meta/"
_STATEMENTS = re.compile(r"^exercises/practice/[^/]+/\.docs/(?:instructions|description)\.md$")
_YOUR_TASK = re.compile(
    r"^(?:(?:in this exercise,? )?(?:your task (?:here )?is to|you(?:'ll| will| need to| are going to| have to))"
    r"(?: be)?|implement code to)\s+",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])|\n\s*\n")


def task_of(path: str) -> str:
    """The name of the task that a file solves, in one manner in all languages: `binarysearch` of BinarySearch.java."""
    exercise = _EXERCISE.match(path)
    name = exercise[1] if exercise else PurePosixPath(path).name.partition(".")[0]
    return "".join(filter(str.isalnum, name.lower()))


def is_held_out(path: str) -> bool:
    """Whether the task of this file is kept for telling how training goes."""
    digest = hashlib.blake2b(task_of(path).encode(), digest_size=2).digest()
    return int.from_bytes(digest, "big") < HELD_OUT_SHARE * 2**16


def solutions(definitions: Sequence[Definition], git_dir: Path, commit: str) -> Iterator[tuple[str, Definition]]:
    """Of each task the longest definition that solves it, with the sentence that states it, else with its name."""
    by_task: defaultdict[str, list[Definition]] = defaultdict(list)
    for one in definitions:
        if not one.is_test and one.name not in _DRIVERS and (_SOLUTION in one.path or not _EXERCISE.match(one.path)):
            by_task[task_of(one.path)].append(one)
    statements = _statements(git_dir, commit)
    for task, solving in by_task.items():
        best = max(solving, key=lambda one: len(one.passage))
        named = " ".join(split_identifier(PurePosixPath(best.path).name.partition(".")[0]))
        yield statements.get(task) or named, best


def _statements(git_dir: Path, commit: str) -> dict[str, str]:
    """The first telling sentence of each exercise's instructions; what follows are rules and examples."""
    listed = _git(git_dir, "ls-tree", "-r", "--name-only", commit).splitlines()
    found = {}
    for path in filter(_STATEMENTS.match, listed):
        text = _git(git_dir, "show", f"{commit}:{path}")
        plain = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        asked = (doc_question(_YOUR_TASK.sub("", one.strip()), "") for one in _SENTENCE.split(plain))
        found[task_of(path)] = next(filter(None, asked), "")
    return found


def _git(git_dir: Path, *arguments: str) -> str:
    return git_output(git_dir, *arguments).decode("utf-8", "replace")
