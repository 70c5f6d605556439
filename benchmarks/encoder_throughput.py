"""How near encoding comes to the bare onnxruntime session, and what batch size and threads are worth.

    python -m benchmarks.encoder_throughput [--passages DIR] [--float32 FILE] [--save]

Both sides encode the same passages in the same batches within one run, turn by turn, so that a busy machine slows both:
- bare: `session.run` on token ids that were made beforehand; its output is thrown away.
- encoder: `OnnxEncoder.encode_passages` from text to unit vectors.
Ratios count, not times. Processor time is given beside wall time because other work on the machine does not change it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs
import numpy as np
import onnxruntime
import psutil
from tokenizers import Tokenizer

from benchmarks.measure import RESULTS, describe_machine
from whence.arrays import Int64
from whence.encoder.batching import MAX_BATCH_TOKENS, batches_under_budget
from whence.encoder.lazy import n_usable_cores
from whence.encoder.model_folder import ModelSpec, default_model_dir, read_model_folder
from whence.encoder.onnx_encoder import OnnxEncoder

SEED = 11
PASSAGE_LINES = (2, 4, 8, 15, 25, 40)  # about the lengths chunks have
BUDGETS = (512, 1024, 2048, 4096, 8192)


@attrs.frozen
class Feed:
    """One batch, int64 [n_texts, n_tokens] each."""

    ids: Int64
    mask: Int64


@attrs.frozen
class Took:
    """Medians over the rounds of one contender."""

    wall_s: float
    cpu_s: float


def main() -> None:
    """Run what the options ask for and print Markdown."""
    options = _options()
    if options.memory_of:
        print(_memory_growth_mb(options.memory_of))
        return
    spec = read_model_folder(default_model_dir())
    texts = passages(options.passages, options.count)
    n_tokens = sum(len(ids) for ids in token_ids(spec, texts))
    lines = [
        f"# Encoder throughput: {spec.name}",
        "",
        describe_machine(),
        "",
        f"{len(texts)} passages, {n_tokens:,} tokens, median of {options.rounds} rounds in turn.",
        "",
        *_side_by_side(spec, texts, n_tokens, options.rounds, options.float32),
        "",
        *_budgets(spec, texts, n_tokens, options.rounds),
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.save:
        (RESULTS / f"{time.strftime('%Y-%m-%d')}-encoder.md").write_text(text, encoding="utf-8")


def passages(folder: Path, count: int) -> list[str]:
    """Stretches of the Python files of a folder, the same ones on each run over the same files."""
    files = sorted(folder.glob("*.py")) or sorted(folder.rglob("*.py"))
    chance = random.Random(SEED)
    texts: list[str] = []
    while len(texts) < count:
        lines = chance.choice(files).read_text(encoding="utf-8", errors="replace").splitlines()
        start = chance.randrange(max(1, len(lines)))
        text = "\n".join(lines[start : start + chance.choice(PASSAGE_LINES)]).strip()
        texts += [text] if text else []
    return texts


def token_ids(spec: ModelSpec, texts: Sequence[str]) -> list[list[int]]:
    """Ids as the encoder makes them."""
    tokenizer = Tokenizer.from_file(str(spec.folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(spec.max_tokens)
    return [encoding.ids for encoding in tokenizer.encode_batch_fast([spec.passage_prefix + text for text in texts])]


def feeds(all_ids: Sequence[Sequence[int]], budget: int) -> list[Feed]:
    """The batches of all passages."""
    result = []
    for batch in batches_under_budget([len(ids) for ids in all_ids], budget):
        ids = np.array([all_ids[text_idx] for text_idx in batch], np.int64)
        result.append(Feed(ids, np.ones_like(ids)))
    return result


def bare_session(path: Path, n_threads: int) -> onnxruntime.InferenceSession:
    """A session with the options a plain user would set, and no spinning, as the encoder has it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run_bare(session: onnxruntime.InferenceSession, batches: Sequence[Feed]) -> None:
    """Compute every batch and throw the outcome away."""
    for feed in batches:
        session.run(None, {"input_ids": feed.ids, "attention_mask": feed.mask})


def _side_by_side(spec: ModelSpec, texts: list[str], n_tokens: int, n_rounds: int, float32: Path | None) -> list[str]:
    batches = feeds(token_ids(spec, texts), MAX_BATCH_TOKENS)
    contenders: dict[str, Callable[[], None]] = {}
    for n_threads in sorted({1, n_usable_cores()}):
        session = bare_session(spec.folder / "model.onnx", n_threads)
        encoder = OnnxEncoder.load(spec, n_threads=n_threads)
        contenders[f"bare, {n_threads} threads"] = lambda session=session: run_bare(session, batches)  # type: ignore[misc]  # bound now, not at the call
        contenders[f"encoder, {n_threads} threads"] = lambda encoder=encoder: encoder.encode_passages(  # type: ignore[misc]  # likewise
            texts, lambda *_: None, lambda: False
        )
        if float32:
            whole = bare_session(float32, n_threads)
            contenders[f"bare float32, {n_threads} threads"] = lambda whole=whole: run_bare(whole, batches)  # type: ignore[misc]  # likewise
    took = measure(contenders, n_rounds)
    lines = [
        "| contender | tokens/s | tokens/s of processor time | of bare, wall | of bare, processor |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, mine in took.items():
        bare = took[f"bare, {name.rsplit(', ', 1)[1]}"]
        lines.append(
            f"| {name} | {n_tokens / mine.wall_s:,.0f} | {n_tokens / mine.cpu_s:,.0f} "
            f"| {bare.wall_s / mine.wall_s:.3f} | {bare.cpu_s / mine.cpu_s:.3f} |"
        )
    return lines


def _budgets(spec: ModelSpec, texts: list[str], n_tokens: int, n_rounds: int) -> list[str]:
    all_ids = token_ids(spec, texts)
    session = bare_session(spec.folder / "model.onnx", n_usable_cores())
    contenders: dict[str, Callable[[], None]] = {
        str(budget): lambda budget=budget: run_bare(session, feeds(all_ids, budget))  # type: ignore[misc]  # bound now
        for budget in BUDGETS
    }
    lines = ["| tokens in a batch | tokens/s | tokens/s of processor time | memory above the loaded model, MB |"]
    lines.append("| --- | --- | --- | --- |")
    for name, took in measure(contenders, n_rounds).items():
        child = [sys.executable, "-m", "benchmarks.encoder_throughput", "--memory-of", name]
        memory = subprocess.run(child, capture_output=True, text=True, check=True).stdout.strip()
        speeds = f"{n_tokens / took.wall_s:,.0f} | {n_tokens / took.cpu_s:,.0f}"
        lines.append(f"| {name} | {speeds} | {memory} |")
    return lines


def measure(contenders: dict[str, Callable[[], None]], n_rounds: int) -> dict[str, Took]:
    """Run all contenders in turn, once to warm up and `n_rounds` times to count; medians."""
    walls: dict[str, list[float]] = {name: [] for name in contenders}
    cpus: dict[str, list[float]] = {name: [] for name in contenders}
    for round_idx in range(n_rounds + 1):
        for name, run in contenders.items():
            wall, cpu = time.perf_counter(), time.process_time()
            run()
            if round_idx:
                walls[name].append(time.perf_counter() - wall)
                cpus[name].append(time.process_time() - cpu)
    return {name: Took(statistics.median(walls[name]), statistics.median(cpus[name])) for name in contenders}


def _memory_growth_mb(budget: int) -> int:
    """Memory above the loaded model after full batches of many shapes, in a process of its own.

    The session's arena gives nothing back while it lives, so what is held at the end is the most that was held.
    """
    spec = read_model_folder(default_model_dir())
    encoder = OnnxEncoder.load(spec, n_threads=n_usable_cores())
    process = psutil.Process()
    loaded = process.memory_info().rss
    for n_tokens in (256, 250, 200, 160, 128, 100, 64, 32, 16, 256):
        texts = ["word " * (n_tokens - 2)] * (budget // n_tokens)
        encoder._encode(encoder._tokenise(texts))  # noqa: SLF001  # one batch of exactly this shape
    return round((process.memory_info().rss - loaded) / 1e6)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Encoder throughput against the bare session")
    parser.add_argument(
        "--passages", type=Path, default=Path(sysconfig.get_paths()["stdlib"]), help="folder of Python files"
    )
    parser.add_argument("--count", type=int, default=150, help="how many passages")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--float32", type=Path, help="a float32 graph of the same model, to compare with")
    parser.add_argument("--save", action="store_true", help="write a dated file to benchmarks/results")
    parser.add_argument("--memory-of", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
