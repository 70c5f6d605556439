"""The models that ship; and the one trained from, against what models/make_minilm.py took from the original."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from whence.arrays import Float32
from whence.encoder.lazy import LazyModel
from whence.encoder.model_folder import read_model_folder, verify_checksums
from whence.encoder.onnx_encoder import OnnxEncoder
from whence.errors import UsageError

REPOSITORY = Path(__file__).parents[2]
SHIPPED = REPOSITORY / "models" / "whence-code"
FIRST = REPOSITORY / "models" / "whence-static"
BASE = REPOSITORY / "models" / "all-MiniLM-L6-v2"
REFERENCE = json.loads((REPOSITORY / "tests" / "encoder" / "reference.json").read_text(encoding="utf-8"))
SNIPPETS = (
    (REPOSITORY / "tests" / "encoder" / "snippets.txt").read_text(encoding="utf-8").rstrip("\n").split("\n----\n")
)
MIN_COSINE = 0.97
MAX_GRAPH_BYTES = 24_000_000


@pytest.fixture(scope="module")
def shipped() -> OnnxEncoder:
    return OnnxEncoder.load(read_model_folder(SHIPPED), n_threads=2)


@pytest.fixture(scope="module")
def base() -> OnnxEncoder:
    return OnnxEncoder.load(read_model_folder(BASE), n_threads=2)


def encode(encoder: OnnxEncoder, texts: Sequence[str]) -> Float32:
    vectors = np.zeros((len(texts), encoder.dimension), np.float32)

    def keep(text_idxs: Sequence[int], rows: Float32) -> None:
        vectors[list(text_idxs)] = rows

    encoder.encode_passages(texts, keep, lambda: False)
    return vectors


@pytest.mark.parametrize("folder", [SHIPPED, FIRST, BASE])
def test_files_are_the_ones_model_toml_names_and_small(folder: Path) -> None:
    verify_checksums(read_model_folder(folder))
    assert (folder / "model.onnx").stat().st_size <= MAX_GRAPH_BYTES


def test_the_base_tokenizer_gives_the_original_ids() -> None:
    tokenizer = Tokenizer.from_file(str(BASE / "tokenizer.json"))
    tokenizer.enable_truncation(read_model_folder(BASE).max_tokens)

    assert [tokenizer.encode(text).ids for text in SNIPPETS] == [entry["token_ids"] for entry in REFERENCE]
    assert max(len(entry["token_ids"]) for entry in REFERENCE) == 256


def test_the_base_vectors_are_the_originals(base: OnnxEncoder) -> None:
    original = np.array([entry["vector"] for entry in REFERENCE], np.float32)

    cosines = (encode(base, SNIPPETS) * original).sum(axis=1)

    assert cosines.min() >= MIN_COSINE, cosines


def test_shipped_vector_does_not_depend_on_what_shares_its_batch(shipped: OnnxEncoder) -> None:
    together = encode(shipped, SNIPPETS)

    for text, vector in zip(SNIPPETS, together, strict=True):
        assert shipped.encode_query(text) @ vector > 0.9999


def test_the_base_cannot_be_cut() -> None:
    with pytest.raises(UsageError, match="cannot give vectors of 256 dimensions; ask for one of: 384"):
        OnnxEncoder.load(read_model_folder(BASE), n_threads=1, dimension=256)


def test_shipped_vectors_can_be_cut_and_still_rank() -> None:
    short = OnnxEncoder.load(read_model_folder(SHIPPED), n_threads=2, dimension=64)
    vectors = encode(short, SNIPPETS[6:])

    assert vectors.shape[1] == 64
    best = SNIPPETS[6 + int(np.argmax(vectors @ short.encode_query("visit all nodes reachable in a graph")))]
    assert best.startswith("def depth_first")


def test_an_identifier_is_its_words_to_the_shipped_model(shipped: OnnxEncoder) -> None:
    said = shipped.encode_query("validate jwt token for http server")

    assert shipped.encode_query("validateJWT_tokenForHTTPServer") @ said > 0.9999
    assert shipped.encode_query("validateJWT_token(forHTTPServer)") @ said < 0.999  # marks are read


def test_shipped_model_ranks_code_for_a_question(shipped: OnnxEncoder) -> None:
    vectors = encode(shipped, SNIPPETS)

    best = SNIPPETS[int(np.argmax(vectors[6:] @ shipped.encode_query("visit all nodes reachable in a graph"))) + 6]

    assert best.startswith("def depth_first")


@pytest.mark.parametrize("folder", [SHIPPED, FIRST])
def test_shipped_models_expect_less_of_a_symptom_than_of_plain_words_for_code(folder: Path) -> None:
    model = LazyModel(folder, n_threads=1)
    plain, symptom = (
        model.expected_similarity(model.load().encode_query(text))
        for text in ("read a json file in python", "since yesterday it hangs at times and nobody knows why")
    )

    assert plain is not None and symptom is not None
    assert 0.05 < symptom < plain < 0.55
