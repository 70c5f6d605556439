"""Makes tests/models/tiny: a real model of a few kilobytes in which texts that share words are near each other.

Its tokenizer is WordPiece behind BERT's normaliser, over common English and programming words and all single letters.
Its graph is one table of random vectors, short for tokens that say little. Random directions in 32 dimensions are
nearly orthogonal, so a cosine tells how many words two texts share.
"""

from __future__ import annotations

import string
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from folder import write_model_toml

FOLDER = Path(__file__).parents[1] / "tests" / "models" / "tiny"
DIM = 32
MAX_TOKENS = 128
SEED = 20_261_121
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
WORDS = """
add all and append apply array ask async await back base batch before begin bool boolean break buffer build
bytes cache call cancel case cat catch change char check chunk class clean close code collect color command
commit compare compute config configuration connect connection const constant content context convert copy
count create cursor customer data database date decode default define delete dict do document does dog double
draw drop each edit else embed encode end enum error event every except export extends extract false fetch
field file filter finally find first float flush folder for format from function generate get group handle
handler happen happens has hash header hit host http id if image import in index init input insert instance
int integer interface invoice is it item items join json key kind label language last len length limit line
lines list load local lock log login long loop make map mask match max memory merge message method min mode
model module move name names new next node none not null number object of on open option or order output page
parse parser password path pay payment print private process public publish query queue quick raise random
range rank read record refresh regex register remove render repeat replace reply report request reset resolve
response result return retry root route row run save scale schema score search section secret select self send
sentence server session set shape show signature similar size sleep socket sort source span split sql start
state static status stop store stream string struct style sum super symbol system table tag target task tax
test text the then thread throw time timeout to token total trait tree true try type union unit update upload
url use user validate value var vector verify version view void wait where while who width with word work
write yield zip
"""
FRAME_WEIGHT = 0.05  # of [CLS] and [SEP]: gives an empty text a direction, and is not seen beside words
LITTLE_WEIGHT = 0.2  # of letters, punctuation and the words below, which say little
LITTLE_WORDS = """
and as back before do does each every for from get has if in is it of on or set that the then this to use where who with
"""


def main() -> None:
    """Write the folder anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    vocabulary = _vocabulary()
    _tokenizer(vocabulary).save(str(FOLDER / "tokenizer.json"), pretty=False)
    onnx.save(_graph(_table(vocabulary)), FOLDER / "model.onnx")
    keys: dict[str, str | int | list[int] | list[float]] = {
        "name": "tiny",
        "version": "1",
        "dimension": DIM,
        "max_tokens": MAX_TOKENS,
        "pooling": "mean",
        "normalisation": "l2",
        "query_prefix": "",
        "passage_prefix": "",
        "matryoshka": [16],
        "query_similarity": [1.0, 0.0],
        "passage_similarity": [1.0, 0.0],
        "expected_cosine": [],
        "licence": "Apache-2.0",
        "source": "models/make_tiny.py: random vectors, for tests",
        "quantisation": "none",
    }
    write_model_toml(FOLDER, keys)


def _vocabulary() -> list[str]:
    letters = [*string.ascii_lowercase, *string.digits]
    return [
        *SPECIAL,
        *string.punctuation,
        *letters,
        *(f"##{letter}" for letter in letters),
        *sorted(set(WORDS.split())),
    ]


def _tokenizer(vocabulary: list[str]) -> Tokenizer:
    ids = {token: token_id for token_id, token in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(token, ids[token]) for token in ("[CLS]", "[SEP]")]
    )
    return tokenizer


def _table(vocabulary: list[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Float32 [n_tokens, DIM]: random directions, scaled by how much a token says."""
    table = np.random.default_rng(SEED).standard_normal((len(vocabulary), DIM))
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    weights = [_weight(token) for token in vocabulary]
    weighted: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = (table * np.array(weights)[:, None]).astype(
        np.float32
    )
    return weighted


def _weight(token: str) -> float:
    if token in SPECIAL:
        return FRAME_WEIGHT
    return LITTLE_WEIGHT if len(token.removeprefix("##")) == 1 or token in LITTLE_WORDS.split() else 1.0


def _graph(table: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> onnx.ModelProto:
    """Rows of the table; the mask only keeps padding at zero, so that the graph uses both inputs."""
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last_axis"], ["column"]),
        helper.make_node("Mul", ["rows", "column"], ["last_hidden_state"]),
    ]
    constants = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.array([-1], np.int64), "last_axis"),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", DIM])
    graph = helper.make_graph(nodes, "tiny", inputs, [output], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="whence")


if __name__ == "__main__":
    main()
