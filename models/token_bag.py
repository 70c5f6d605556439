"""A text as a bag of tokens: what whence-static is, and a part of whence-code; and how its table is made small.

The vector of a text is the sum of its tokens' vectors. A token that stands there n times counts n ** (1 - power) times,
not n times, as a word does in full text (BM25's saturation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

Float32 = npt.NDArray[np.float32]

N_BOOK = 256
"""Vectors in a book: what a byte tells apart."""

N_DRAWN = 40_000
"""Rows a book is learned from, drawn by the square root of their frequency: common tokens are to be told exactly."""

ROUNDS = 15
TINY = 1e-12


@dataclass(frozen=True)
class Bag:
    """A vector for each token, float32 [n_tokens, dim], and how little a token counts that stands there again."""

    table: Float32
    power: float

    def vectors(self, token_ids: Sequence[Sequence[int]]) -> Float32:
        """Float32 [n_texts, dim] unit rows; zeros for a text of which no token has a vector."""
        sums = np.zeros((len(token_ids), self.table.shape[1]), np.float32)
        for row, ids in zip(sums, token_ids, strict=True):
            tokens, repeats = np.unique(np.asarray(ids, np.int64), return_counts=True)
            row += repeats.astype(np.float32) ** (1 - self.power) @ self.table[tokens]
        return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), TINY), np.float32)

    def encode(self, tokenizer: Tokenizer, texts: Sequence[str]) -> Float32:
        """The same for texts, cut where the tokenizer cuts them."""
        return self.vectors([one.ids for one in tokenizer.encode_batch_fast(list(texts))])


@dataclass(frozen=True)
class Codes:
    """A table by product quantisation (Jégou, Douze and Schmid, 2011): a byte for each part of a row names a vector."""

    places: npt.NDArray[np.int16]
    """[n_tokens]: each token's row in `codes`; row 0, which is all zeros, for those left out."""
    codes: npt.NDArray[np.uint8]
    """[1 + n_kept, n_parts]"""
    books: Float32
    """[n_parts, N_BOOK, dim / n_parts]; vector 0 of each is zero."""


def quantised(table: Float32, frequencies: Float32, n_kept: int, n_parts: int) -> Codes:
    """The most frequent `n_kept` rows of a table in `n_parts` bytes each; the others become zeros.

    Args:
        table: float32 [n_tokens, dim], dim a multiple of `n_parts`; rows of zeros stay so.
        frequencies: float32 [n_tokens], of each token in what will be read.
        n_kept: at most 32,767.
        n_parts: bytes a row.
    """
    from scipy.cluster.vq import kmeans2, vq

    kept = np.argsort(-np.where(table.any(axis=1), frequencies, -1.0), kind="stable")[:n_kept]
    kept = kept[table[kept].any(axis=1)]
    chances = np.sqrt(frequencies[kept])
    chances = chances / chances.sum()
    drawn = table[np.random.default_rng(0).choice(kept, N_DRAWN, p=chances)]
    codes = np.zeros((1 + len(kept), n_parts), np.uint8)
    books = []
    for part, (learned, told) in enumerate(
        zip(np.split(drawn, n_parts, axis=1), np.split(table[kept], n_parts, axis=1), strict=True)
    ):
        centres, _ = kmeans2(learned, N_BOOK - 1, iter=ROUNDS, minit="points", seed=0, missing="warn")
        codes[1:, part] = 1 + vq(told, centres)[0]
        books.append(np.vstack([np.zeros((1, told.shape[1]), np.float32), centres]))
    places = np.zeros(len(table), np.int16)
    places[kept] = np.arange(1, 1 + len(kept))
    return Codes(places, codes, np.array(books, np.float32))
