"""Trains whence-code from all-MiniLM-L6-v2: `python -m training.train --work DIR --run NAME --budget-minutes N`.

The same command on a CPU and on a GPU (bf16, large batches), from the published weights or from the model that ships,
alone or beside the bag of tokens that ships with it (`--bag`: what the bag knows need not be learned); it goes on from
the last checkpoint of a run of that name.
A step's batch depends on the seed and the step alone. Losses, the share of held-out triplets right and the search of
training.trial go to DIR/runs/NAME/log.jsonl as training goes; `python -m training.curves` draws them.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import torch

from token_bag import Bag
from training.corpus import arguments_of
from training.encoder import BAG_SHARE, Encoder, bag_of, side_by_side
from training.examples import SHARES, Batches, Example, Triplet, held_out_of, kin, read_examples, texts_of
from training.losses import backward_cached, contrast, guided
from training.trial import Encode, Ground, grounds, search, tell

WARM_UP = 0.06
"""Share of the budget over which the learning rate rises; it then falls by a cosine to LEAST of itself."""

LEAST = 0.05
WEIGHT_DECAY = 0.01
CLIP = 1.0
CHECKPOINT_S = 240
EVALUATE_S = 900
MAX_HELD_OUT = 200


@attrs.frozen
class Plan:
    """The numbers of a run."""

    budget_s: float
    batch: int
    mini_batch: int
    learning_rate: float
    max_tokens: int
    seed: int
    device: str
    has_guide: bool
    n_frozen: int
    is_bf16: bool
    bag_share: float


def main() -> None:
    """Train until the budget is spent."""
    parser = arguments_of(__doc__)
    parser.add_argument("--run", required=True, help="name of the run; one of that name is gone on with")
    parser.add_argument("--budget-minutes", type=float, required=True)
    parser.add_argument("--batch", type=int, help="examples a step (48 on a CPU, 1,024 on a GPU)")
    parser.add_argument("--mini-batch", type=int, help="texts that are held with activations (all on a CPU, 512)")
    parser.add_argument("--learning-rate", type=float, default=4e-5)
    parser.add_argument("--max-tokens", type=int, default=128, help="longest passage in training")
    parser.add_argument("--frozen-layers", type=int, help="first layers that stay as they are (2 on a CPU, else 0)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--guide", action="store_true", help="mask false negatives by the base model as well")
    parser.add_argument("--task", action="append", choices=sorted(SHARES), help="this task alone; may be repeated")
    parser.add_argument(
        "--questions", type=float, default=1.0, help="share of the questions that is trained on, for curves"
    )
    parser.add_argument(
        "--from-weights",
        type=Path,
        help="begin with these, or with those of a model folder, not with the published ones",
    )
    parser.add_argument(
        "--bag", type=Path, help="of training.static; stands beside the encoder as in the model that ships, unchanged"
    )
    parser.add_argument("--bag-share", type=float, default=BAG_SHARE, help=f"of the bag in a cosine ({BAG_SHARE})")
    parser.add_argument(
        "--bf16",
        action=argparse.BooleanOptionalAction,
        help="multiply in bfloat16 (a GPU's default; for processors with AVX-512 BF16 or AMX too)",
    )
    arguments = parser.parse_args()
    is_gpu = torch.cuda.is_available()
    batch = arguments.batch or (1_024 if is_gpu else 48)
    plan = Plan(
        arguments.budget_minutes * 60,
        batch,
        arguments.mini_batch or (512 if is_gpu else 4 * batch),
        arguments.learning_rate,
        arguments.max_tokens,
        arguments.seed,
        "cuda" if is_gpu else "cpu",
        arguments.guide or is_gpu,
        (0 if is_gpu else 2) if arguments.frozen_layers is None else arguments.frozen_layers,
        is_gpu if arguments.bf16 is None else arguments.bf16,
        arguments.bag_share,
    )
    folder = arguments.work / "runs" / arguments.run
    folder.mkdir(parents=True, exist_ok=True)
    pairs, triplets = read_examples(arguments.work)
    print(f"{len(pairs):,} pairs, {len(triplets):,} triplets, {plan}", flush=True)
    learned = sample(triplets, arguments.questions)
    batches = Batches(pairs, learned, plan.batch, plan.seed, arguments.task or SHARES)
    bag = None if arguments.bag is None else bag_of(arguments.bag)
    Run(plan, folder, batches, triplets, grounds(arguments.work, triplets), arguments.from_weights, bag).go()


class Run:
    """One run: model, optimizer, how far it is, and what it writes."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        batches: Batches,
        triplets: Sequence[Triplet],
        where: Sequence[Ground],
        start: Path | None,
        bag: Bag | None,
    ) -> None:
        torch.manual_seed(plan.seed)
        self._plan = plan
        self._folder = folder
        self._batches = batches
        self._held_out = held_out(triplets)
        self._grounds = where
        self._bag = bag
        self._encoder = Encoder(plan.device, plan.max_tokens).train()
        self._guide = Encoder(plan.device, plan.max_tokens).eval() if plan.has_guide else None
        self._encoder.freeze(plan.n_frozen)
        self._trained = [one for one in self._encoder.bert.parameters() if one.requires_grad]
        self._optimizer = torch.optim.AdamW(self._trained, lr=plan.learning_rate, weight_decay=WEIGHT_DECAY)
        self._step, self._elapsed_s, self._seen = 0, 0.0, 0
        if start is not None:
            self._encoder.begin_with(start)
        self._resume()

    def go(self) -> None:
        """Step until the budget is spent; keep a checkpoint every few minutes and at the end."""
        clock = time.monotonic() - self._elapsed_s
        kept_at = evaluated_at = self._elapsed_s
        if not self._step:
            self._evaluate()
        while self._elapsed_s < self._plan.budget_s:
            task, examples = self._batches.batch(self._step)
            if len(examples) > 1:
                loss = self._learn(examples)
                self._seen += len(examples)
                self._log(step=self._step, task=task, loss=round(loss, 4), seen=self._seen)
            self._step += 1
            self._elapsed_s = time.monotonic() - clock
            if self._elapsed_s - kept_at > CHECKPOINT_S:
                kept_at = self._elapsed_s
                self._keep()
            if self._elapsed_s - evaluated_at > EVALUATE_S:
                evaluated_at = self._elapsed_s
                self._evaluate()
        self._keep()
        self._evaluate()

    def _learn(self, examples: Sequence[Example]) -> float:
        for group in self._optimizer.param_groups:
            group["lr"] = self._plan.learning_rate * schedule(self._elapsed_s / self._plan.budget_s)
        n = len(examples)
        texts = texts_of(examples)
        masked = kin_mask(examples, len(texts) - n).to(self._plan.device)
        if self._guide is not None:
            with torch.no_grad(), self._autocast():
                vectors = self._guide(texts)
            masked |= guided(vectors[:n], vectors[n:])
        beside, share = self._heard(texts, n)
        self._optimizer.zero_grad(set_to_none=True)
        with self._autocast():
            loss = backward_cached(
                self._encoder,
                texts,
                lambda rows: contrast(rows[:n], rows[n:], masked, beside=beside, share=share),
                self._plan.mini_batch,
            )
        torch.nn.utils.clip_grad_norm_(self._trained, CLIP)
        self._optimizer.step()
        return loss

    def _heard(self, texts: Sequence[str], n: int) -> tuple[torch.Tensor | float, float]:
        """Cosines of the first `n` texts with the others by the bag, and its share; without a bag, none."""
        if self._bag is None:
            return 0.0, 0.0
        rows = torch.from_numpy(self._bag.encode(self._encoder.tokenizer, texts)).to(self._plan.device)
        return rows[:n] @ rows[n:].T, self._plan.bag_share

    def _vectors(self) -> Encode:
        """What the encoder and the bag make of texts together."""
        alone: Encode = self._encoder.vectors
        return alone if self._bag is None else side_by_side(self._encoder, self._bag, self._plan.bag_share)

    def _autocast(self) -> Any:
        return torch.autocast(self._plan.device, torch.bfloat16, enabled=self._plan.is_bf16)

    def _evaluate(self) -> None:
        if self._held_out:
            self._encoder.eval()
            with self._autocast():
                right = triplets_right(self._vectors(), self._held_out)
                found = search(self._vectors(), self._grounds)
            self._encoder.train()
            searched = {level: round(one.reciprocal_rank, 4) for level, one in found.items()}
            self._log(step=self._step, held_out=round(right, 4), n=len(self._held_out), mrr=searched, seen=self._seen)
            print(f"step {self._step}, {self._seen:,} seen, held-out triplets right: {right:.3f}", flush=True)
            tell(f"step {self._step}", found)

    def _log(self, **row: Any) -> None:
        with (self._folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps({**row, "seconds": round(self._elapsed_s, 1)}) + "\n")

    def _keep(self) -> None:
        state = {
            "model": self._encoder.bert.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "step": self._step,
            "elapsed_s": self._elapsed_s,
            "seen": self._seen,
        }
        part = self._folder / "checkpoint.part"
        torch.save(state, part)
        part.replace(self._folder / "checkpoint.pt")
        torch.save(state["model"], self._folder / "weights.pt")

    def _resume(self) -> None:
        path = self._folder / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, map_location=self._plan.device, weights_only=True)
            self._encoder.bert.load_state_dict(state["model"])
            self._optimizer.load_state_dict(state["optimizer"])
            self._step, self._elapsed_s, self._seen = state["step"], state["elapsed_s"], state["seen"]
            print(f"going on at step {self._step}", flush=True)


def sample(triplets: Sequence[Triplet], share: float) -> list[Triplet]:
    """A share of the triplets; a smaller one is part of a larger one."""
    order = random.Random(0).sample(range(len(triplets)), len(triplets))
    return [triplets[idx] for idx in sorted(order[: round(share * len(triplets))])]


def schedule(spent: float) -> float:
    """Factor of the learning rate after this share of the budget."""
    if spent < WARM_UP:
        return max(spent / WARM_UP, 0.02)
    fallen = min(1.0, (spent - WARM_UP) / (1 - WARM_UP))
    return LEAST + (1 - LEAST) * 0.5 * (1 + math.cos(math.pi * fallen))


def kin_mask(examples: Sequence[Example], n_passages: int) -> torch.Tensor:
    """Bool [n, n_passages]: passages of the batch that are kin of a question's answer by symbol or by call."""
    mask = torch.zeros(len(examples), n_passages, dtype=torch.bool)
    for row, column in kin(examples):
        mask[row, column] = True
    return mask


def held_out(triplets: Sequence[Triplet]) -> list[Triplet]:
    """Triplets of the repositories that are never trained on, at most MAX_HELD_OUT, always the same ones."""
    found = [one for one in held_out_of(triplets) if one.negatives]
    return random.Random(0).sample(found, MAX_HELD_OUT) if len(found) > MAX_HELD_OUT else found


def triplets_right(encode: Encode, triplets: Sequence[Triplet]) -> float:
    """Share of triplets whose answer is nearer to the question than the look-alike that was written for it."""
    queries = encode([one.query for one in triplets])
    positives = encode([one.positive for one in triplets])
    negatives = encode([one.negatives[0] for one in triplets])
    return float(((queries * positives).sum(1) > (queries * negatives).sum(1)).mean())


if __name__ == "__main__":
    main()
