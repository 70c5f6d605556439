"""Makes models/whence-static from a trained table, proves it against the table, and writes its card.

`python models/make_static.py STATIC.npz`: what training.static wrote. The graph is one row of int8 numbers for each
token, times the row's scale and a factor for how often the text has the token (token_bag.py); pooling and scaling to
length 1 are done outside, as for every model folder.
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

from axes import principal_axes
from bert_graph import IR_VERSION, OPSET
from folder import Keys, write_card, write_folder
from original import Original
from proof import REPOSITORY, Float32, prove, real_passages
from scales import expected_cosine, scales
from token_bag import TINY, Bag
from training.encoder import MAX_TOKENS, base_folder
from training.static import DIMENSION, MATRYOSHKA

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
    stored = np.load(arguments.table)
    trained = Bag(stored["table"], float(stored["power"]))
    tokenizer = Tokenizer.from_str(str(stored["tokenizer"]))
    axes = principal_axes(arguments.triplets, lambda texts: trained.encode(tokenizer, texts))
    bag = Bag(trained.table @ axes, trained.power)
    passages = real_passages()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "int8.onnx"
        onnx.save(graph_of(bag), path)
        proof = prove(path, tokenizer, passages, bag.encode(tokenizer, passages))
        print(proof.row("int8"))
        if proof.mean < MIN_COSINE_INT8:
            sys.exit("The graph differs too much from the table; nothing is written")
        base = Original(base_folder())

        def model(texts: Sequence[str]) -> Float32:
            return bag.encode(tokenizer, texts)

        found, expected = scales(arguments.triplets, base.encode, model), expected_cosine(arguments.triplets, model)
        write_folder(arguments.out, path, tokenizer, keys_of(arguments.version, found, expected), MAX_FOLDER_BYTES)
    figures = {
        "n_passages": str(len(passages)),
        "rows": proof.row("int8"),
        "versions": f"onnxruntime {onnxruntime.__version__}",
    }
    write_card(arguments.out, CARD, figures)


def graph_of(bag: Bag) -> onnx.ModelProto:
    """From int64 `input_ids` (the mask is asked for and not needed) to float32 `last_hidden_state`."""
    scale = np.maximum(np.abs(bag.table).max(axis=1, keepdims=True) / 127, TINY).astype(np.float32)
    constants = [
        numpy_helper.from_array(np.round(bag.table / scale).astype(np.int8), "table"),
        numpy_helper.from_array(scale, "scale"),
        numpy_helper.from_array(np.float32(-bag.power), "power"),
        numpy_helper.from_array(np.array([1], np.int64), "axis_1"),
        numpy_helper.from_array(np.array([2], np.int64), "axis_2"),
    ]
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["whole"]),
        helper.make_node("Cast", ["whole"], ["steps"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["scale", "input_ids"], ["scales"]),
        helper.make_node("Unsqueeze", ["input_ids", "axis_1"], ["across"]),
        helper.make_node("Unsqueeze", ["input_ids", "axis_2"], ["down"]),
        helper.make_node("Equal", ["across", "down"], ["same"]),
        helper.make_node("Cast", ["same"], ["ones"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["ones", "axis_2"], ["repeats"], keepdims=1),
        helper.make_node("Pow", ["repeats", "power"], ["often"]),
        helper.make_node("Mul", ["scales", "often"], ["factors"]),
        helper.make_node("Mul", ["steps", "factors"], ["last_hidden_state"]),
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


def keys_of(version: str, found: tuple[list[float], list[float]], expected: list[float]) -> Keys:
    """What model.toml says."""
    return {
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
        "expected_cosine": expected,
        "licence": "Apache-2.0",
        "source": "models/training, from nomic-embed-code's vectors of words and whence-code's",
        "quantisation": "int8: one scale a token",
    }


if __name__ == "__main__":
    main()
