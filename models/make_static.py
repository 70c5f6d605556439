"""Makes models/whence-static from a trained table, proves it against the table, and writes its card.

`python models/make_static.py STATIC.npz`: what training.static wrote. The graph is one row of int8 numbers for each
token, times the row's scale; pooling and scaling to length 1 are done outside, as for every model folder.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from bert_graph import IR_VERSION, OPSET, TINY
from folder import write_model_toml
from original import Original
from proof import REPOSITORY, Float32, Proof, prove, real_passages
from scales import scales
from training.encoder import base_folder, load_tokenizer
from training.static import DIMENSION, MATRYOSHKA, MAX_TOKENS

FOLDER = REPOSITORY / "models" / "whence-static"
CARD = REPOSITORY / "models" / "static_card.md"

MIN_COSINE_INT8 = 0.98
MAX_FOLDER_BYTES = 10_000_000


def main() -> None:
    """Make, prove, then write the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("table", type=Path)
    parser.add_argument("--triplets", type=Path, required=True, help="of training.negatives: what scales are found on")
    parser.add_argument("--version", default="1")
    parser.add_argument("--out", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    table: Float32 = np.load(arguments.table)["table"]
    tokenizer = load_tokenizer()
    passages = real_passages()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "int8.onnx"
        onnx.save(graph_of(table), path)
        proof = prove(path, tokenizer, passages, encode(table, tokenizer, passages))
        print(proof.row("int8"))
        if proof.mean < MIN_COSINE_INT8:
            sys.exit("The graph differs too much from the table; nothing is written")
        base = Original(base_folder())
        found = scales(arguments.triplets, base.encode, lambda texts: encode(table, tokenizer, texts))
        write_folder(arguments.out, path, tokenizer, arguments.version, found)
    write_card(arguments.out, proof, passages)


def graph_of(table: Float32) -> onnx.ModelProto:
    """From int64 `input_ids` (the mask is asked for and not needed) to float32 `last_hidden_state`."""
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True) / 127, TINY).astype(np.float32)
    constants = [
        numpy_helper.from_array(np.round(table / scale).astype(np.int8), "table"),
        numpy_helper.from_array(scale, "scale"),
    ]
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["whole"]),
        helper.make_node("Cast", ["whole"], ["steps"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["scale", "input_ids"], ["scales"]),
        helper.make_node("Mul", ["steps", "scales"], ["last_hidden_state"]),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", DIMENSION])
    graph = helper.make_graph(nodes, "static", inputs, [output], constants)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="whence"
    )


def encode(table: Float32, tokenizer: Tokenizer, texts: Sequence[str]) -> Float32:
    """Float32 [n_texts, DIMENSION] unit rows, from the table as it was trained."""
    sums = np.array([table[tokenizer.encode(text).ids].sum(axis=0) for text in texts], np.float32)
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), TINY), np.float32)


def write_folder(
    folder: Path, graph: Path, tokenizer: Tokenizer, version: str, found: tuple[list[float], list[float]]
) -> None:
    """Write model.onnx, tokenizer.json and model.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(graph.read_bytes())
    tokenizer.no_truncation()  # the reader cuts at max_tokens of model.toml
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    keys: dict[str, str | int | list[int] | list[float]] = {
        "name": "whence-static",
        "version": version,
        "dimension": DIMENSION,
        "max_tokens": MAX_TOKENS,
        "pooling": "mean",
        "normalisation": "l2",
        "query_prefix": "",
        "passage_prefix": "",
        "matryoshka": sorted(MATRYOSHKA[1:], reverse=True),
        "query_similarity": found[0],
        "passage_similarity": found[1],
        "licence": "Apache-2.0",
        "source": "models/training, distilled from whence-code",
        "quantisation": "int8: one scale a token",
    }
    write_model_toml(folder, keys)
    n_bytes = sum((folder / name).stat().st_size for name in ("model.onnx", "tokenizer.json"))
    if n_bytes > MAX_FOLDER_BYTES:
        sys.exit(f"The folder has {n_bytes:,} bytes, more than {MAX_FOLDER_BYTES:,}")


def write_card(folder: Path, proof: Proof, passages: Sequence[str]) -> None:
    """Fill the figures of this run into the card's template, where there is one."""
    if not CARD.exists():
        return
    figures = {
        "n_passages": str(len(passages)),
        "rows": proof.row("int8"),
        "versions": f"onnxruntime {onnxruntime.__version__}",
    }
    text = CARD.read_text(encoding="utf-8")
    for name, value in figures.items():
        text = text.replace("{" + name + "}", value)
    (folder / "CARD.md").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
