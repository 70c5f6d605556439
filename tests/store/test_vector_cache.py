"""The vectors shared by all workspaces."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.store.support import MODEL, OTHER_MODEL, digest
from whence.arrays import Float32
from whence.domain import PassageHash
from whence.store.disk import n_bytes_of
from whence.store.vector_cache import BLOCK, MIN_COSINE, SqliteVectorCache, decode, encode

DIMENSION = 384


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "vectors.sqlite"


@pytest.fixture
def cache(path: Path) -> Iterator[SqliteVectorCache]:
    opened = SqliteVectorCache(path)
    yield opened
    opened.close()


def unit_rows(n_rows: int, seed: int = 0) -> Float32:
    rows = np.random.default_rng(seed).normal(size=(n_rows, DIMENSION)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def keyed(n_rows: int, seed: int = 0) -> dict[PassageHash, Float32]:
    return {PassageHash(digest(f"{seed} {idx}", 16)): row for idx, row in enumerate(unit_rows(n_rows, seed))}


def test_vectors_come_back_nearly_as_they_went_in(cache: SqliteVectorCache) -> None:
    vectors = keyed(1_200)
    cache.put(MODEL, vectors)

    found = cache.get(MODEL, [*vectors, PassageHash("ff" * 16)])

    assert found.keys() == vectors.keys()
    assert min(float(found[key] @ row) for key, row in vectors.items()) >= MIN_COSINE
    assert all(float(np.linalg.norm(row)) == pytest.approx(1.0, abs=1e-5) for row in found.values())


def test_a_vector_whose_blocks_are_of_very_different_size_fits_in_eight_bits() -> None:
    row = unit_rows(1)[0] * np.repeat(np.geomspace(1, 1e-3, DIMENSION // BLOCK), BLOCK)
    row = np.asarray(row / np.linalg.norm(row), np.float32)

    assert len(encode(row)) == len(encode(unit_rows(1)[0])) == 1 + 2 * (DIMENSION // BLOCK) + DIMENSION
    assert float(decode(encode(row)) @ row) >= MIN_COSINE


@pytest.mark.parametrize(("background", "peak"), [(np.full(DIMENSION, 0.01), 8.0), (unit_rows(1)[0], 2.5)])
def test_a_vector_with_one_large_number_comes_back(background: Float32, peak: float) -> None:
    row = background.astype(np.float32)
    row[7] = peak
    row /= np.linalg.norm(row)

    assert float(decode(encode(row)) @ row) >= MIN_COSINE


def test_a_vector_that_eight_bits_would_spoil_is_kept_in_sixteen() -> None:
    odd = np.full(DIMENSION, 0.01, dtype=np.float32)
    odd[::BLOCK] = 2.5
    odd /= np.linalg.norm(odd)

    assert float(decode(encode(odd)) @ odd) >= MIN_COSINE
    assert len(encode(odd)) == 1 + 2 * DIMENSION


def test_a_vector_of_a_length_that_has_no_whole_blocks_is_kept_in_sixteen_bits() -> None:
    row = np.ones(BLOCK + 1, np.float32) / np.float32(np.sqrt(BLOCK + 1))

    assert len(encode(row)) == 1 + 2 * (BLOCK + 1)
    assert float(decode(encode(row)) @ row) >= MIN_COSINE


def test_a_vector_in_the_form_of_an_earlier_version_is_not_known_and_is_written_again(
    cache: SqliteVectorCache, path: Path
) -> None:
    ((key, row),) = keyed(1).items()
    cache.put(MODEL, {key: row})
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE vectors SET vector = ?", (b"\x01" + bytes(DIMENSION),))

    assert not cache.get(MODEL, [key])
    cache.put(MODEL, {key: row})
    assert cache.get(MODEL, [key]).keys() == {key}


def test_models_do_not_share_vectors(cache: SqliteVectorCache) -> None:
    vectors = keyed(1)
    cache.put(MODEL, vectors)

    assert cache.get(OTHER_MODEL, list(vectors)) == {}


def test_another_process_finds_what_this_one_put(cache: SqliteVectorCache, path: Path) -> None:
    vectors = keyed(3)
    cache.put(MODEL, vectors)
    script = (
        "import sys; from pathlib import Path; from whence.store.vector_cache import SqliteVectorCache;"
        "print(len(SqliteVectorCache(Path(sys.argv[1])).get(sys.argv[2], sys.argv[3:])))"
    )

    ran = subprocess.run(
        [sys.executable, "-c", script, path, MODEL, *vectors], capture_output=True, text=True, check=True
    )

    assert ran.stdout.strip() == "3"


def test_the_least_recently_used_go_when_the_limit_is_reached(path: Path) -> None:
    limit_bytes = 4_000_000
    cache = SqliteVectorCache(path, limit_bytes)
    for seed in range(20):
        cache.put(MODEL, keyed(1_000, seed))
    cache.close()

    assert n_bytes_of(path) <= limit_bytes * 1.2
    assert cache.get(MODEL, list(keyed(1_000, 0))) == {}
    assert len(cache.get(MODEL, list(keyed(1_000, 19)))) == 1_000
    cache.close()


@pytest.mark.parametrize("damage", [b"", b"garbage" * 1000, None])
def test_a_damaged_file_is_set_aside_and_begun_anew(path: Path, damage: bytes | None) -> None:
    cache = SqliteVectorCache(path)
    cache.put(MODEL, keyed(100))
    cache.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096) if damage is None else damage)

    vectors = keyed(100)
    cache.get(MODEL, list(vectors))
    cache.put(MODEL, vectors)

    assert len(cache.get(MODEL, list(vectors))) == 100
    cache.close()


def test_a_cache_that_cannot_be_written_costs_nothing_but_itself(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = SqliteVectorCache(tmp_path / "file" / "vectors.sqlite")

    cache.put(MODEL, keyed(1))

    assert cache.get(MODEL, list(keyed(1))) == {}


def test_the_limit_may_come_from_the_environment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHENCE_CACHE_MB", "1")
    cache = SqliteVectorCache(path)
    for seed in range(8):
        cache.put(MODEL, keyed(1_000, seed))
    cache.close()

    assert n_bytes_of(path) < 2_000_000
