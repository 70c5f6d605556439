"""A model folder gives unit vectors: order, prefixes, limits, cancelling, threads, and folders that do not fit."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import numpy as np
import pytest

from whence.arrays import Float32
from whence.encoder.batching import MAX_BATCH_TOKENS
from whence.encoder.lazy import LazyModel, n_usable_cores
from whence.encoder.model_folder import ModelSpec, Pooling, read_model_folder
from whence.encoder.onnx_encoder import OnnxEncoder
from whence.errors import Cancelled, ModelDamaged, ModelMissing, UsageError

TINY = Path(__file__).parents[1] / "models" / "tiny"
TEXTS = ["parse the config file", "x", "", "close the database connection " * 30, "open a socket to the server"]


@pytest.fixture(scope="module")
def tiny() -> OnnxEncoder:
    return load(read_model_folder(TINY))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "model"))


def load(spec: ModelSpec, dimension: int | None = None) -> OnnxEncoder:
    return OnnxEncoder.load(spec, n_threads=1, dimension=dimension)


def encode(encoder: OnnxEncoder, texts: Sequence[str]) -> Float32:
    vectors = np.full((len(texts), encoder.dimension), np.nan, np.float32)

    def keep(text_idxs: Sequence[int], rows: Float32) -> None:
        assert np.isnan(vectors[list(text_idxs)]).all()
        vectors[list(text_idxs)] = rows

    encoder.encode_passages(texts, keep, lambda: False)
    return vectors


def resign(folder: Path) -> ModelSpec:
    """Make the checksums those of the files as they are now."""
    spec = read_model_folder(folder)
    return attrs.evolve(
        spec, checksums={name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in spec.checksums}
    )


def test_every_text_has_one_unit_vector_in_its_own_place(tiny: OnnxEncoder) -> None:
    vectors = encode(tiny, TEXTS)

    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_allclose(tiny.encode_query(text), vector, atol=1e-6)


def test_no_texts_give_no_batches(tiny: OnnxEncoder) -> None:
    assert encode(tiny, []).shape == (0, 32)


def test_texts_that_share_words_are_near_each_other(tiny: OnnxEncoder) -> None:
    passages = encode(tiny, ["def parse_config(file): load(file)", "draw the image", "def close(self): socket.close()"])

    scores = passages @ tiny.encode_query("where is the config file parsed")

    assert scores[0] > 0.5
    assert scores[0] > scores[1:].max() + 0.3


def test_more_texts_than_a_slab_all_come_back(tiny: OnnxEncoder) -> None:
    texts = [f"{'value ' * (number % 7)}{number}" for number in range(3000)]

    vectors = encode(tiny, texts)

    assert not np.isnan(vectors).any()
    np.testing.assert_allclose(vectors[2999], tiny.encode_query(texts[2999]), atol=1e-6)


def test_prefixes_are_put_before_texts(tiny: OnnxEncoder) -> None:
    spec = attrs.evolve(read_model_folder(TINY), query_prefix="query: ", passage_prefix="document: ")
    encoder = load(spec)

    np.testing.assert_array_equal(encoder.encode_query("sort"), tiny.encode_query("query: sort"))
    np.testing.assert_array_equal(encode(encoder, ["sort"])[0], tiny.encode_query("document: sort"))


def test_text_beyond_the_token_limit_is_not_seen() -> None:
    encoder = load(attrs.evolve(read_model_folder(TINY), max_tokens=4))  # [CLS] two words [SEP]

    np.testing.assert_array_equal(encoder.encode_query("parse config database"), encoder.encode_query("parse config"))


def test_a_line_of_a_million_characters_is_encoded(tiny: OnnxEncoder) -> None:
    assert np.linalg.norm(tiny.encode_query("x = 1; " * 150_000)) == pytest.approx(1)


@pytest.mark.parametrize("pooling", list(Pooling))
def test_each_pooling_gives_unit_vectors(pooling: Pooling) -> None:
    vectors = encode(load(attrs.evolve(read_model_folder(TINY), pooling=pooling)), TEXTS)

    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_matryoshka_vector_is_the_cut_and_rescaled_long_one(tiny: OnnxEncoder) -> None:
    encoder = load(read_model_folder(TINY), dimension=16)
    cut = tiny.encode_query("sort the list")[:16]

    np.testing.assert_allclose(encoder.encode_query("sort the list"), cut / np.linalg.norm(cut), atol=1e-6)
    assert encoder.dimension == 16
    assert encoder.fingerprint != tiny.fingerprint


def test_matryoshka_is_refused_where_the_model_was_not_trained_for_it() -> None:
    with pytest.raises(UsageError, match="cannot give vectors of 10 dimensions"):
        load(read_model_folder(TINY), dimension=10)


def test_batches_handed_over_before_cancelling_stand(tiny: OnnxEncoder) -> None:
    texts = ["word " * 100] * 200
    delivered: list[int] = []

    with pytest.raises(Cancelled):
        tiny.encode_passages(texts, lambda text_idxs, _: delivered.extend(text_idxs), lambda: bool(delivered))

    assert 0 < len(delivered) < len(texts)
    assert len(set(delivered)) == len(delivered)


@pytest.mark.parametrize("n_threads", [1, 2, 16])
def test_batches_begun_before_cancelling_are_kept_on_any_number_of_threads(n_threads: int) -> None:
    texts = ["word " * 100] * 200
    looks = iter([False, False, False])  # before the texts are tokenised, and before each of two batches
    delivered: list[int] = []

    with pytest.raises(Cancelled):
        OnnxEncoder.load(read_model_folder(TINY), n_threads=n_threads).encode_passages(
            texts, lambda text_idxs, _: delivered.extend(text_idxs), lambda: next(looks, True)
        )

    assert len(delivered) == 2 * (MAX_BATCH_TOKENS // 102)


def test_no_batch_is_over_the_token_budget(tiny: OnnxEncoder) -> None:
    n_texts: list[int] = []

    tiny.encode_passages(["word " * 100] * 100, lambda idxs, _: n_texts.append(len(idxs)), lambda: False)

    assert max(n_texts) == MAX_BATCH_TOKENS // 102  # a hundred words, [CLS] and [SEP]


def test_several_threads_give_the_same_rows_in_the_same_order(tiny: OnnxEncoder) -> None:
    texts = [f"name {number} " * (1 + number % 40) for number in range(120)]
    several = OnnxEncoder.load(read_model_folder(TINY), n_threads=3)
    rows: dict[str, list[tuple[list[int], Float32]]] = {"one": [], "three": []}

    tiny.encode_passages(texts, lambda idxs, vectors: rows["one"].append((list(idxs), vectors)), lambda: False)
    several.encode_passages(texts, lambda idxs, vectors: rows["three"].append((list(idxs), vectors)), lambda: False)

    assert [idxs for idxs, _ in rows["one"]] == [idxs for idxs, _ in rows["three"]]
    assert all((one == other).all() for (_, one), (_, other) in zip(rows["one"], rows["three"], strict=True))


def test_queries_are_answered_while_passages_are_encoded(tiny: OnnxEncoder) -> None:
    expected = tiny.encode_query("sort the list")
    answers: list[Float32] = []

    with ThreadPoolExecutor(1) as other:
        tiny.encode_passages(
            ["word " * 100] * 100,
            lambda *_: answers.append(other.submit(tiny.encode_query, "sort the list").result()),
            lambda: False,
        )

    assert len(answers) > 1
    for answer in answers:
        np.testing.assert_array_equal(answer, expected)


def test_text_without_a_token_has_a_row_of_zeros(folder: Path) -> None:
    path = folder / "tokenizer.json"
    tokenizer = json.loads(path.read_text(encoding="utf-8"))
    tokenizer["post_processor"] = None  # no [CLS] and [SEP]
    path.write_text(json.dumps(tokenizer), encoding="utf-8")

    vectors = encode(load(resign(folder)), ["", "sort"])

    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [0, 1], atol=1e-6)


def test_loading_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    load(read_model_folder(TINY)).encode_query("sort")

    assert capfd.readouterr() == ("", "")


def damage_graph(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"not a graph")


def empty_graph(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"")


def damage_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")


def rename_inputs(folder: Path) -> None:
    data = (folder / "model.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(data.replace(b"input_ids", b"input_xyz"))


def promise_more_dimensions(folder: Path) -> None:
    path = folder / "model.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("dimension = 32", "dimension = 64"), encoding="utf-8")


def shift_token_ids(folder: Path) -> None:
    path = folder / "tokenizer.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"p":', '"p":99'), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_graph, "model.onnx is not an ONNX graph this onnxruntime can run"),
        (empty_graph, "model.onnx is not an ONNX graph this onnxruntime can run"),
        (damage_tokenizer, "tokenizer.json is not a tokenizer"),
        (rename_inputs, "model.onnx asks for attention_mask, input_xyz, not for token ids and their mask"),
        (promise_more_dimensions, "where model.toml promises float32 [1, 7, 64]"),
        (shift_token_ids, "model.onnx fails on the ids of tokenizer.json"),
    ],
)
def test_files_that_do_not_fit_each_other_are_named_in_one_line(
    folder: Path, damage: Callable[[Path], None], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    damage(folder)
    spec = resign(folder)

    with pytest.raises(ModelDamaged) as caught:
        load(spec)

    text = str(caught.value)
    assert message in text
    assert text.endswith("; reinstall Whence, or name a whole model folder in WHENCE_MODEL")
    assert "\n" not in text
    assert capfd.readouterr().out == ""


def test_changed_file_is_refused_at_loading(folder: Path) -> None:
    damage_graph(folder)

    with pytest.raises(ModelDamaged, match="SHA-256 differs"):
        load(read_model_folder(folder))


def test_lazy_model_knows_itself_without_loading_and_loads_once() -> None:
    model = LazyModel(TINY, n_threads=1, dimension=16)

    assert (model.name, model.dimension) == ("tiny", 16)
    encoder = model.load()
    assert model.load() is encoder
    assert model.fingerprint == encoder.fingerprint


def test_what_an_answer_may_be_expected_to_have_is_told_by_the_query_and_on_the_common_scale(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "model"))
    text = (folder / "model.toml").read_text(encoding="utf-8")
    assert LazyModel(folder).expected_similarity(np.ones(32, np.float32)) is None

    text = text.replace("expected_cosine = []", "expected_cosine = [0.5, -0.25, 0.1]")
    text = text.replace("query_similarity = [1.0, 0.0]", "query_similarity = [2.0, 0.3]")
    (folder / "model.toml").write_text(text, encoding="utf-8")
    query = np.array([0.4, 0.8, *[0.1] * 30], np.float32)

    assert LazyModel(folder).expected_similarity(query) == pytest.approx(2 * (0.2 - 0.2 + 0.1) + 0.3)
    assert LazyModel(folder).expected_similarity(query[:1]) == pytest.approx(2 * (0.2 + 0.1) + 0.3)


def test_lazy_model_finds_a_folder_that_appears_later(tmp_path: Path) -> None:
    model = LazyModel(tmp_path / "model")
    with pytest.raises(ModelMissing, match="No model folder"):
        model.load()

    shutil.copytree(TINY, tmp_path / "model")

    assert model.load().name == "tiny"


def test_at_least_one_core_is_usable() -> None:
    assert n_usable_cores() >= 1
