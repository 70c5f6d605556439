"""Questions about code rather than in words: what is like this definition, asked through `whence similar`."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

import attrs

from benchmarks.corpora import Corpus
from benchmarks.quality.clones import LANGUAGES, clones_of
from benchmarks.quality.questions import Place, Question, Task
from benchmarks.quality.suites import SUFFIXES, Sources, humaneval_x_solutions, say
from whence.app import LocalServices
from whence.domain import Chunk, Kind

CLONED: Mapping[str, Corpus] = {
    "python": Corpus("celery", "celery", "5dc781f0bd5f36186bfcc74e0a4f9f654452c69b"),
    "go": Corpus("helm", "helm", "e9b85e4de16ad45805843fb121748018cf89094b"),
    "ruby": Corpus("jekyll", "jekyll", "202df571314ba1d18e9fccd81d12aaad4a703c38"),
    "lua": Corpus("luarocks", "luarocks", "2d2cc8eff2f03c23d142f8059146fb241dcf56b5"),
}
"""Repositories that clones are made of, by language; all of the tune split."""

N_ORIGINALS = 50
"""Definitions of each repository that have clones: 200 in all."""

MIN_LINES, MAX_LINES = 6, 40
"""Of an original: long enough to be told from others, short enough to be one chunk."""

PER_FILE = 2
"""Originals out of one file, so that they are of many."""

CLONES = "clones"
"""Folder the clones lie in."""


@attrs.frozen
class _Original:
    """A definition that clones are made of."""

    path: str
    chunk: Chunk


def humaneval_x_similar(sources: Sources) -> Iterator[Task]:
    """All of HumanEval-X in one folder: of each function, its counterparts in other languages.

    Once among everything, where any counterpart is right; once among each of the five other languages alone.
    """
    solutions = humaneval_x_solutions(sources)
    if not solutions:
        return
    files = {_path(language, number): one.code for language, of in solutions.items() for number, one in of.items()}
    root = sources.folder("humaneval-x/all", files)
    among_all, in_pairs = [], []
    for language, of_language in solutions.items():
        for number, one in of_language.items():
            path = _path(language, number)
            origin = Place(path, one.line, one.line)
            counterparts = tuple(Place(_path(other, number)) for other in SUFFIXES if other != language)
            asked = Question(
                one.function, f"from {language}", counterparts, origin=origin, among=rf"(?!{re.escape(path)}$)"
            )
            among_all.append(asked)
            in_pairs += [
                attrs.evolve(asked, group=f"{language} to {other}", targets=(target,), among=f"{other}/")
                for other, target in zip((name for name in SUFFIXES if name != language), counterparts, strict=True)
            ]
    yield Task("HumanEval-X similar", "six languages", root, tuple(among_all))
    yield Task("HumanEval-X similar, 30 pairs", "six languages", root, tuple(in_pairs))


def near_clones(sources: Sources) -> Iterator[Task]:
    """Definitions of real repositories, changed in several ways: is the original found from each clone?"""
    for name, corpus in CLONED.items():
        try:
            tree = sources.tree(corpus)
        except subprocess.CalledProcessError:
            say(f"near clones: {corpus.owner}/{corpus.name} is not to be had")
            continue
        root = sources.work / "folders" / "near-clones" / corpus.name
        if not root.exists():
            making = root.with_name(f"{root.name}.making")
            shutil.rmtree(making, ignore_errors=True)
            shutil.copytree(tree, making, ignore=shutil.ignore_patterns(".git"), symlinks=True)
            making.rename(root)
        shutil.rmtree(root / CLONES, ignore_errors=True)
        yield Task("near clones", corpus.name, root, tuple(_clone_questions(root, name)), split="tune")


SIMILAR_SUITES: Mapping[str, Callable[[Sources], Iterator[Task]]] = {
    "humaneval-x-similar": humaneval_x_similar,
    "near-clones": near_clones,
}


def _path(language: str, number: int) -> str:
    return f"{language}/p{number:03}.{SUFFIXES[language]}"


def _clone_questions(root: Path, language_name: str) -> Iterator[Question]:
    """Write the clones of a tree's originals, and ask about each."""
    language = LANGUAGES[language_name]
    for number, original in enumerate(_originals(root, language_name)):
        target = Place(original.path, original.chunk.span.start_line, original.chunk.span.end_line)
        clones = clones_of(_dedented(original.chunk.text), original.chunk.name, language, seed=number)
        for kind, text in clones.items():
            path = PurePosixPath(CLONES, kind.replace(" ", "-"), f"c{number:03}.{language.suffix}")
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(f"{text.rstrip()}\n", encoding="utf-8")
            n_lines = text.rstrip().count("\n") + 1
            yield Question(text, kind, (target,), origin=Place(str(path), 1, n_lines), among=rf"(?!{CLONES}/)")


def _originals(root: Path, language_name: str) -> list[_Original]:
    """N_ORIGINALS functions of a tree by a seeded choice; none whose text is there twice."""
    workspace = LocalServices().open(root)
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob(f"*.{LANGUAGES[language_name].suffix}"))
    fitting = {path: [one for one in workspace.chunks(path) if _fits(one)] for path in paths}
    workspace.close()
    n_of_text = Counter("".join(one.text.split()) for chunks in fitting.values() for one in chunks)
    chance = random.Random(0)
    chance.shuffle(paths)
    originals: list[_Original] = []
    for path in paths:
        alone = [one for one in fitting[path] if n_of_text["".join(one.text.split())] == 1]
        originals += [_Original(path, one) for one in chance.sample(alone, min(PER_FILE, len(alone)))]
    return originals[:N_ORIGINALS]


def _fits(chunk: Chunk) -> bool:
    n_lines = chunk.span.end_line - chunk.span.start_line + 1
    is_function = chunk.kind in {Kind.FUNCTION, Kind.METHOD} and bool(chunk.name) and chunk.part_idx == 0
    return is_function and MIN_LINES <= n_lines <= MAX_LINES


def _dedented(text: str) -> str:
    """A definition as it would stand at the top level; its first line may begin without the others' indentation."""
    first, _, rest = text.partition("\n")
    depth = min((len(line) - len(line.lstrip()) for line in rest.split("\n") if line.strip()), default=0)
    last = rest.rstrip().rpartition("\n")[2]
    depth = min(depth, len(last) - len(last.lstrip())) if last.strip() in {"end", "}"} else max(0, depth - 4)
    return "\n".join([first.strip(), *(line[depth:] for line in rest.split("\n"))])
