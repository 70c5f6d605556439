"""How much more questions help: `python -m training.amounts --work DIR --out FILE.svg [--weights FILE] [--steps N]`.

Trains whence-static for as many steps on none, an eighth, a quarter, a half and all of the questions, beside the same
pairs, and draws the search of training.trial against their number. The small model stands for the large one, of which
as many runs take a day on a CPU (`training.train --questions SHARE` makes them).
"""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")

import matplotlib.pyplot as plt

from training.corpus import arguments_of
from training.encoder import load_tokenizer
from training.examples import Batches, held_out_of, learned_of, read_examples
from training.static import BATCH, corpus_frequencies, first_table, rarities, train
from training.train import sample
from training.trial import grounds, search
from training.vocabulary import read_word_vectors

PARTS = (0.0, 0.125, 0.25, 0.5, 1.0)


def main() -> None:
    """Train, print a row for each amount, and draw them; the rows go beside the picture as JSON too."""
    parser = arguments_of(__doc__)
    parser.add_argument("--weights", type=Path, help="weights of the tuned transformer (default: the published ones)")
    parser.add_argument("--steps", type=int, default=150, help="training of each model")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    pairs, triplets = read_examples(arguments.work)
    where = grounds(arguments.work, triplets)
    tokenizer, known = load_tokenizer(keeps_marks=False), read_word_vectors(arguments.corpora, arguments.work)
    table = first_table(tokenizer, arguments.weights, known)
    weights = rarities(corpus_frequencies(tokenizer, pairs))
    rows = []
    for part in PARTS:
        learned = sample(learned_of(triplets), part)
        batches = Batches(pairs, learned, BATCH, arguments.seed)
        model = train(tokenizer, table, weights, batches, arguments.steps, arguments.seed, held_out_of(triplets))
        found = search(model.encoded, where)
        rows.append({"questions": len(learned), **{level: one.reciprocal_rank for level, one in found.items()}})
        print(rows[-1], flush=True)
    arguments.out.with_suffix(".json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    draw(rows, arguments.out)


def draw(rows: list[dict[str, float]], out: Path) -> None:
    """MRR by level against the number of questions."""
    mpl.rcParams["svg.hashsalt"] = "whence"
    figure, axis = plt.subplots(figsize=(6, 4))
    for level in sorted(rows[0].keys() - {"questions"}):
        axis.plot([row["questions"] for row in rows], [row[level] for row in rows], marker="o", label=level)
    axis.set_xlabel("questions trained on")
    axis.set_ylabel("MRR of the held-out questions, whence-static")
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()
    figure.savefig(out, metadata={"Date": None})


if __name__ == "__main__":
    main()
