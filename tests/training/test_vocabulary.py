"""The tokens of a bag of words, and what they start from (training.vocabulary)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import attrs
import numpy as np
import pytest
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordPiece

from training import vocabulary
from training.vocabulary import first_vectors, read_word_vectors, with_words, words_of_code

TOKENS = ("[UNK]", "js", "##on", "mute", "##x", "of", "sofia", "lisbon", "s")


def splitting() -> Tokenizer:
    """A tokenizer that knows TOKENS."""
    tokenizer = Tokenizer(WordPiece({token: idx for idx, token in enumerate(TOKENS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def test_words_that_most_repositories_split_come_first() -> None:
    texts = [("a/a", "JSON of JSON of json"), ("b/b", "mutex json"), ("c/c", "mutex"), ("c/c", "js s x1y of")]
    assert words_of_code(splitting(), [*texts, ("d/d", "mutex")], 5) == ["mutex", "json"]
    assert words_of_code(splitting(), texts, 1) == ["json"]


def test_a_word_takes_the_place_of_a_token_that_code_does_not_use() -> None:
    shares = np.array([0, 0.2, 0.2, 0.01, 0.1, 0.3, 0.0, 0.1, 0.0], np.float32)
    widened = with_words(splitting(), ["mutex", "json"], shares)
    assert widened.encode("json mutex of").tokens == ["json", "mutex", "of"]
    places = [token if token not in {"sofia", "mute"} else None for token in TOKENS]
    places[TOKENS.index("sofia")], places[TOKENS.index("mute")] = "mutex", "json"
    assert widened.get_vocab() == {token: idx for idx, token in enumerate(places)}


def test_vectors_of_words_are_the_large_models_and_others_follow_the_teacher() -> None:
    chance = np.random.default_rng(0)
    taught = chance.normal(size=(len(TOKENS), 4)).astype(np.float32)
    known = {"js": np.array([1, 0, 0], np.float32), "of": np.array([0, 1, 0], np.float32)}
    vectors = first_vectors(splitting(), taught, known)
    assert vectors.shape == (len(TOKENS), 3)
    js, of = vectors[TOKENS.index("js")], vectors[TOKENS.index("of")]
    assert js == pytest.approx([2**-0.5, -(2**-0.5), 0], abs=1e-6)
    assert of == pytest.approx(-js, abs=1e-6)
    seen = (taught - taught.mean(0)) / np.linalg.norm(taught - taught.mean(0), axis=1, keepdims=True)
    towards = seen @ (seen[TOKENS.index("js")] - seen[TOKENS.index("of")])
    told = vectors @ js
    others = [idx for idx, token in enumerate(TOKENS) if token not in known]
    assert np.sign(told[others]).tolist() == np.sign(towards[others]).tolist()


def test_word_vectors_come_from_the_commit_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = tmp_path / "tree"
    (repo / "src" / "embed").mkdir(parents=True)
    table = np.array([[3, 4], [0, -5]], np.int8)
    (repo / vocabulary.TABLE).write_bytes(np.array([2, 2], "<i4").tobytes() + table.tobytes())
    (repo / vocabulary.WORDS).write_text('static const char *TOKENS[2] = {\n"auth",\n"jwt",\n};\n', encoding="utf-8")

    def git(*arguments: str) -> str:
        named = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        command = ["git", "-C", str(repo), *named, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "vectors")
    named = attrs.evolve(vocabulary.WORD_VECTORS, commit=git("rev-parse", "HEAD"))
    monkeypatch.setattr(vocabulary, "WORD_VECTORS", named)
    git("clone", "-q", "--bare", str(repo), str(tmp_path / named.folder / "repo"))
    found = read_word_vectors(tmp_path, tmp_path)
    assert {word: vector.tolist() for word, vector in found.items()} == {
        "auth": pytest.approx([0.6, 0.8]),
        "jwt": pytest.approx([0.0, -1.0]),
    }
