"""Triplets: each question with its answer's passage, its written look-alike, and the nearest wrong definitions.

`python -m training.negatives --work DIR --model FOLDER --narrow FOLDER` embeds every definition of a repository that
has questions with a quick model, the nearest of each question with the current one, and takes those that this puts
highest (Xiong et al., 2021: negatives of the model that is trained, not of a simpler one). It leaves out what is no
wrong answer: the same definition, one that calls it or that it calls, near-duplicates of it, and what the model puts
far nearer than the answer itself. Writes DIR/triplets.jsonl, with passages, and DIR/triplets-references.jsonl, without
any code; repositories done are kept in DIR/mined until their questions or the models change.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from training.corpus import Definition, arguments_of, read_definitions, read_manifest
from training.examples import Triplet
from training.mine import sketch
from training.sheets import written
from whence.arrays import Float32
from whence.encoder.model_folder import read_model_folder
from whence.encoder.onnx_encoder import OnnxEncoder
from whence.text.passages import MAX_DOC_CHARS

N_NARROWED = 12
"""Nearest definitions by the quick model that the current one judges."""

N_KEPT = 5

JUDGED_CHARS = 600
"""Of a passage, by the current model: about what is trained on."""

MAX_DEFINITIONS = 2_500
"""Of a repository that stand as wrong answers, by a hash of where they are; answers and look-alikes come on top."""

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
    parser.add_argument("--narrow", type=Path, required=True, help="a model folder: the quick model that goes first")
    parser.add_argument("--repo", action="append", default=[], help="OWNER/NAME, this one alone; may be repeated")
    arguments = parser.parse_args()
    judge, narrow = (
        OnnxEncoder.load(read_model_folder(folder), n_threads=arguments.processes)
        for folder in (arguments.model, arguments.narrow)
    )
    kept = arguments.work / "mined"
    kept.mkdir(parents=True, exist_ok=True)
    mined = []
    for repository in read_manifest():
        if arguments.repo and repository.full_name not in arguments.repo:
            continue
        questions = written(repository)
        if not (arguments.work / "definitions" / f"{repository.folder}.jsonl").exists() or not questions:
            continue
        asked = "".join(map(json.dumps, questions))
        sign = hashlib.sha256(f"{judge.fingerprint} {narrow.fingerprint} {asked}".encode()).hexdigest()[:16]
        path = kept / f"{repository.folder}-{sign}.jsonl"
        if not path.exists():
            of_repository = mine(questions, read_definitions(arguments.work, repository), judge, narrow)
            print(f"{repository.full_name}: {len(of_repository)} triplets", file=sys.stderr, flush=True)
            write(path, map(attrs.asdict, of_repository))
        mined += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    write(arguments.work / "triplets.jsonl", (row["triplet"] for row in mined))
    write(arguments.work / "triplets-references.jsonl", (row["reference"] for row in mined))


def mine(
    questions: Sequence[Mapping[str, Any]],
    definitions: Sequence[Definition],
    judge: OnnxEncoder,
    narrow: OnnxEncoder,
) -> list[Mined]:
    """The triplets of one repository; questions whose answer the chunker no longer gives are left out."""
    at = _Finder(definitions)
    asked = [(row, gold) for row in questions if (gold := at.place(row["gold"][0])) is not None]
    drawn = some(definitions, MAX_DEFINITIONS)
    quick = embed([definitions[idx].passage for idx in drawn], narrow)
    order = [np.argsort(-(quick @ narrow.encode_query(row["query"])))[:N_NARROWED] for row, _ in asked]
    near = [[drawn[position] for position in positions] for positions in order]
    judged = sorted({*(gold for _, gold in asked), *(idx for idxs in near for idx in idxs)})
    passages = [definitions[idx].passage[:JUDGED_CHARS] for idx in judged]
    vectors = dict(zip(judged, embed(passages, judge), strict=True))
    found = []
    for (row, gold), idxs in zip(asked, near, strict=True):
        look_alike = at.place(row["hard_negative"])
        rivals = {idx: vectors[idx] for idx in idxs if is_wrong(definitions[gold], definitions[idx])}
        wrong = hardest(judge.encode_query(row["query"]), vectors[gold], rivals)[:N_KEPT]
        negatives = list(dict.fromkeys([*([look_alike] if look_alike is not None else []), *wrong]))
        one = definitions[gold]
        triplet = Triplet(
            row["repo"],
            row["level"],
            row["query"],
            shown(one),
            tuple(shown(definitions[idx]) for idx in negatives),
            one.symbol,
            one.calls,
        )
        found.append(Mined(triplet, {**row, "negatives": [definitions[idx].place for idx in negatives]}))
    return found


def some(definitions: Sequence[Definition], n_most: int) -> list[int]:
    """Indices of at most so many definitions, always the same ones, in their order."""
    order = sorted(
        range(len(definitions)), key=lambda idx: hashlib.sha256(json.dumps(definitions[idx].place).encode()).digest()
    )
    return sorted(order[:n_most])


def shown(definition: Definition) -> str:
    """Its passage, with its doc comment for every other definition that has one, as an index holds them."""
    is_told = hashlib.sha256(definition.path.encode() + definition.symbol.encode()).digest()[0] % 2
    doc = " ".join(definition.doc.split())[:MAX_DOC_CHARS]
    if not is_told or not doc:
        return definition.passage
    title, _, code = definition.passage.partition("\n")
    return f"{title}\n{doc}\n{code}"


def is_wrong(answer: Definition, other: Definition) -> bool:
    """Whether a definition can stand for a wrong answer: neither kin of the right one nor the same over again."""
    if other.name == answer.name or other.name in answer.calls or answer.name in other.calls:
        return False
    if other.path == answer.path and other.start_line <= answer.end_line and answer.start_line <= other.end_line:
        return False
    return not set(enumerate(sketch(other.passage))) & set(enumerate(sketch(answer.passage)))


def hardest(query: Float32, answer: Float32, rivals: Mapping[int, Float32]) -> list[int]:
    """Rivals by their cosine with the question, without those the guide takes for answers or for the answer again.

    Args:
        query: unit [dim], as `answer` and the rivals' vectors by their number.
    """
    bound = float(query @ answer) + GUIDE_MARGIN
    scores = {idx: float(query @ vector) for idx, vector in rivals.items() if vector @ answer < NEAR_DUPLICATE}
    return sorted((idx for idx, score in scores.items() if score <= bound), key=lambda idx: -scores[idx])


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
