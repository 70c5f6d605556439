"""What runs in a process of its own, so that its memory and start-up are its alone. Prints one JSON line at the end.

`index ROOT`: index with the model in force; time by stage and memory.
`bare ROOT`: the same passages through a bare onnxruntime session, tokenised beforehand, in the same batches.
`refresh ROOT`: bring up to date; what was done and how long the work took.
`steps ROOT`: index, and note when what could be searched.
`query ROOT`: answer questions inside one process, each for the first time; milliseconds by stage.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil

from benchmarks.measure import percentile
from benchmarks.questions import ALL

READING_S = 2.0
"""For the vectors to be read into memory, which the second search begins."""


def load_libraries() -> None:
    """Import what indexing needs, so that the memory of the libraries is counted apart."""
    import lancedb  # noqa: F401
    import numpy as np  # noqa: F401
    import onnxruntime  # noqa: F401
    import pyarrow as pa  # noqa: F401
    import tokenizers  # noqa: F401
    import tree_sitter_language_pack  # noqa: F401


def index(root: Path) -> dict[str, Any]:
    """Index a folder with a bar-less progress; memory above the process with its libraries loaded, in bytes."""
    load_libraries()
    from whence.app import LocalServices

    base = psutil.Process().memory_info().rss
    workspace = LocalServices().open(root)
    report = workspace.refresh()
    status = workspace.status()
    return {
        "total_s": report.stage_s["total"],
        "stage_s": dict(report.stage_s),
        "n_files": status.counts.n_files,
        "n_chunks": status.counts.n_chunks,
        "n_encoded": report.n_encoded,
        "n_reused": report.n_reused,
        "disk_bytes": status.disk_bytes,
        "cache_bytes": status.cache_bytes,
        "base_rss": base,
        "peak_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }


def bare(root: Path) -> dict[str, Any]:
    """Seconds a bare session, as onnxruntime sets it up, takes for a folder's passages; nothing else is counted."""
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    from whence.app import LocalServices
    from whence.encoder.batching import batches_under_budget
    from whence.encoder.model_folder import GRAPH_FILE, TOKENIZER_FILE, default_model_dir, read_model_folder
    from whence.engine.embedding import SLAB_PASSAGES

    spec = read_model_folder(default_model_dir())
    tokenizer = Tokenizer.from_file(str(spec.folder / TOKENIZER_FILE))
    tokenizer.no_padding()
    tokenizer.enable_truncation(spec.max_tokens)
    texts = sorted({passage.text for passage in LocalServices().open(root).passages()})
    random.Random(0).shuffle(texts)
    tokens = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    session = onnxruntime.InferenceSession(str(spec.folder / GRAPH_FILE), providers=["CPUExecutionProvider"])
    names = {node.name for node in session.get_inputs()}
    spent = 0.0
    for start in range(0, len(tokens), SLAB_PASSAGES):
        slab = tokens[start : start + SLAB_PASSAGES]
        for batch in batches_under_budget([len(ids) for ids in slab]):
            ids = np.array([slab[row_idx] for row_idx in batch], np.int64)
            feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            begun = time.perf_counter()
            session.run(None, {name: feeds[name] for name in names})
            spent += time.perf_counter() - begun
    return {"session_s": spent, "n_passages": len(texts), "n_tokens": sum(map(len, tokens))}


def refresh(root: Path) -> dict[str, Any]:
    """Bring a folder's index up to date; seconds of work inside the process, imports apart."""
    from whence.app import LocalServices

    workspace = LocalServices().open(root)
    start = time.perf_counter()
    report = workspace.refresh()
    work_s = time.perf_counter() - start
    return {
        "work_s": work_s,
        "n_read": report.n_files_read,
        "n_changed": report.n_files_changed,
        "n_dropped": report.n_files_dropped,
        "n_unchanged": report.n_files_unchanged,
        "n_encoded": report.n_encoded,
        "n_reused": report.n_reused,
        "stage_s": dict(report.stage_s),
    }


def steps(root: Path) -> dict[str, Any]:
    """Index a folder; seconds until words and meaning could be searched, looked at whenever the job tells of itself."""
    from whence.app import LocalServices
    from whence.engine.jobs import Phase, Progress

    workspace = LocalServices().open(root)
    moments: dict[str, float] = {}
    start = time.perf_counter()

    def look(progress: Progress) -> None:
        counts = workspace.status().counts
        has_all_words = progress.phase in {Phase.SETTLING, Phase.EMBEDDING}
        reached = {
            "first_words_s": counts.n_chunks > 0,
            "first_meaning_s": counts.n_by_meaning > 0,
            "words_s": has_all_words,
            "meaning_s": has_all_words and counts.n_by_meaning >= counts.n_chunks,
        }
        for moment, is_reached in reached.items():
            if is_reached:
                moments.setdefault(moment, time.perf_counter() - start)

    report = workspace.refresh(look)
    total_s = time.perf_counter() - start
    n_chunks = workspace.status().counts.n_chunks
    return {
        **dict.fromkeys(("first_meaning_s", "meaning_s"), total_s),
        **moments,
        "total_s": total_s,
        "first_s": report.stage_s.get("first", 0.0),
        "n_chunks": n_chunks,
        "stage_s": dict(report.stage_s),
    }


def query(root: Path) -> dict[str, Any]:
    """Answer every question in each of four workspaces that have seen none of them, half with vectors on disk.

    Which half changes from workspace to workspace, so both are measured on the same questions and the same machine.
    """
    from whence.app import LocalServices
    from whence.domain import Query
    from whence.store.tables import Tables

    totals: list[float] = []
    on_disk: list[float] = []
    stages: dict[str, list[float]] = {}
    n_hits = n_chunks = 0
    for round_idx in range(4):
        workspace = LocalServices(n_threads=1).open(root)  # as the language server does
        for question in ("where is the main loop", "main", "how are errors logged"):
            workspace.search(Query(question))  # loads what is loaded once
        time.sleep(READING_S)
        for idx, question in enumerate(ALL):
            is_on_disk = (idx + round_idx) % 2 == 1
            with patch.object(Tables, "_held", return_value=None) if is_on_disk else nullcontext():
                start = time.perf_counter()
                result = workspace.search(Query(question))
            (on_disk if is_on_disk else totals).append((time.perf_counter() - start) * 1000)
            n_hits += len(result.hits)
            n_chunks = result.counts.n_chunks
            for stage, ms in [] if is_on_disk else result.stage_ms.items():
                stages.setdefault(stage, []).append(ms)
        workspace.close()
    return {
        "n_chunks": n_chunks,
        "n_queries": len(totals),
        "n_hits": n_hits,
        "p50": percentile(totals, 0.5),
        "p95": percentile(totals, 0.95),
        "on_disk_p50": percentile(on_disk, 0.5),
        "on_disk_p95": percentile(on_disk, 0.95),
        "stages": {stage: [percentile(ms, 0.5), percentile(ms, 0.95)] for stage, ms in stages.items()},
    }


COMMANDS = {"index": index, "bare": bare, "refresh": refresh, "steps": steps, "query": query}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](Path(sys.argv[2]))))
