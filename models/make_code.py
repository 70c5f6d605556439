"""Makes models/whence-code from trained weights, proves it against them, and writes its card.

`python models/make_code.py WEIGHTS [--share S] [--rest MODEL] [--published P]`: WEIGHTS is what training.train wrote
(runs/NAME/weights.pt). The model is S of the trained weights, P of the published ones and the rest of MODEL, the
version before, or of the published ones too (Wortsman et al., 2022): a part of those keeps what the training data does
not speak of. The graph is that of all-MiniLM-L6-v2 with its vectors turned onto their principal axes (axes.py); the
tokenizer is its own behind a normaliser that splits identifiers into words. Nothing is written unless the proof holds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import onnx
import onnxruntime
import torch

from axes import principal_axes
from bert_graph import BertShape, float_graph, int8_graph
from folder import Keys, write_card, write_folder
from original import Original
from proof import REPOSITORY, Float32, prove, real_passages
from scales import expected_cosine, scales
from training.encoder import MAX_TOKENS, Encoder, averaged, base_folder, load_tokenizer
from training.losses import DIMENSIONS

FOLDER = REPOSITORY / "models" / "whence-code"
CARD = REPOSITORY / "models" / "code_card.md"

MIN_COSINE_FLOAT = 0.99
MIN_COSINE_INT8 = 0.98
MAX_FOLDER_BYTES = 24_000_000


def main() -> None:
    """Average, make, prove, then write the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("--share", type=float, default=1.0, help="of the trained weights; the rest is the base")
    parser.add_argument("--published", type=float, default=0.0, help="share of the published weights beside --rest")
    parser.add_argument("--rest", type=Path, help="weights or a model folder that the rest is of (the published ones)")
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
    axes = principal_axes(arguments.triplets, encoder.vectors)

    def model(texts: Sequence[str]) -> Float32:
        return encoder.vectors(texts) @ axes

    expected = model(passages)
    shape = BertShape.of(encoder.bert.config.to_dict(), MAX_TOKENS)
    weights = {name: value.numpy() for name, value in encoder.bert.state_dict().items()}
    with tempfile.TemporaryDirectory() as scratch:
        proofs = {}
        for name, graph in {
            "float32": float_graph(weights, shape, axes),
            "int8": int8_graph(weights, shape, axes),
        }.items():
            path = Path(scratch) / f"{name}.onnx"
            onnx.save(graph, path)
            proofs[name] = prove(path, tokenizer, passages, expected)
            print(proofs[name].row(name))
        if proofs["float32"].least < MIN_COSINE_FLOAT or proofs["int8"].mean < MIN_COSINE_INT8:
            sys.exit("The graphs differ too much from the trained model; nothing is written")
        found = scales(arguments.triplets, base.encode, encoder.vectors)
        keys = keys_of(arguments.version, arguments.share, found, expected_cosine(arguments.triplets, model))
        write_folder(arguments.out, Path(scratch) / "int8.onnx", tokenizer, keys, MAX_FOLDER_BYTES)
    figures = {
        "n_passages": str(len(passages)),
        "rows": "\n".join(proof.row(name) for name, proof in proofs.items()),
        "share": f"{arguments.share:g}",
        "versions": f"onnxruntime {onnxruntime.__version__}, torch {torch.__version__.partition('+')[0]}",
    }
    write_card(arguments.out, CARD, figures)


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
        "quantisation": "int8: tables by row, products by column (7 bits) and by token (8 bits)",
    }


if __name__ == "__main__":
    main()
