"""Runs a model folder: texts in, unit vectors out.

Imports onnxruntime, tokenizers and numpy; import it only where vectors are really needed. Knows nothing of chunks, of
files, or of where vectors go.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from whence.arrays import Float32, Int64
from whence.domain import Fingerprint
from whence.encoder.batching import batches_under_budget, slabs_by_length
from whence.encoder.model_folder import (
    GRAPH_FILE,
    NEXT_STEP,
    TOKENIZER_FILE,
    ModelSpec,
    Pooling,
    verify_checksums,
)
from whence.encoder.pooling import cls_pool, cut_and_scale, last_token_pool, mean_pool
from whence.errors import Cancelled, ModelDamaged

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

LOG_ERRORS_ONLY = 3  # onnxruntime's severity: 0 verbose, 1 info, 2 warning, 3 error, 4 fatal
REQUIRED_INPUTS = {"input_ids", "attention_mask"}
KNOWN_INPUTS = {*REQUIRED_INPUTS, "token_type_ids"}

MIN_SHARED = 64
"""Texts that are shared out among threads to be tokenised: fewer take as long as starting the threads."""

CHARS_PER_TOKEN_KEPT = 16
"""A text is cut to max_tokens times this before it is tokenised, which bounds what a 200,000-character line costs. Code
has 3 to 5 characters a token, its white space included, so only texts that are mostly blank, or one endless word, see
a difference."""

POOL: dict[Pooling, Callable[[Float32, Int64], Float32]] = {
    Pooling.MEAN: mean_pool,
    Pooling.CLS: cls_pool,
    Pooling.LAST_TOKEN: last_token_pool,
}


class OnnxEncoder:
    """A loaded model. Any number of threads may call it at once; nothing in it changes after loading."""

    def __init__(
        self, spec: ModelSpec, session: InferenceSession, tokenizer: Tokenizer, dimension: int, n_threads: int
    ) -> None:
        self._spec = spec
        self._n_threads = n_threads
        self._session = session
        self._tokenizer = tokenizer
        self._dimension = dimension
        self._pool = POOL[spec.pooling]
        self._input_names = {node.name for node in session.get_inputs()}
        self._output_name: str = session.get_outputs()[0].name

    @classmethod
    def load(cls, spec: ModelSpec, *, n_threads: int, dimension: int | None = None) -> OnnxEncoder:
        """Verify the files of a model folder, load them, and encode one word to see that they fit each other.

        Args:
            spec: as `read_model_folder` gave it.
            n_threads: batches of passages computed at a time, each on one thread. A query is computed on the caller's.
            dimension: a smaller length of vectors, where the model allows it; None for the model's own.

        Raises:
            UsageError: the model cannot be cut to `dimension`.
            ModelDamaged: files differ from their checksums, cannot be parsed, or do not belong together.
        """
        dimension = spec.check_dimension(dimension)
        # The library's own pool of threads warns on stderr when the process forks; ours takes its place.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        with ThreadPoolExecutor(1, thread_name_prefix="whence-checksum") as verifier:
            verified = verifier.submit(verify_checksums, spec)
            import onnxruntime  # noqa: F401  # its import takes longer than the checksums it runs beside
            import tokenizers  # noqa: F401

            verified.result()
        encoder = cls(spec, _open_session(spec), _open_tokenizer(spec), dimension, n_threads)
        encoder._probe()
        return encoder

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model and dimension: part of every stored vector's key."""
        return self._spec.fingerprint(self._dimension)

    @property
    def name(self) -> str:
        """Human name, for status and logs."""
        return self._spec.name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def encode_passages(
        self, texts: Sequence[str], on_batch: Callable[[Sequence[int], Float32], None], is_cancelled: Callable[[], bool]
    ) -> None:
        """Encode texts, longest first; `on_batch` gets text indexes and float32 [n_batch, dim] unit rows.

        A text without a token (empty text, with a model that adds none of its own) gets a row of zeros. Each text comes
        exactly once; `on_batch` is called on this thread. Memory is that of one slab of token ids and one batch a
        thread, however many texts there are.

        Raises:
            Cancelled: `is_cancelled` turned true between two batches; those begun were handed over first.
            ModelDamaged: the graph failed on the tokenizer's ids.
        """
        for slab in slabs_by_length([len(text) for text in texts]):
            _stop_if(is_cancelled())
            token_ids = self._tokenise_side_by_side([self._spec.passage_prefix + texts[text_idx] for text_idx in slab])
            batches = batches_under_budget([len(ids) for ids in token_ids])
            for batch, vectors in self._encoded(batches, token_ids, is_cancelled):
                on_batch([slab[row_idx] for row_idx in batch], vectors)

    def encode_query(self, text: str) -> Float32:
        """Encode one query to a float32 [dim] unit vector; zeros for a text without a token.

        Raises:
            ModelDamaged: the graph failed on the tokenizer's ids.
        """
        row: Float32 = self._encode(self._tokenise([self._spec.query_prefix + text]))[0]
        return row

    def _encoded(
        self, batches: Iterable[list[int]], token_ids: Sequence[Sequence[int]], is_cancelled: Callable[[], bool]
    ) -> Iterator[tuple[list[int], Float32]]:
        """Batches of rows of `token_ids` with their vectors, in their order, `n_threads` of them worked on at a time.

        A batch a thread wastes less than every operator of one batch split among all threads
        (benchmarks/encoder_throughput.py).
        """
        begun: deque[tuple[list[int], Future[Float32]]] = deque()
        stopped = False
        with ThreadPoolExecutor(self._n_threads, "whence-encode") as pool:
            try:
                for batch in batches:
                    if stopped := is_cancelled():
                        break
                    begun.append((batch, pool.submit(self._encode, [token_ids[row_idx] for row_idx in batch])))
                    if len(begun) > self._n_threads:
                        done, vectors = begun.popleft()
                        yield done, vectors.result()
                while begun:  # those begun cannot be called back: they are waited for, and so they are kept
                    done, vectors = begun.popleft()
                    yield done, vectors.result()
                _stop_if(stopped)
            finally:
                for _, vectors in begun:
                    vectors.cancel()

    def _tokenise_side_by_side(self, texts: Sequence[str]) -> list[list[int]]:
        """The same ids, each thread making those of a share: a static model spends nine tenths of its time here."""
        if self._n_threads == 1 or len(texts) < MIN_SHARED:
            return self._tokenise(texts)
        size = -(-len(texts) // self._n_threads)
        with ThreadPoolExecutor(self._n_threads, "whence-tokenise") as pool:
            shares = pool.map(self._tokenise, (texts[start : start + size] for start in range(0, len(texts), size)))
            return [ids for share in shares for ids in share]

    def _tokenise(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids per text, special tokens included, at most max_tokens each."""
        limit = self._spec.max_tokens * CHARS_PER_TOKEN_KEPT
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast([text[:limit] for text in texts])]

    def _encode(self, token_ids: Sequence[Sequence[int]]) -> Float32:
        """Float32 [n_texts, dim] unit rows for one batch of token ids, as many a text; zeros where there are none."""
        ids = np.array(token_ids, np.int64)
        if not ids.size:
            return np.zeros((len(token_ids), self._dimension), np.float32)
        mask = np.ones_like(ids)
        return cut_and_scale(self._pool(self._run(ids, mask), mask), self._dimension)

    def _run(self, ids: Int64, mask: Int64) -> Float32:
        feeds = {"input_ids": ids, "attention_mask": mask}
        if "token_type_ids" in self._input_names:
            feeds["token_type_ids"] = np.zeros_like(ids)
        try:
            hidden = self._session.run([self._output_name], feeds)[0]
        except _session_errors() as exc:
            raise _damaged(self._spec, GRAPH_FILE, f"fails on the ids of {TOKENIZER_FILE}", exc) from exc
        assert isinstance(hidden, np.ndarray)
        return hidden

    def _probe(self) -> None:
        """See that tokenizer, graph and model.toml fit, before anything is stored under this model's name."""
        (token_ids,) = self._tokenise(["probe"])
        if not token_ids:
            raise _damaged(self._spec, TOKENIZER_FILE, "finds no token in a word")
        ids = np.array([token_ids], np.int64)
        hidden = self._run(ids, np.ones_like(ids))
        expected = (*ids.shape, self._spec.dimension)
        if hidden.shape != expected or hidden.dtype != np.float32:
            what = f"gives {hidden.dtype} {list(hidden.shape)} where model.toml promises float32 {list(expected)}"
            raise _damaged(self._spec, GRAPH_FILE, what)


def _open_session(spec: ModelSpec) -> InferenceSession:
    import onnxruntime

    onnxruntime.set_default_logger_severity(LOG_ERRORS_ONLY)
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = LOG_ERRORS_ONLY
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Patterns are remembered by input shape, and ours are all different: a third more memory and nothing gained.
    options.enable_mem_pattern = False
    try:
        session = onnxruntime.InferenceSession(
            str(spec.folder / GRAPH_FILE), options, providers=["CPUExecutionProvider"]
        )
    except _session_errors() as exc:
        raise _damaged(spec, GRAPH_FILE, "is not an ONNX graph this onnxruntime can run", exc) from exc
    inputs = {node.name for node in session.get_inputs()}
    if inputs - KNOWN_INPUTS or REQUIRED_INPUTS - inputs:
        raise _damaged(spec, GRAPH_FILE, f"asks for {', '.join(sorted(inputs))}, not for token ids and their mask")
    return session


def _open_tokenizer(spec: ModelSpec) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(spec.folder / TOKENIZER_FILE))
    except Exception as exc:  # tokenizers raises Exception itself, no class of its own
        raise _damaged(spec, TOKENIZER_FILE, "is not a tokenizer", exc) from exc
    tokenizer.no_padding()
    tokenizer.enable_truncation(spec.max_tokens)
    return tokenizer


def _session_errors() -> tuple[type[Exception], ...]:
    """What onnxruntime raises: classes of its own without a common base."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    names = ["EPFail", "Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoModel", "NoSuchFile"]
    names += ["NotImplemented", "RuntimeException"]
    return (RuntimeError, *(getattr(state, name) for name in names))


def _damaged(spec: ModelSpec, file: str, what: str, cause: Exception | None = None) -> ModelDamaged:
    detail = f" ({' '.join(str(cause).split())[:160]})" if cause else ""
    return ModelDamaged(f"{spec.folder / file} {what}{detail}; {NEXT_STEP}")


def _stop_if(is_cancelled: bool) -> None:
    if is_cancelled:
        raise Cancelled("Encoding was stopped")
