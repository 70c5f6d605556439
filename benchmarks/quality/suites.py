"""The public suites and our own: where their labels are, and the folders they are asked of.

A suite whose data is not found is left out, and said to be. Repositories are taken from local git directories where
they are, else cloned at the pinned commit. Nothing of them is kept in this repository.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from benchmarks.corpora import Corpus, check_out
from benchmarks.quality.questions import Place, Question, Task

OWN = Path(__file__).parent / "queries"

CQS = Corpus("jamie8johnson", "cqs", "39086fd4ada7510b21a82668a68e8316c9ee2329")
CQS_QUERIES = "evals/queries"
CQS_INDEXED = (".", f":(exclude){CQS_QUERIES}", ":(exclude)evals/reranker_v3", ":(exclude)evals/*.jsonl")
"""The tree without the questions themselves, as cqs' own .cqsignore leaves them out, and without the training data of
its rerankers, which holds every question seven times beside its answers: cqs reads no .jsonl."""

MBPP = (
    ("google-research", "google-research", "mbpp/mbpp.jsonl"),
    ("OckBench", "OckBench", "data/mbpp.jsonl"),
)
"""Where mbpp.jsonl lies: at its source, and in a small repository that holds a copy."""

SUFFIXES: Mapping[str, str] = {"python": "py", "cpp": "cpp", "go": "go", "java": "java", "js": "js", "rust": "rs"}
"""Languages of HumanEval-X."""


@attrs.frozen
class Sources:
    """Where data is looked for."""

    labels: Path | None
    """A folder with semble-dev/."""
    corpora: Path | None
    """A folder with <owner>+<name>/repo git directories."""
    work: Path
    """Where work trees are made."""

    def tree(self, corpus: Corpus, folders: Sequence[str] = (".",)) -> Path:
        """A work tree of a repository, or of the parts that git's pathspecs name; made once."""
        target = self.work / "trees" / f"{corpus.folder}@{corpus.commit[:12]}"
        if not target.exists():
            making = target.with_name(f"{target.name}.making")
            shutil.rmtree(making, ignore_errors=True)
            making.parent.mkdir(parents=True, exist_ok=True)
            check_out(corpus, self.corpora, making, folders)
            making.rename(target)
        return target

    def read(self, owner: str, name: str, path: str) -> bytes | None:
        """A data file at the newest commit of a local repository; None where it is not at hand."""
        repo = self.corpora / f"{owner}+{name}" / "repo" if self.corpora else None
        if repo is None or not repo.exists():
            return None
        done = subprocess.run(["git", "-C", str(repo), "show", f"HEAD:{path}"], capture_output=True, check=False)
        return done.stdout if done.returncode == 0 else None

    def folder(self, name: str, files: Mapping[str, str]) -> Path:
        """A folder with these files and no others; made anew when they are not those it was made with."""
        root = self.work / "folders" / name
        note = root.with_name(f"{root.name}.digest")
        digest = hashlib.blake2b(json.dumps(sorted(files.items())).encode()).hexdigest()
        if not root.exists() or not note.exists() or note.read_text(encoding="utf-8") != digest:
            making = root.with_name(f"{root.name}.making")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir(parents=True)
            for path, text in files.items():
                (making / path).parent.mkdir(exist_ok=True)
                (making / path).write_text(text, encoding="utf-8")
            shutil.rmtree(root, ignore_errors=True)
            making.rename(root)
            note.write_text(digest, encoding="utf-8")
        return root


@attrs.frozen
class Solution:
    """A solution of HumanEval-X."""

    declaration: str
    """Ends with the function's header."""
    body: str

    @property
    def code(self) -> str:
        """The whole file."""
        return self.declaration + self.body

    @property
    def function(self) -> str:
        """The function alone, without what it imports."""
        return "\n".join(self.code.split("\n")[self.line - 1 :])

    @property
    def line(self) -> int:
        """1-based, of the function that solves the problem."""
        return self.declaration.rstrip().count("\n") + 1


def semble_dev(sources: Sources, names: Collection[str] = ()) -> Iterator[Task]:
    """MinishLab/semble's benchmark, the sixteen repositories open for development; those of `names` where given."""
    folder = sources.labels / "semble-dev" if sources.labels else None
    if folder is None or not folder.exists():
        return
    repos = json.loads((folder / "repos.json").read_text(encoding="utf-8"))
    for repo in (one for one in repos if not names or one["name"] in names):
        owner, name = repo["url"].removesuffix(".git").split("/")[-2:]
        try:
            tree = sources.tree(Corpus(owner, name, repo["revision"]))
        except subprocess.CalledProcessError:
            say(f"semble-dev: {owner}/{name} at {repo['revision'][:12]} is not to be had")
            continue
        labels = json.loads((folder / "annotations" / f"{repo['name']}.json").read_text(encoding="utf-8"))
        questions = tuple(
            Question(
                label["query"],
                label["category"],
                tuple(_semble_place(place) for place in [*label["relevant"], *label.get("secondary", [])]),
            )
            for label in labels
        )
        yield Task("semble-dev", repo["name"], tree / repo.get("benchmark_root", "."), questions, split="tune")


def cqs(sources: Sources) -> Iterator[Task]:
    """The queries of jamie8johnson/cqs over its own tree: the dev split may be tuned on, the test split is reported."""
    for split, file in (("tune", "v3_dev.v2.json"), ("test", "v3_test.v2.json")):
        try:
            tree = sources.tree(CQS, CQS_INDEXED)
        except subprocess.CalledProcessError:
            say("cqs: the repository is not to be had")
            return
        shown = subprocess.run(
            ["git", "-C", str(tree), "show", f"{CQS.commit}:{CQS_QUERIES}/{file}"], capture_output=True, check=True
        )
        asked = json.loads(shown.stdout)["queries"]
        questions = tuple(
            Question(
                one["query"],
                one["category"],
                (Place(one["gold_chunk"]["origin"], name=one["gold_chunk"]["name"]),),
            )
            for one in asked
        )
        yield Task(f"cqs-{'dev' if split == 'tune' else 'test'}", "cqs", tree, questions, split)


def own(sources: Sources) -> Iterator[Task]:
    """Our own queries over public repositories; the split is by repository, as TUNE_REPOS and TRAINED_REPOS say."""
    for path in sorted(OWN.glob("*.jsonl")):
        first = next(json_lines(path.read_bytes()))
        owner, name = first["repo"].split("/")
        try:
            tree = sources.tree(Corpus(owner, name, first["commit"]))
        except subprocess.CalledProcessError:
            say(f"own: {owner}/{name} is not to be had")
            continue
        split = split_of(first["repo"])
        yield Task(f"own-{split}", name, tree, own_questions(path), split)


def split_of(repo: str) -> str:
    """`trained` for OWNER/NAME that the model has learned from, `tune` or `test`."""
    if repo in TRAINED_REPOS:
        return "trained"
    return "tune" if repo in TUNE_REPOS else "test"


def own_questions(path: Path) -> tuple[Question, ...]:
    """The questions of one of our own files."""
    return tuple(
        Question(one["query"], one["level"], tuple(map(_own_place, one["gold"])), _own_place(one["hard_negative"]))
        for one in json_lines(path.read_bytes())
    )


def cosqa(sources: Sources) -> Iterator[Task]:
    """CoSQA in CoCLR's retrieval split: 500 web questions over 6,267 Python functions, with docstrings and without."""
    asked_raw = sources.read("Jun-jie-Huang", "CoCLR", "data/search/cosqa-retrieval-test-500.json")
    codes_raw = sources.read("Jun-jie-Huang", "CoCLR", "data/search/code_idx_map.txt")
    if asked_raw is None or codes_raw is None:
        return
    codes: dict[str, int] = json.loads(codes_raw)
    questions = tuple(
        Question(one["doc"], "web question", (Place(f"f{one['retrieval_idx']:05}.py"),))
        for one in json.loads(asked_raw)
    )
    whole = {f"f{idx:05}.py": code for code, idx in codes.items()}
    bare = {path: without_docstring(code) for path, code in whole.items()}
    yield Task("CoSQA", "CoSQA", sources.folder("cosqa", whole), questions)
    yield Task("CoSQA without docstrings", "CoSQA", sources.folder("cosqa-bare", bare), questions)


def humaneval(sources: Sources) -> Iterator[Task]:
    """HumanEval: each docstring, over signatures with solutions."""
    raw = sources.read("openai", "human-eval", "data/HumanEval.jsonl.gz")
    if raw is None:
        return
    files, questions = {}, []
    for number, problem in enumerate(json_lines(gzip.decompress(raw))):
        path = f"p{number:03}.py"
        docstring, signature = split_docstring(problem["prompt"], problem["entry_point"])
        files[path] = f"{signature}{problem['canonical_solution']}"
        questions.append(Question(docstring, "docstring", (Place(path),)))
    yield Task("HumanEval", "HumanEval", sources.folder("humaneval", files), tuple(questions))


def mbpp(sources: Sources) -> Iterator[Task]:
    """MBPP: what each of google-research's 974 problems asks for, over their solutions."""
    found = (sources.read(owner, name, path) for owner, name, path in MBPP)
    raw = next(filter(None, found), None)
    if raw is None:
        return
    problems = {f"p{one['task_id']:03}.py": one for one in json_lines(raw)}
    files = {path: one["code"].replace("\r\n", "\n") for path, one in problems.items()}
    questions = tuple(Question(one["text"], "problem", (Place(path),)) for path, one in problems.items())
    yield Task("MBPP", "MBPP", sources.folder("mbpp", files), questions)


def humaneval_x(sources: Sources) -> Iterator[Task]:
    """HumanEval-X: a solution, over those of another language; thirty ordered pairs of six languages."""
    solutions = humaneval_x_solutions(sources)
    for language in solutions:
        suffix = SUFFIXES[language]
        files = {f"p{number:03}.{suffix}": one.code for number, one in solutions[language].items()}
        root = sources.folder(f"humaneval-x/{language}", files)
        for other in SUFFIXES:
            if other != language:
                questions = tuple(
                    Question(one.code, f"{other} to {language}", (Place(f"p{number:03}.{suffix}"),))
                    for number, one in solutions[other].items()
                )
                yield Task("HumanEval-X", f"{other} to {language}", root, questions)


def humaneval_x_solutions(sources: Sources) -> Mapping[str, Mapping[int, Solution]]:
    """By language and number of the problem; empty where a language is not at hand."""
    solutions: dict[str, dict[int, Solution]] = {}
    for language in SUFFIXES:
        path = f"codegeex/benchmark/humaneval-x/{language}/data/humaneval_{language}.jsonl.gz"
        raw = sources.read("THUDM", "CodeGeeX", path)
        if raw is None:
            return {}
        solutions[language] = {
            int(one["task_id"].split("/")[1]): Solution(
                one.get("declaration", one["prompt"]), one["canonical_solution"]
            )
            for one in json_lines(gzip.decompress(raw))
        }
    return solutions


SUITES: Mapping[str, Callable[[Sources], Iterator[Task]]] = {
    "semble-dev": semble_dev,
    "cqs": cqs,
    "own": own,
    "cosqa": cosqa,
    "humaneval": humaneval,
    "mbpp": mbpp,
    "humaneval-x": humaneval_x,
}

TRAINED_REPOS = frozenset({"celery/celery", "helm/helm", "apache/kafka"})
"""Of our own queries: repositories of models/training/corpus.toml. What is found in them says little of others."""

TUNE_REPOS = frozenset(
    {
        "jekyll/jekyll",
        "dart-lang/shelf",
        "AFNetworking/AFNetworking",
        "scalatra/scalatra",
        "slimphp/Slim",
        "luarocks/luarocks",
    }
)
"""Of our own queries: weights and bounds are chosen on these. The other repositories are for reporting alone."""


def without_docstring(code: str) -> str:
    """Python code without the first docstring of its first function; as it is where it cannot be parsed."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return code
    body = next((node.body for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)), [])
    if not body or not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Constant):
        return code
    first = body[0]
    lines = code.split("\n")
    assert first.end_lineno is not None
    del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines)


def split_docstring(prompt: str, name: str) -> tuple[str, str]:
    """HumanEval's prompt: the words of the function's docstring, and what stands before it."""
    function = next(node for node in ast.parse(prompt).body if isinstance(node, ast.FunctionDef) and node.name == name)
    first = function.body[0]
    lines = prompt.split("\n")
    return ast.get_docstring(function) or "", "\n".join(lines[: first.lineno - 1]) + "\n"


def json_lines(raw: bytes) -> Iterator[dict[str, Any]]:
    """The values of a file with one JSON value a line."""
    return map(json.loads, raw.decode("utf-8").splitlines())


def say(text: str) -> None:
    """Tell whoever waits."""
    print(text, file=sys.stderr)


def _semble_place(place: str | Mapping[str, Any]) -> Place:
    if isinstance(place, str):
        return Place(place)
    return Place(place["path"], place.get("start_line"), place.get("end_line"))


def _own_place(place: Mapping[str, Any]) -> Place:
    return Place(place["path"], place["start_line"], place["end_line"])
