"""Makes models/whence-code from trained weights, proves it against them, and writes its card.

`python models/make_code.py WEIGHTS --bag STATIC.npz [--share S] [--rest MODEL] [--published P]`: WEIGHTS is what
training.train wrote (runs/NAME/weights.pt), STATIC.npz what training.static did. The encoder is S of the trained
weights, P of the published ones and the rest of MODEL, the version before, or of the published ones too (Wortsman et
al., 2022): a part of those keeps what the training data does not speak of. Beside its vector stands that of the text as
a bag of tokens (BAG_SHARE of a cosine), which errs elsewhere; both together are turned onto the axes along which
questions and answers agree (axes.py) and cut to the encoder's length. The tokenizer is all-MiniLM-L6-v2's behind a
normaliser that splits identifiers into words. Nothing is written unless the proof holds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from axes import agreement_axes, principal_axes
from bert_graph import BertShape, Head, float_graph, int8_graph
from folder import Keys, write_card, write_folder
from original import Original
from proof import REPOSITORY, Float32, prove, real_passages
from scales import expected_cosine, scales
from token_bag import Bag, quantised
from training.encoder import (
    BAG_SHARE,
    MAX_TOKENS,
    Encoder,
    averaged,
    bag_of,
    base_folder,
    load_tokenizer,
    side_by_side,
)
from training.losses import DIMENSIONS

FOLDER = REPOSITORY / "models" / "whence-code"
CARD = REPOSITORY / "models" / "code_card.md"

MIN_COSINE_FLOAT = 0.99
MIN_COSINE_INT8 = 0.98
MAX_FOLDER_BYTES = 24_500_000
"""The graph has at most 24,000,000 of them (tests/models)."""

BAG_DIMENSION = 144
BAG_TOKENS = 16_000
"""Those most frequent in the corpus have a vector in the bag: 99.5 of 100 tokens of code."""

BAG_BYTES = 48
"""Of a token's vector: three numbers in a byte."""


def main() -> None:
    """Average, make, prove, then write the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("--share", type=float, default=1.0, help="of the trained weights; the rest is the base")
    parser.add_argument("--published", type=float, default=0.0, help="share of the published weights beside --rest")
    parser.add_argument("--rest", type=Path, help="weights or a model folder that the rest is of (the published ones)")
    parser.add_argument("--bag", type=Path, required=True, help="of training.static: what stands beside the encoder")
    parser.add_argument("--bag-share", type=float, default=BAG_SHARE, help=f"of the bag in a cosine ({BAG_SHARE})")
    parser.add_argument("--triplets", type=Path, required=True, help="of training.negatives: what scales are found on")
    parser.add_argument("--version", default="1")
    parser.add_argument("--without-marks", action="store_true", help="drop brackets and operators, to compare")
    parser.add_argument("--out", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    base, encoder = Original(base_folder()), Encoder().eval()
    published = {name: value.clone() for name, value in encoder.bert.state_dict().items()}
    tokenizer = encoder.tokenizer = load_tokenizer(keeps_marks=not arguments.without_marks)
    if arguments.rest is not None:
        encoder.begin_with(arguments.rest)
    trained = torch.load(arguments.weights, weights_only=True)
    rest = averaged(encoder.bert.state_dict(), published, arguments.published / (1 - arguments.share or 1))
    encoder.bert.load_state_dict(averaged(rest, trained, arguments.share))
    passages = real_passages()
    head = head_of(encoder, arguments.bag, arguments.bag_share, arguments.triplets)
    model = whole(encoder, head)
    expected = model(passages)
    shape = BertShape.of(encoder.bert.config.to_dict(), MAX_TOKENS)
    weights = {name: value.numpy() for name, value in encoder.bert.state_dict().items()}
    with tempfile.TemporaryDirectory() as scratch:
        proofs = {}
        for name, graph in {
            "float32": float_graph(weights, shape, head),
            "int8": int8_graph(weights, shape, head),
        }.items():
            path = Path(scratch) / f"{name}.onnx"
            onnx.save(graph, path)
            proofs[name] = prove(path, tokenizer, passages, expected)
            print(proofs[name].row(name))
        if proofs["float32"].least < MIN_COSINE_FLOAT or proofs["int8"].mean < MIN_COSINE_INT8:
            sys.exit("The graphs differ too much from the trained model; nothing is written")
        found = scales(arguments.triplets, base.encode, model)
        keys = keys_of(arguments.version, arguments.share, found, expected_cosine(arguments.triplets, model))
        write_folder(arguments.out, Path(scratch) / "int8.onnx", tokenizer, keys, MAX_FOLDER_BYTES)
    figures = {
        "n_passages": str(len(passages)),
        "rows": "\n".join(proof.row(name) for name, proof in proofs.items()),
        "share": f"{arguments.share:g}",
        "versions": f"onnxruntime {onnxruntime.__version__}, torch {torch.__version__.partition('+')[0]}",
    }
    write_card(arguments.out, CARD, figures)


def head_of(encoder: Encoder, trained: Path, share: float, triplets: Path) -> Head:
    """The bag of training.static, cut and made small, and the axes of both together."""
    tokenizer = load_tokenizer(keeps_marks=False)
    long = bag_of(trained)
    turned = principal_axes(triplets, lambda texts: long.encode(tokenizer, texts))
    bag = Bag(np.ascontiguousarray((long.table @ turned)[:, :BAG_DIMENSION]), long.power)
    codes = quantised(bag.table, np.load(trained)["frequencies"], BAG_TOKENS, BAG_BYTES)
    axes = agreement_axes(triplets, side_by_side(encoder, bag, share))[:, : DIMENSIONS[0]]
    return Head(bag, codes, share, axes)


def whole(encoder: Encoder, head: Head) -> Callable[[Sequence[str]], Float32]:
    """Texts to float32 [n_texts, dim] unit rows, as the graphs are to give them."""
    both = side_by_side(encoder, head.bag, head.share)

    def encode(texts: Sequence[str]) -> Float32:
        rows = both(texts) @ head.axes
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    return encode


def keys_of(version: str, share: float, found: tuple[list[float], list[float]], expected: list[float]) -> Keys:
    """What model.toml says."""
    return {
        "name": "whence-code",
        "version": version,
        "dimension": DIMENSIONS[0],
        "max_tokens": MAX_TOKENS,
        "pooling": "mean",
        "normalisation": "l2",
        "query_prefix": "",
        "passage_prefix": "",
        "matryoshka": sorted(DIMENSIONS[1:], reverse=True),
        "query_similarity": found[0],
        "passage_similarity": found[1],
        "expected_cosine": expected,
        "licence": "Apache-2.0",
        "source": f"models/training, from sentence-transformers/all-MiniLM-L6-v2; {share:g} of the trained weights",
        "quantisation": "int8: tables by row, products by column (7 bits) and by token (8 bits); bag by product",
    }


if __name__ == "__main__":
    main()
