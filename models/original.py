"""all-MiniLM-L6-v2 as published, run by the `transformers` library: what our own graphs and models are held against."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import transformers

from proof import Float32

MAX_TOKENS = 256
"""The model's own sentence_bert_config.json."""


class Original:
    """The published model, run as published: BERT, mean of the token vectors, length 1."""

    def __init__(self, source: Path) -> None:
        self._tokenizer = transformers.BertTokenizerFast.from_pretrained(source)
        self._model = transformers.BertModel.from_pretrained(source, add_pooling_layer=False).eval()

    def token_ids(self, text: str) -> list[int]:
        """Ids as the original tokenizer gives them."""
        ids: list[int] = self._tokenizer(text, truncation=True, max_length=MAX_TOKENS)["input_ids"]
        return ids

    def encode(self, texts: Sequence[str]) -> Float32:
        """Float32 [n_texts, dim] unit rows; one text at a time, so that padding plays no part."""
        rows = []
        with torch.no_grad():
            for text in texts:
                hidden = self._model(input_ids=torch.tensor([self.token_ids(text)])).last_hidden_state[0]
                rows.append(torch.nn.functional.normalize(hidden.mean(0), dim=0).numpy())
        return np.array(rows, np.float32)
