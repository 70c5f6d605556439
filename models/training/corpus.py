"""The repositories that are learned from, and every definition in them, through Whence's own chunker.

`python -m training.corpus --work DIR` writes one file of definitions a repository to DIR/definitions.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import attrs

from whence.chunking.chunker import chunk_source
from whence.domain import Chunk, FileHash, Kind, Source
from whence.ranking.roles import Role, roles_of
from whence.text.passages import passage_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MANIFEST = Path(__file__).parent / "corpus.toml"

RESERVED = Path(__file__).parent / "reserved.txt"
"""Repositories that models are measured on, one a line."""

MEASURED = Path(__file__).parent / "measured.txt"
"""Definitions whose code stands in a test suite too: owner/name, path and symbol, a line each."""

MAX_FILE_BYTES = 200_000
MAX_FILES = 2_500
"""Of one repository, by a hash of the path: none should outweigh the others by its size."""

MIN_LINES = 3
MIN_CODE_WORDS = 8
"""Shorter definitions say nothing that could be asked for in other words."""

SOUGHT = frozenset(
    {
        *(Kind.FUNCTION, Kind.METHOD, Kind.CONSTRUCTOR, Kind.MACRO, Kind.TEST),
        *(Kind.CLASS, Kind.STRUCT, Kind.INTERFACE, Kind.TRAIT, Kind.ENUM, Kind.TYPE, Kind.MODULE),
    }
)
UNSOUGHT = frozenset({Role.DOCS, Role.VENDORED, Role.GENERATED, Role.BENCHMARK})

_CALL = re.compile(r"([A-Za-z_]\w{2,})[!?]?\s*\(")
_WORD = re.compile(r"[A-Za-z]{2,}")


@attrs.frozen
class Repository:
    """One entry of the manifest."""

    owner: str
    name: str
    commit: str
    licence: str
    """SPDX identifier."""
    languages: tuple[str, ...]
    has_tasks: bool = False
    """Whether its files solve tasks that others solve too: exercises, algorithms."""

    @property
    def full_name(self) -> str:
        """As hosts write it: owner/name."""
        return f"{self.owner}/{self.name}"

    @property
    def folder(self) -> str:
        """As local git directories and our own files are called."""
        return f"{self.owner}+{self.name}"

    @property
    def url(self) -> str:
        """Where it is cloned from when it is not at hand."""
        return f"https://github.com/{self.full_name}.git"


@attrs.frozen
class Definition:
    """A definition as it would be indexed."""

    path: str
    symbol: str
    kind: str
    language: str
    start_line: int
    """1-based and inclusive, as `end_line`."""
    end_line: int
    doc: str
    passage: str
    """What is embedded for it, without its doc comment."""
    calls: tuple[str, ...]
    """Names followed by a parenthesis in it: the edges of the call graph by name."""
    is_test: bool

    @property
    def name(self) -> str:
        """The last part of the symbol."""
        return last_name(self.symbol)

    @property
    def place(self) -> dict[str, Any]:
        """Where it stands, as questions refer to it."""
        return {"path": self.path, "symbol": self.symbol, "start_line": self.start_line, "end_line": self.end_line}


def last_name(symbol: str) -> str:
    """`lock` of `fs.lock` and of `Fs::lock`."""
    return re.split(r"::|[.:#/]", symbol)[-1]


def read_manifest(path: Path = MANIFEST) -> list[Repository]:
    """The repositories of corpus.toml, in its order; ends the program when one is reserved for measuring."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["repository"]
    reserved = {name.lower() for name in RESERVED.read_text(encoding="utf-8").split("\n") if "/" in name}
    if taken := [one["repo"] for one in entries if one["repo"].lower() in reserved]:
        sys.exit(f"{path}: {', '.join(taken)} must not be trained on ({RESERVED.name}); remove it")
    return [_repository(one) for one in entries]


def read_measured(path: Path = MEASURED) -> frozenset[tuple[str, str, str]]:
    """Repository, path and symbol of the definitions that are never trained on."""
    lines = path.read_text(encoding="utf-8").splitlines()
    fields = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return frozenset((repo, file, symbol) for repo, file, symbol in fields)


def git_directory(repository: Repository, corpora: Path | None, work: Path) -> Path:
    """The local git directory of a repository, cloned into `work` where `corpora` lacks it."""
    if corpora is not None and (corpora / repository.folder / "repo").exists():
        return corpora / repository.folder / "repo"
    target = work / "clones" / repository.folder
    if not target.exists():
        subprocess.run(["git", "clone", "-q", "--bare", repository.url, str(target)], check=True)
    return target


def read_definitions(work: Path, repository: Repository) -> list[Definition]:
    """What `main` wrote for a repository."""
    path = work / "definitions" / f"{repository.folder}.jsonl"
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Definition(**{**row, "calls": tuple(row["calls"])}) for row in rows]


def sources(git_dir: Path, commit: str) -> Iterator[Source]:
    """Files of a commit that may hold code, at most MAX_FILES."""
    listed = git_output(git_dir, "ls-tree", "-r", "-l", "-z", commit).decode("utf-8", "replace").split("\0")
    blobs = []
    for row in filter(None, listed):
        meta, _, path = row.partition("\t")
        mode, _type, blob, size = meta.split()
        is_file = mode.startswith("100") and size.isdigit() and 0 < int(size) <= MAX_FILE_BYTES
        if is_file and not roles_of(path, Kind.BLOCK) & UNSOUGHT and _is_code(path):
            blobs.append((hashlib.blake2b(path.encode()).digest(), path, blob))
    chosen = sorted(blobs)[:MAX_FILES]
    raw = git_output(git_dir, "cat-file", "--batch", stdin="".join(f"{blob}\n" for *_, blob in chosen).encode())
    position = 0
    for _, path, _ in chosen:
        line_end = raw.index(b"\n", position)
        n_bytes = int(raw[position:line_end].rsplit(b" ", 1)[1])
        data = raw[line_end + 1 : line_end + 1 + n_bytes]
        position = line_end + n_bytes + 2
        if b"\0" not in data:
            clean = data.decode("utf-8", "replace").encode()
            yield Source(path, clean, FileHash(""), len(clean), 0)


def definitions_of(source: Source) -> Iterator[Definition]:
    """The definitions of a file that something could be asked about."""
    for chunk in chunk_source(source):
        if chunk.kind not in SOUGHT or not chunk.symbol or chunk.part_idx:
            continue
        passage = without_doc(chunk)
        if chunk.span.end_line - chunk.span.start_line + 1 < MIN_LINES or len(_WORD.findall(passage)) < MIN_CODE_WORDS:
            continue
        yield Definition(
            source.path,
            chunk.symbol,
            chunk.kind.value,
            chunk.language,
            chunk.span.start_line,
            chunk.span.end_line,
            chunk.doc,
            passage,
            tuple(dict.fromkeys(_CALL.findall(chunk.plain or chunk.text))),
            Role.TEST in roles_of(source.path, chunk.kind),
        )


def without_doc(chunk: Chunk) -> str:
    """The passage of a chunk, its doc comment left out."""
    passage = passage_of(chunk).text
    doc = " ".join(chunk.doc.split())
    lines = passage.split("\n")
    return "\n".join(line for idx, line in enumerate(lines) if not (idx <= 1 and doc and doc.startswith(line)))


def main() -> None:
    """Write the definitions of every repository that is not written yet."""
    arguments = arguments_of(__doc__).parse_args()
    (arguments.work / "definitions").mkdir(parents=True, exist_ok=True)
    jobs = [(one, arguments.corpora, arguments.work) for one in read_manifest()]
    with multiprocessing.Pool(arguments.processes) as pool:
        for line in pool.imap_unordered(_write, jobs):
            print(line, flush=True)


def arguments_of(doc: str | None) -> argparse.ArgumentParser:
    """What every step takes."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made on the way")
    parser.add_argument("--corpora", type=Path, help="folder of <owner>+<name>/repo git directories")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    return parser


def _repository(entry: Mapping[str, Any]) -> Repository:
    owner, name = entry["repo"].split("/")
    return Repository(
        owner, name, entry["commit"], entry["licence"], tuple(entry["languages"]), entry.get("tasks", False)
    )


def _write(job: tuple[Repository, Path | None, Path]) -> str:
    repository, corpora, work = job
    target = work / "definitions" / f"{repository.folder}.jsonl"
    if target.exists():
        return f"{repository.full_name}: there already"
    try:
        git_dir = git_directory(repository, corpora, work)
        rows = [one for source in sources(git_dir, repository.commit) for one in definitions_of(source)]
    except subprocess.CalledProcessError as exc:
        return f"{repository.full_name}: left out, git says {(exc.stderr or b'').decode('utf-8', 'replace')[:200]}"
    part = target.with_suffix(".part")
    part.write_text("".join(json.dumps(attrs.asdict(one)) + "\n" for one in rows), encoding="utf-8")
    part.replace(target)
    return f"{repository.full_name}: {len(rows):,} definitions"


def _is_code(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() not in _NOT_CODE and not PurePosixPath(path).name.startswith(".")


_NOT_CODE = frozenset(
    {
        *(".md", ".rst", ".txt", ".json", ".yaml", ".yml", ".toml", ".lock", ".svg", ".html", ".css", ".scss", ".less"),
        *(".xml", ".csv", ".ini", ".cfg", ".snap", ".map", ".ipynb", ".sql", ".png", ".jpg", ".gif", ".ico", ".pdf"),
        *(".po", ".pot", ".properties", ".golden", ".out", ".pbxproj", ".storyboard", ".xib", ".resx", ".proto"),
        *(".sum", ".mod"),
    }
)


def git_output(git_dir: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    """What git says of a git directory; raises `subprocess.CalledProcessError` where it fails."""
    command = ["git", "--git-dir", str(git_dir), *arguments]
    return subprocess.run(command, check=True, capture_output=True, input=stdin).stdout


if __name__ == "__main__":
    main()
