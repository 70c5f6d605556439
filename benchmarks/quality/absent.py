"""Questions about what a repository does not contain: `absent.jsonl`, and what proves the absence.

Each names a regular expression that what is asked for could hardly do without, and that matches no line of the
repository, documentation included.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import attrs

from benchmarks.corpora import Corpus

ABSENT = Path(__file__).parent / "absent.jsonl"

N_WANTED = 100
MIN_REPOSITORIES = 8


@attrs.frozen
class Absent:
    """One question. `absent` is an extended regular expression; case does not count."""

    repo: str
    commit: str
    query: str
    absent: str

    @property
    def corpus(self) -> Corpus:
        """The repository that is asked."""
        owner, name = self.repo.split("/")
        return Corpus(owner, name, self.commit)


def read_absent(path: Path = ABSENT) -> list[Absent]:
    """All of them, in order.

    Raises:
        TypeError: a line has other fields.
    """
    return [Absent(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def check_absent(questions: list[Absent], corpora: Path | None) -> Iterator[str]:
    """What is wrong with the questions; that a thing is absent only where its repository is at hand."""
    if len(questions) != N_WANTED:
        yield f"{ABSENT.name}: {len(questions)} questions, not {N_WANTED}"
    if len({one.repo for one in questions}) < MIN_REPOSITORIES:
        yield f"{ABSENT.name}: fewer than {MIN_REPOSITORIES} repositories"
    if len({one.query.lower() for one in questions}) < len(questions):
        yield f"{ABSENT.name}: a question is asked twice"
    for number, one in enumerate(questions, start=1):
        repo = corpora / one.corpus.folder / "repo" if corpora else None
        found = _first_match(repo, one) if repo and repo.exists() else None
        if found:
            yield f"{ABSENT.name}:{number}: {one.absent} is there, in {found}"


def _first_match(repo: Path, one: Absent) -> str | None:
    command = ["git", "-C", str(repo), "grep", "-I", "-i", "-E", "-l", "-e", one.absent, one.commit]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.stdout.decode("utf-8", errors="replace").partition("\n")[0].partition(":")[2] or None
