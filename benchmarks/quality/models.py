"""Compare model folders by vectors alone: `make bench-models models="FOLDER …" [labels=DIR] [corpora=DIR]`.

Every chunk of a suite's folder is embedded as it would be indexed, each question as a search embeds it, and chunks are
ordered by cosine; BM25 over the same chunks stands beside. No index and no ranker has a part in it. With --triplets,
questions whose answer has to be nearer than a look-alike; with --speed, passages a second at SPEED_TOKENS tokens each.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import attrs
import numpy as np

from benchmarks.measure import Row, write_result
from benchmarks.quality.questions import Task
from benchmarks.quality.retrievers import Bm25
from benchmarks.quality.scoring import Found, Scored, figure, score
from benchmarks.quality.suites import SUITES, Sources
from training.examples import held_out_of, read_triplets
from training.negatives import embed
from whence.arrays import Float32
from whence.chunking.chunker import chunk_source
from whence.domain import Chunk, Source
from whence.encoder.model_folder import ModelSpec, read_model_folder
from whence.encoder.onnx_encoder import OnnxEncoder
from whence.files.options import FileOptions
from whence.files.workspace import WorkspaceFiles
from whence.ranking.understanding import understand
from whence.text.passages import passage_of
from whence.text.secrets import mask_secrets
from whence.text.words import query_words, words_of

SHOWN = 20

SPEED_TOKENS = 128
N_SPEED = 96
REPOSITORY = Path(__file__).parents[2]
N_ROUNDS = 5
MEASURED = ("own", "cosqa", "mbpp", "humaneval", "humaneval-x")


@attrs.frozen
class Corpus:
    """The chunks of one folder, in the order of files and lines."""

    files: Mapping[str, Sequence[Chunk]]

    @property
    def places(self) -> list[Found]:
        """Where each chunk stands."""
        return [
            Found(path, chunk.span.start_line, chunk.span.end_line, chunk.symbol)
            for path, chunks in self.files.items()
            for chunk in chunks
        ]

    @property
    def passages(self) -> list[str]:
        """What is embedded for each chunk."""
        return [passage_of(chunk).text for chunks in self.files.values() for chunk in chunks]

    def paths(self) -> Sequence[str]:
        """The files."""
        return list(self.files)

    def chunks(self, path: str) -> Sequence[Chunk]:
        """The chunks of a file."""
        return self.files[path]


def main() -> None:
    """Measure the folders named, beside each other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="+", help="a model folder; the first one is what ratios are of")
    parser.add_argument("--labels", type=Path, help="folder with semble-dev/")
    parser.add_argument("--corpora", type=Path, help="folder with <owner>+<name>/repo git directories, bare or not")
    parser.add_argument("--only", action="append", choices=sorted(SUITES), help="this suite; may be repeated")
    parser.add_argument("--split", choices=("tune", "test"), help="tasks of this split alone")
    parser.add_argument("--without", action="append", default=[], metavar="FOLDER", help="leave out a suite's folder")
    parser.add_argument("--dimension", type=int, action="append", default=[], help="vectors cut to this length as well")
    parser.add_argument("--triplets", type=Path, help="what training.negatives wrote; held-out repositories are asked")
    parser.add_argument("--speed", action="store_true", help="measure passages a second as well")
    parser.add_argument("--work", type=Path, help="where work trees and vectors go (default: a new temporary folder)")
    parser.add_argument("--name", default="models", help="what the result is called")
    arguments = parser.parse_args()
    work = (arguments.work or Path(tempfile.mkdtemp(prefix="whence-models-"))).resolve()
    sources = Sources(arguments.labels, arguments.corpora, work)
    models = [Model(folder, arguments.dimension, work / "model-vectors") for folder in arguments.folder]
    scored: defaultdict[tuple[str, str], defaultdict[str, list[Scored]]] = defaultdict(lambda: defaultdict(list))
    suites = arguments.only if arguments.only is not None else MEASURED
    for task in (task for suite in suites for task in SUITES[suite](sources)):
        if task.name in arguments.without or arguments.split not in {None, task.split}:
            continue
        for name, answers in answers_of(task, models):
            print(f"{task.suite} {task.name} {name}", file=sys.stderr, flush=True)
            for question, hits in zip(task.questions, answers, strict=True):
                one = score(question, hits)
                scored[task.suite, ""][name].append(one)
                if task.suite.startswith("own"):
                    scored[task.suite, question.group][name].append(one)
    rows = [row for (suite, group), by_name in sorted(scored.items()) for row in _rows(suite, group, by_name)]
    if arguments.triplets is not None:
        rows += [Row(f"held-out triplets right, {model.name}", model.triplets(arguments.triplets)) for model in models]
    if arguments.speed:
        rows += speeds(arguments.folder)
    if not rows:
        sys.exit("no suite's data was found; name folders with --labels and --corpora")
    write_result(arguments.name, rows, [f"`python -m benchmarks.quality.models {' '.join(sys.argv[1:])}`"])


class Model:
    """A model folder, with the vectors it gave before."""

    def __init__(self, folder: Path, dimensions: Sequence[int], cache: Path) -> None:
        self._spec = read_model_folder(folder)
        self._encoder = OnnxEncoder.load(self._spec, n_threads=os.cpu_count() or 1)
        self._cache = cache / self._encoder.fingerprint
        self._dimensions = dimensions
        self.name = folder.name

    def vectors(self, task: Task, passages: Sequence[str]) -> Float32:
        """Float32 [n_passages, dim] unit rows."""
        path = self._cache / f"{task.root.parent.name}-{task.root.name}.npy"
        if path.exists() and len(known := np.load(path)) == len(passages):
            return np.asarray(known, np.float32)
        rows = embed(passages, self._encoder)
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, rows)
        return rows

    def answers(self, task: Task, corpus: Corpus) -> Iterator[tuple[str, list[list[Found]]]]:
        """By whole vectors, and by each shorter length asked for."""
        rows, places = self.vectors(task, corpus.passages), corpus.places
        asked = np.array([self._encoder.encode_query(understand(one.text).passage) for one in task.questions])
        for dimension in (None, *self._dimensions):
            cut, cut_asked = _cut(rows, dimension), _cut(asked, dimension)
            best = np.argsort(-(cut_asked @ cut.T), axis=1, kind="stable")[:, : 5 * SHOWN]
            name = self.name if dimension is None else f"{self.name} cut to {dimension}"
            yield name, [[places[idx] for idx in row] for row in best]

    def triplets(self, path: Path) -> str:
        """Of the triplets of held-out repositories, the share whose answer is nearer than its written look-alike."""
        rows = [one for one in held_out_of(read_triplets(path)) if one.negatives]
        is_right = []
        for one in rows:
            query = self._encoder.encode_query(understand(one.query).passage)
            positive, negative = embed([one.positive, one.negatives[0]], self._encoder)
            is_right.append(float(query @ positive > query @ negative))
        return f"n {len(rows)}: {figure(is_right)}"


def speeds(folders: Sequence[Path]) -> Iterator[Row]:
    """Passages a second on all cores, models taking turns, and how many times the first one's that is.

    Of SPEED_TOKENS tokens each, which compares graphs; and of code as it is, which counts what a tokenizer makes of it.
    """
    # So many words, hardly more tokens: a longer text would be tokenised for nothing and cut.
    words = words_of(Path(__file__).read_text(encoding="utf-8")).split()[: SPEED_TOKENS // 4]
    text = " ".join(f"{word} of a value" for word in words)
    passages = [f"{number} {text}" for number in range(N_SPEED)]
    specs = [attrs.evolve(read_model_folder(folder), max_tokens=SPEED_TOKENS) for folder in folders]
    yield from _speeds(f"passages of {SPEED_TOKENS} tokens", specs, passages)
    code = random.Random(0).sample(corpus_of(REPOSITORY / "server").passages, N_SPEED)
    yield from _speeds("passages of code", [read_model_folder(folder) for folder in folders], code)


def _speeds(what: str, specs: Sequence[ModelSpec], passages: Sequence[str]) -> Iterator[Row]:
    encoders = [OnnxEncoder.load(spec, n_threads=os.cpu_count() or 1) for spec in specs]
    seconds: defaultdict[int, list[float]] = defaultdict(list)
    for _ in range(N_ROUNDS):
        for idx, encoder in enumerate(encoders):
            start = time.perf_counter()
            embed(passages, encoder)
            seconds[idx].append(time.perf_counter() - start)
    for idx, spec in enumerate(specs):
        ratio = median(one / other for one, other in zip(seconds[0], seconds[idx], strict=True))
        rate = N_SPEED / median(seconds[idx])
        yield Row(
            f"{what} a second, {spec.folder.name}",
            f"{rate:,.0f}: {ratio:.1f} x {specs[0].folder.name}, median of {N_ROUNDS}",
        )


def answers_of(task: Task, models: Iterable[Model]) -> Iterator[tuple[str, list[list[Found]]]]:
    """Each model's hits, then BM25's."""
    corpus = corpus_of(task.root)
    for model in models:
        yield from model.answers(task, corpus)
    index = Bm25(corpus)
    yield "BM25", [index.best(query_words(one.text)) for one in task.questions]


def corpus_of(root: Path) -> Corpus:
    """The chunks that would be indexed of a folder."""
    files = WorkspaceFiles(root, FileOptions(), mask_secrets)
    found = ((entry.path, files.read(entry)) for entry in files.listing().entries)
    return Corpus({path: chunk_source(source) for path, source in found if isinstance(source, Source)})


def _cut(rows: Float32, dimension: int | None) -> Float32:
    if dimension is None:
        return rows
    part = rows[:, :dimension]
    return np.asarray(part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-9), np.float32)


def _rows(suite: str, group: str, by_name: Mapping[str, Sequence[Scored]]) -> Iterator[Row]:
    for name, scored in by_name.items():
        what = ", ".join(filter(None, (suite, group, name)))
        measures = {
            "R@1": figure([one.recall(1) for one in scored]),
            "R@5": figure([one.recall(5) for one in scored]),
            "R@20": figure([one.recall(20) for one in scored]),
            "MRR": figure([one.reciprocal_rank for one in scored]),
        }
        yield Row(what, f"n {len(scored)}: " + ", ".join(f"{key} {value}" for key, value in measures.items()))


if __name__ == "__main__":
    main()
