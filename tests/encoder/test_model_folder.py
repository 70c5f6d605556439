"""What is read from a model folder, what is refused, and what identifies it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from whence.domain import ModelChoice
from whence.encoder.model_folder import (
    Pooling,
    default_model_dir,
    environment_of,
    first_model_dir,
    model_dirs,
    read_model_folder,
    verify_checksums,
)
from whence.errors import ModelDamaged, ModelMissing, UsageError

TINY = Path(__file__).parents[1] / "models" / "tiny"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "model"))


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "model.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_model_toml_is_read_whole() -> None:
    spec = read_model_folder(TINY)

    assert (spec.name, spec.dimension, spec.max_tokens, spec.pooling) == ("tiny", 32, 128, Pooling.MEAN)
    assert spec.matryoshka == (16,)
    assert set(spec.checksums) == {"model.onnx", "tokenizer.json"}
    verify_checksums(spec)


def test_missing_folder_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"^No model folder .*nowhere; reinstall Whence, or .*WHENCE_MODEL$"):
        read_model_folder(tmp_path / "nowhere")


def test_folder_without_model_toml_is_missing(folder: Path) -> None:
    (folder / "model.toml").unlink()

    with pytest.raises(ModelMissing, match=r"has no model\.toml; "):
        read_model_folder(folder)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(ModelDamaged, match=f"has no {name}; "):
        read_model_folder(folder)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_changed_file_is_named(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b" ")

    with pytest.raises(ModelDamaged, match=f"{name} is not the file model.toml names: its SHA-256 differs; "):
        verify_checksums(read_model_folder(folder))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "tiny"', "name = tiny", "is not TOML"),
        ('name = "tiny"', "name = 3", "has a 'name' that is not a string"),
        ('name = "tiny"', 'name = " "', "has an empty 'name'"),
        ('name = "tiny"', 'name = "tiny"\ncolour = "red"', "has an unknown key 'colour'"),
        ('name = "tiny"\n', "", "has no key 'name'"),
        ("format = 3", "format = 4", "has format 4, this Whence reads format 3; update Whence"),
        ("format = 3", "format = 2", "has format 2, this Whence reads format 3; reinstall Whence"),
        ("query_similarity = [1.0, 0.0]", "query_similarity = [1.0]", "has a 'query_similarity' that is not a factor"),
        ("query_similarity = [1.0, 0.0]", 'query_similarity = ["1", 0]', "has a 'query_similarity' that is not a"),
        ("passage_similarity = [1.0, 0.0]", "passage_similarity = [0, 0.1]", "is not a factor above 0 and a shift"),
        ("expected_cosine = []", "expected_cosine = 0.4", "has a 'expected_cosine' that is not a list of numbers"),
        ("expected_cosine = []", 'expected_cosine = ["1"]', "has a 'expected_cosine' that is not a list of numbers"),
        ("expected_cosine = []", f"expected_cosine = {[0.1] * 34}", "more weights in 'expected_cosine' than its"),
        ("dimension = 32", "dimension = 0", "has a 'dimension' that is not a number above 0"),
        ("dimension = 32", "dimension = true", "has a 'dimension' that is not a number above 0"),
        ('pooling = "mean"', 'pooling = "max"', "has an unknown pooling 'max'; known: mean, cls, last-token"),
        ('normalisation = "l2"', 'normalisation = "none"', "has an unknown normalisation 'none'"),
        ("matryoshka = [16]", "matryoshka = 16", "has a 'matryoshka' that is not a list of numbers"),
        ("matryoshka = [16]", "matryoshka = [64]", "matryoshka size that is not below its dimension 32"),
        ('"tokenizer.json" =', '"other.json" =', "has no sha256 of tokenizer.json"),
        ("[sha256]", '[sha256]\n"../x" = "00"', "names a file outside its folder: '../x'"),
    ],
)
def test_unusable_model_toml_says_in_one_line_what_is_wrong(folder: Path, old: str, new: str, message: str) -> None:
    edit(folder, old, new)

    with pytest.raises(ModelDamaged) as caught:
        read_model_folder(folder)

    text = str(caught.value)
    assert message in text
    assert str(folder / "model.toml") in text
    assert "; " in text
    assert "\n" not in text


def test_bytes_that_are_no_text_are_not_toml(folder: Path) -> None:
    (folder / "model.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ModelDamaged, match="is not TOML"):
        read_model_folder(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version = "1"', 'version = "2"'),
        ('query_prefix = ""', 'query_prefix = "query: "'),
        ('passage_prefix = ""', 'passage_prefix = "passage: "'),
        ('pooling = "mean"', 'pooling = "cls"'),
        ("max_tokens = 128", "max_tokens = 64"),
        ('"model.onnx" = "', '"model.onnx" = "0'),
        ('"tokenizer.json" = "', '"tokenizer.json" = "0'),
    ],
)
def test_fingerprint_changes_with_everything_that_changes_a_vector(folder: Path, old: str, new: str) -> None:
    before = read_model_folder(folder).fingerprint()
    edit(folder, old, new)

    assert read_model_folder(folder).fingerprint() != before


def test_fingerprint_does_not_depend_on_the_place_or_the_licence_line(folder: Path) -> None:
    edit(folder, 'licence = "Apache-2.0"', 'licence = "Apache License 2.0"')

    assert read_model_folder(folder).fingerprint() == read_model_folder(TINY).fingerprint()


def test_fingerprint_changes_with_the_dimension_asked_for() -> None:
    spec = read_model_folder(TINY)

    assert spec.fingerprint(16) != spec.fingerprint()
    assert spec.fingerprint(32) == spec.fingerprint(None)


def test_dimension_the_model_was_not_trained_for_is_refused() -> None:
    with pytest.raises(UsageError, match="tiny cannot give vectors of 8 dimensions; ask for one of: 16, 32"):
        attrs.evolve(read_model_folder(TINY)).fingerprint(8)


@pytest.mark.parametrize("environ", [dict, lambda: {"WHENCE_MODEL": ""}])
def test_default_model_is_the_one_that_came_along(environ: Callable[[], dict[str, str]]) -> None:
    assert default_model_dir(environ()).name == "whence-code"
    assert read_model_folder(default_model_dir(environ())).dimension == 384


def test_environment_names_another_model() -> None:
    assert default_model_dir({"WHENCE_MODEL": str(TINY)}) == TINY


def test_first_model_stands_in_for_the_one_that_came_along_and_for_no_other_unless_it_is_named() -> None:
    came_along = first_model_dir({})
    assert came_along is not None
    assert read_model_folder(came_along).name == "whence-static"
    assert first_model_dir({"WHENCE_FIRST_MODEL": "none"}) is None
    assert first_model_dir({"WHENCE_MODEL": "elsewhere"}) is None
    assert first_model_dir({"WHENCE_MODEL": "elsewhere", "WHENCE_FIRST_MODEL": str(TINY)}) == TINY


@pytest.mark.parametrize("choice", [ModelChoice.CODE, ModelChoice.STATIC])
def test_one_model_that_is_chosen_stays_alone_whatever_the_environment_names(choice: ModelChoice) -> None:
    model, first = model_dirs(choice, {"WHENCE_MODEL": "elsewhere", "WHENCE_FIRST_MODEL": str(TINY)})

    assert (model.name, first) == (choice.value, None)


@pytest.mark.parametrize("choice", list(ModelChoice))
@pytest.mark.parametrize("environ", [{}, {"WHENCE_MODEL": "elsewhere"}, {"WHENCE_FIRST_MODEL": "none"}])
def test_another_process_can_be_told_the_choice(choice: ModelChoice, environ: dict[str, str]) -> None:
    told = environment_of(choice, environ)

    assert model_dirs(ModelChoice.BOTH, told) == model_dirs(choice, environ)
