"""Trains a bag of tokens: a vector and a weight for each token, learned from larger models and then from pairs.

`python -m training.static --work DIR --weights FILE --out FILE.npz [--words N]` takes a large code model's vector of
each token that is a word and, for the others, what the transformer's own tell of them (as model2vec does: Tulkens and
van Dongen, 2024; vocabulary.py), cuts them by PCA to DIMENSION, weighs tokens by their rarity (a / (a + p), Arora et
al., 2017), and then trains vectors and weights by contrast on pairs and triplets. A passage's vector is the weighted
sum of its tokens' vectors, where a token that stands there again counts for less; how much less is learned too
(token_bag.py). Writes the table, that power, how frequent each token is, and the tokenizer.

whence-static is such a bag, of a vocabulary with N words of code; the bag in whence-code has the encoder's vocabulary.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from training.corpus import arguments_of
from training.encoder import Encoder, load_tokenizer
from training.examples import Batches, Example, Triplet, learned_of, read_examples, texts_of
from training.losses import contrast
from training.mine import Pair
from training.train import held_out, kin_mask, schedule, triplets_right
from training.vocabulary import first_vectors, read_word_vectors, with_words, words_of_code

Float32 = npt.NDArray[np.float32]

DIMENSION = 256
MATRYOSHKA = (256, 128, 64)
RARITY = 1e-3
POWER = 0.7
"""At first: a token that stands there n times counts as n ** (1 - POWER) of them."""

N_COUNTED = 100_000
"""Passages whose tokens are counted."""

BATCH = 512
LEARNING_RATE = 3e-3
STEPS = 600
"""More are learned by heart: MRR over whole repositories .336 after 300, .339 after 600, .237 after 4,600."""

TOKENS_AT_ONCE = 512
FRAME = ("[PAD]", "[CLS]", "[SEP]")
"""Tokens without a meaning of their own: their vectors are zero."""


def main() -> None:
    """Distil, train, and keep the table."""
    parser = arguments_of(__doc__)
    parser.add_argument("--weights", type=Path, help="weights of the tuned transformer (default: the published ones)")
    parser.add_argument("--words", type=int, default=0, help="words of code that become tokens (none)")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"of {BATCH} examples ({STEPS})")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    pairs, triplets = read_examples(arguments.work)
    tokenizer = vocabulary_of(pairs, learned_of(triplets), arguments.words)
    known = read_word_vectors(arguments.corpora, arguments.work)
    table = first_table(tokenizer, arguments.weights, known)
    batches = Batches(pairs, triplets, BATCH, arguments.seed)
    shares = corpus_frequencies(tokenizer, pairs)
    checked = held_out(triplets)
    model = train(tokenizer, table, rarities(shares), batches, arguments.steps, arguments.seed, checked)
    np.savez(
        arguments.out,
        table=model.rows().detach().numpy(),
        power=model.power.detach().numpy(),
        frequencies=shares,
        tokenizer=np.array(tokenizer.to_str()),
    )


def vocabulary_of(pairs: Sequence[Pair], triplets: Sequence[Triplet], n_words: int) -> Tokenizer:
    """The encoder's tokenizer without marks, `n_words` words of code in the places of tokens that code does not use."""
    tokenizer = load_tokenizer(keeps_marks=False)
    if not n_words:
        return tokenizer
    asked = [(one.repo, one.query) for one in triplets]
    words = words_of_code(tokenizer, [*asked, *((one.repo, one.passage) for one in sampled(pairs))], n_words)
    return with_words(tokenizer, words, corpus_frequencies(tokenizer, pairs))


def first_table(tokenizer: Tokenizer, weights: Path | None, known: Mapping[str, Float32]) -> Float32:
    """Float32 [n_tokens, DIMENSION]: what training starts from, of known words and of the transformer's own vectors."""
    return cut(first_vectors(tokenizer, distil(teacher_of(weights), tokenizer), known))


def teacher_of(weights: Path | None) -> Encoder:
    """The transformer with these weights, or with the published ones."""
    teacher = Encoder()
    if weights is not None:
        teacher.begin_with(weights)
    teacher.eval()
    return teacher


def train(
    tokenizer: Tokenizer,
    table: Float32,
    weights: Float32,
    batches: Batches,
    n_steps: int,
    seed: int,
    checked: Sequence[Triplet],
) -> Static:
    """A model that starts from token vectors and weights and learns from so many batches."""
    torch.manual_seed(seed)
    model = Static(tokenizer, table.copy(), weights)
    start = time.monotonic()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    for step in range(n_steps):
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * schedule(step / n_steps)
        _, examples = batches.batch(step)
        loss = learn(model, examples, optimizer)
        if step % 50 == 0:
            elapsed = time.monotonic() - start
            print(f"step {step}, {elapsed:.0f} s, loss {loss:.3f}, held-out {right(model, checked):.3f}", flush=True)
    print(f"{n_steps} steps, held-out triplets right: {right(model, checked):.3f}", flush=True)
    return model


class Static(torch.nn.Module):  # type: ignore[misc]  # torch is not there when types are checked
    """Token vectors and weights; a text is the weighted sum of its tokens, each by how often it stands there."""

    def __init__(self, tokenizer: Tokenizer, table: Float32, weights: Float32) -> None:
        super().__init__()
        self.tokenizer = tokenizer
        self._frame = [self.tokenizer.token_to_id(token) for token in FRAME]
        self.vectors = torch.nn.Parameter(torch.from_numpy(table))
        self.log_weights = torch.nn.Parameter(torch.from_numpy(np.log(np.maximum(weights, 1e-4))).float())
        self.power = torch.nn.Parameter(torch.tensor(POWER))

    def rows(self) -> torch.Tensor:
        """Float32 [n_tokens, DIMENSION]: each token's vector times its weight."""
        rows = self.vectors * self.log_weights.exp()[:, None]
        kept = torch.ones(len(rows), 1)
        kept[self._frame] = 0
        return rows * kept

    def encoded(self, texts: Sequence[str]) -> Float32:
        """The rows of texts as an array, nothing kept to learn from."""
        with torch.no_grad():
            rows: Float32 = self(texts).numpy()
        return rows

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """Float32 [n_texts, DIMENSION] rows of length 1."""
        counted = [
            np.unique(encoding.ids, return_counts=True) for encoding in self.tokenizer.encode_batch_fast(list(texts))
        ]
        flat = torch.from_numpy(np.concatenate([ids for ids, _ in counted]).astype(np.int64))
        repeats = torch.from_numpy(np.concatenate([n for _, n in counted]).astype(np.float32))
        offsets = torch.tensor([0, *np.cumsum([len(ids) for ids, _ in counted])[:-1]])
        weights = torch.exp((1 - self.power) * torch.log(repeats))
        summed = torch.nn.functional.embedding_bag(flat, self.rows(), offsets, mode="sum", per_sample_weights=weights)
        return torch.nn.functional.normalize(summed, dim=1)


def distil(teacher: Encoder, tokenizer: Tokenizer) -> Float32:
    """Float32 [n_tokens, teacher's dim]: the transformer's vector of each token alone, in its own spelling."""
    known = teacher.tokenizer.get_vocab()
    cls, sep = known["[CLS]"], known["[SEP]"]
    tokens = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    spelt = [[known[token]] if token in known else _spelt(teacher, token) for token, _ in tokens]
    order = sorted(range(len(spelt)), key=lambda idx: len(spelt[idx]))
    vectors = np.zeros((len(spelt), teacher.bert.config.hidden_size), np.float32)
    with torch.no_grad():
        for _, same_length in groupby(order, key=lambda idx: len(spelt[idx])):
            alike = list(same_length)
            for start in range(0, len(alike), TOKENS_AT_ONCE):
                rows = alike[start : start + TOKENS_AT_ONCE]
                ids = torch.tensor([[cls, *spelt[idx], sep] for idx in rows])
                vectors[rows] = teacher.bert(input_ids=ids).last_hidden_state.mean(1).numpy()
    return vectors


def _spelt(teacher: Encoder, token: str) -> list[int]:
    ids: list[int] = teacher.tokenizer.encode(token, add_special_tokens=False).ids
    return ids


def cut(vectors: Float32) -> Float32:
    """Float32 [n_tokens, DIMENSION]: centred and cut by PCA, of about length 1."""
    centred = vectors - vectors.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    rows = centred @ axes[:DIMENSION].T
    return np.asarray(rows / np.linalg.norm(rows, axis=1).mean(), np.float32)


def rarities(shares: Float32) -> Float32:
    """Float32 [n_tokens]: how much each token is to count at first, near 1 for rare ones, from how frequent it is."""
    return np.asarray(RARITY / (RARITY + shares), np.float32)


def sampled(pairs: Sequence[Pair]) -> Sequence[Pair]:
    """About N_COUNTED of the whole corpus."""
    return pairs[:: max(1, len(pairs) // N_COUNTED)]


def corpus_frequencies(tokenizer: Tokenizer, pairs: Sequence[Pair]) -> Float32:
    """Share of each token in a sample of the whole corpus."""
    return frequencies(tokenizer, [one.passage for one in sampled(pairs)])


def frequencies(tokenizer: Tokenizer, texts: Sequence[str]) -> Float32:
    """Share of each token among all tokens of some texts, at least one of them each."""
    counts: Counter[int] = Counter()
    for start in range(0, len(texts), 1_000):
        for encoding in tokenizer.encode_batch_fast(list(texts[start : start + 1_000])):
            counts.update(encoding.ids)
    total = sum(counts.values())
    return np.array([max(1, counts[idx]) / total for idx in range(tokenizer.get_vocab_size())], np.float32)


def learn(model: Static, examples: Sequence[Example], optimizer: torch.optim.Optimizer) -> float:
    """One step; the loss before it."""
    n = len(examples)
    texts = texts_of(examples)
    vectors = model(texts)
    optimizer.zero_grad(set_to_none=True)
    loss = contrast(vectors[:n], vectors[n:], kin_mask(examples, len(texts) - n), MATRYOSHKA)
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def right(model: Static, triplets: Sequence[Triplet]) -> float:
    """Share of held-out triplets right; nothing held out counts as none."""
    return triplets_right(model.encoded, triplets) if triplets else 0.0


if __name__ == "__main__":
    main()
