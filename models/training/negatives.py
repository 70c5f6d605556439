"""Triplets: each question with its answer's passage, its written look-alike, and the nearest wrong definitions.

`python -m training.negatives --work DIR --model FOLDER` embeds every definition of a repository that has questions
with a model folder, takes each question's nearest neighbours, and leaves out what is no wrong answer: the same
definition, one that calls it or that it calls, near-duplicates of it, and what the model puts far nearer than the
answer itself. Writes DIR/triplets.jsonl, with passages, and DIR/triplets-references.jsonl, without any code.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from training.corpus import Definition, Repository, arguments_of, read_definitions, read_manifest
from training.examples import Triplet
from training.mine import sketch
from training.sheets import written
from whence.arrays import Float32
from whence.encoder.model_folder import read_model_folder
from whence.encoder.onnx_encoder import OnnxEncoder

N_NEAREST = 40
N_KEPT = 3
GUIDE_MARGIN = 0.15
"""A neighbour whose cosine is above the answer's by more than this may be an answer too."""

NEAR_DUPLICATE = 0.95


@attrs.frozen
class Mined:
    """A triplet, and where its passages stand."""

    triplet: Triplet
    reference: Mapping[str, Any]


def main() -> None:
    """Write the triplets of every question."""
    parser = arguments_of(__doc__)
    parser.add_argument("--model", type=Path, required=True, help="a model folder: the current model, and the guide")
    arguments = parser.parse_args()
    encoder = OnnxEncoder.load(read_model_folder(arguments.model), n_threads=arguments.processes)
    mined = []
    for repository in read_manifest():
        if (arguments.work / "definitions" / f"{repository.folder}.jsonl").exists() and written(repository):
            of_repository = mine(repository, read_definitions(arguments.work, repository), encoder)
            print(f"{repository.full_name}: {len(of_repository)} triplets", file=sys.stderr, flush=True)
            mined += of_repository
    write(arguments.work / "triplets.jsonl", (attrs.asdict(one.triplet) for one in mined))
    write(arguments.work / "triplets-references.jsonl", (one.reference for one in mined))


def mine(repository: Repository, definitions: Sequence[Definition], encoder: OnnxEncoder) -> list[Mined]:
    """The triplets of one repository; questions whose answer the chunker no longer gives are left out."""
    at = _Finder(definitions)
    asked = [(row, at.place(row["gold"][0])) for row in written(repository)]
    vectors = embed([one.passage for one in definitions], encoder)
    found = []
    for row, gold in asked:
        if gold is None:
            continue
        look_alike = at.place(row["hard_negative"])
        query = encoder.encode_query(row["query"])
        wrong = [idx for idx in _nearest(query, vectors, gold) if is_wrong(definitions[gold], definitions[idx])][
            :N_KEPT
        ]
        negatives = list(dict.fromkeys([*([look_alike] if look_alike is not None else []), *wrong]))
        one = definitions[gold]
        triplet = Triplet(
            repository.full_name,
            row["level"],
            row["query"],
            one.passage,
            tuple(definitions[idx].passage for idx in negatives),
            one.symbol,
            one.calls,
        )
        found.append(Mined(triplet, {**row, "negatives": [definitions[idx].place for idx in negatives]}))
    return found


def is_wrong(answer: Definition, other: Definition) -> bool:
    """Whether a definition can stand for a wrong answer: neither kin of the right one nor the same over again."""
    if other.name == answer.name or other.name in answer.calls or answer.name in other.calls:
        return False
    if other.path == answer.path and other.start_line <= answer.end_line and answer.start_line <= other.end_line:
        return False
    return not set(enumerate(sketch(other.passage))) & set(enumerate(sketch(answer.passage)))


def embed(passages: Sequence[str], encoder: OnnxEncoder) -> Float32:
    """Float32 [n_passages, dim] unit rows."""
    rows = np.zeros((len(passages), encoder.dimension), np.float32)

    def put(idxs: Sequence[int], vectors: Float32) -> None:
        rows[list(idxs)] = vectors

    encoder.encode_passages(passages, put, lambda: False)
    return rows


def write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows as lines of JSON."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _nearest(query: Float32, vectors: Float32, gold: int) -> list[int]:
    """Definitions by their cosine with the question, without those the guide takes for answers."""
    scores = vectors @ query
    likeness = vectors @ vectors[gold]
    ranked = np.argsort(-scores)[:N_NEAREST]
    return [
        int(idx)
        for idx in ranked
        if idx != gold and scores[idx] <= scores[gold] + GUIDE_MARGIN and likeness[idx] < NEAR_DUPLICATE
    ]


class _Finder:
    """Definitions by where they stand."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self._definitions = definitions
        self._by_path: defaultdict[str, list[int]] = defaultdict(list)
        for idx, one in enumerate(definitions):
            self._by_path[one.path].append(idx)

    def place(self, place: Mapping[str, Any]) -> int | None:
        """The definition that shares most lines with a place and bears its name, else the one that shares most."""
        best, best_key = None, (0.0, 0.0)
        for idx in self._by_path.get(place["path"], ()):
            one = self._definitions[idx]
            shared = min(one.end_line, place["end_line"]) - max(one.start_line, place["start_line"]) + 1
            if shared > 0:
                key = (float(one.name == place["symbol"].split(".")[-1]), shared / (one.end_line - one.start_line + 1))
                if key > best_key:
                    best, best_key = idx, key
        return best


if __name__ == "__main__":
    main()
