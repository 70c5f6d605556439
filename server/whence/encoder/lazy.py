"""A model that is known from its folder at once and loaded when vectors are needed. Itself imports nothing heavy."""

from __future__ import annotations

import os
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from whence.domain import Fingerprint, SimilarityScale
from whence.encoder.model_folder import ModelSpec, read_model_folder

if TYPE_CHECKING:
    from whence.arrays import Float32
    from whence.encoder.onnx_encoder import OnnxEncoder


class LazyModel:
    """One model folder. Asking for its identity reads model.toml only; every property may raise ModelError."""

    def __init__(self, folder: Path, n_threads: int | None = None, dimension: int | None = None) -> None:
        self._folder = folder
        self._n_threads = n_threads or n_usable_cores()
        self._dimension = dimension
        self._lock = threading.Lock()
        self._encoder: OnnxEncoder | None = None  # written once, under the lock

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model: part of every stored vector's key."""
        return self._spec.fingerprint(self._dimension)

    @property
    def name(self) -> str:
        """Human name, for status and logs."""
        return self._spec.name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._spec.check_dimension(self._dimension)

    @property
    def query_similarity(self) -> SimilarityScale:
        """What a cosine of a query and a passage stands for."""
        return self._spec.query_similarity

    @property
    def passage_similarity(self) -> SimilarityScale:
        """What a cosine of two passages stands for."""
        return self._spec.passage_similarity

    def expected_similarity(self, query: Float32) -> float | None:
        """What the answer to a query may be expected to have, by the query alone; None where this is not known."""
        if not self._spec.expected_cosine:
            return None
        *weights, constant = self._spec.expected_cosine
        numbers: list[float] = query[: len(weights)].tolist()
        cosine = constant + sum(weight * number for weight, number in zip(weights, numbers, strict=False))
        return self.query_similarity.of(cosine)

    def load(self) -> OnnxEncoder:
        """Load the model, once; later calls and other threads get the same encoder.

        Raises:
            ModelError: the folder is missing or damaged. The next call tries again.
            UsageError: the model cannot be cut to the dimension asked for.
        """
        with self._lock:
            if self._encoder is None:
                from whence.encoder.onnx_encoder import OnnxEncoder

                self._encoder = OnnxEncoder.load(self._spec, n_threads=self._n_threads, dimension=self._dimension)
            return self._encoder

    @cached_property
    def _spec(self) -> ModelSpec:
        return read_model_folder(self._folder)


def n_usable_cores() -> int:
    """Cores this process may run on, at least 1."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only; a container's or taskset's limit shows there
    return len(affinity(0)) if affinity else os.cpu_count() or 1
