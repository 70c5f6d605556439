"""A model folder: what its model.toml says, whether its files are the ones it names, and what identifies it.

Knows nothing of ONNX or tokenizers and loads neither: the state of an index is named by fingerprint before any heavy
library is imported. The format is described in docs/model-format.md.
"""

from __future__ import annotations

import enum
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs

from whence.domain import Fingerprint, ModelChoice, SimilarityScale
from whence.errors import ModelDamaged, ModelMissing, UsageError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FORMAT = 3
"""Number of the model.toml format. History: 1, first; 2, scales of similarity; 3, the expected cosine."""

ENCODING = 1
"""Number of the way texts become vectors here; part of every fingerprint. History: 1, first."""

DEFAULT_MODEL = ModelChoice.CODE.value
FIRST_MODEL = ModelChoice.STATIC.value
"""Stands in while many chunks wait for the default model's vectors."""

NO_MODEL = "none"
"""What WHENCE_FIRST_MODEL says where no model is to stand in."""

SPEC_FILE = "model.toml"
GRAPH_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
REQUIRED_FILES = (GRAPH_FILE, TOKENIZER_FILE)

NEXT_STEP = "reinstall Whence, or name a whole model folder in WHENCE_MODEL"
HASH_BLOCK_BYTES = 1 << 20


class Pooling(str, enum.Enum):
    """How token vectors become one text vector."""

    MEAN = "mean"
    CLS = "cls"
    LAST_TOKEN = "last-token"


@attrs.frozen
class ModelSpec:
    """What model.toml says, and where it stands."""

    folder: Path
    name: str
    version: str
    dimension: int
    max_tokens: int
    """Longest input, special tokens and prefix included; longer texts are cut."""
    pooling: Pooling
    query_prefix: str
    passage_prefix: str
    normalisation: str
    matryoshka: tuple[int, ...]
    """Smaller dimensions the model was trained to be cut to; empty where it was not."""
    query_similarity: SimilarityScale
    """Of a query and a passage, as `passage_similarity` of two passages."""
    passage_similarity: SimilarityScale
    expected_cosine: tuple[float, ...]
    """Weights of the first numbers of a query's vector, then a constant: what they sum to is the cosine that the answer
    may be expected to have. Empty where the model does not tell."""
    licence: str
    source: str
    quantisation: str
    checksums: Mapping[str, str]
    """SHA-256 in hex by file name; has `REQUIRED_FILES`."""

    def check_dimension(self, dimension: int | None) -> int:
        """The length vectors have when `dimension` is asked for; None asks for the whole.

        Raises:
            UsageError: the model was not trained to be cut to that length.
        """
        if dimension is None or dimension == self.dimension:
            return self.dimension
        if dimension in self.matryoshka:
            return dimension
        possible = ", ".join(str(size) for size in sorted({*self.matryoshka, self.dimension}))
        raise UsageError(f"Model {self.name} cannot give vectors of {dimension} dimensions; ask for one of: {possible}")

    def fingerprint(self, dimension: int | None = None) -> Fingerprint:
        """Identity of the vectors this model gives: its files, how they are used, and the dimension.

        Files are named by the checksums in model.toml, which are verified when the model is loaded. Scales of
        similarity, the expected cosine, licence, source and the words on quantisation do not change a vector and are
        left out.

        Raises:
            UsageError: the model was not trained to be cut to `dimension`.
        """
        parts = [
            ENCODING,
            self.name,
            self.version,
            self.check_dimension(dimension),
            self.dimension,
            self.max_tokens,
            self.pooling.value,
            self.query_prefix,
            self.passage_prefix,
            self.normalisation,
            sorted(self.checksums.items()),
        ]
        return Fingerprint(hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest())


def default_model_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of the model to use: `WHENCE_MODEL` if set, else the one that came with Whence.

    An installed package carries it inside; in a checkout it stands in models/ at the top. Whether it exists is for
    `read_model_folder` to say.
    """
    named = environ.get("WHENCE_MODEL")
    return _expanded(named) if named else _shipped(DEFAULT_MODEL)


def first_model_dir(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The folder of the model that stands in while vectors are still to come; None for none.

    `WHENCE_FIRST_MODEL` names it, or says "none". Where it is not set, a model that `WHENCE_MODEL` names stays alone.
    """
    named = environ.get("WHENCE_FIRST_MODEL")
    if named:
        return None if named == NO_MODEL else _expanded(named)
    return None if environ.get("WHENCE_MODEL") else _shipped(FIRST_MODEL)


def model_dirs(choice: ModelChoice, environ: Mapping[str, str] = os.environ) -> tuple[Path, Path | None]:
    """The folders of the model that makes vectors and of the one that stands in first, None for none."""
    if choice is ModelChoice.BOTH:
        return default_model_dir(environ), first_model_dir(environ)
    return _shipped(choice.value), None


def environment_of(choice: ModelChoice, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What tells another process of Whence to make the same choice."""
    model, first = model_dirs(choice, environ)
    return {"WHENCE_MODEL": str(model), "WHENCE_FIRST_MODEL": NO_MODEL if first is None else str(first)}


def read_model_folder(folder: Path) -> ModelSpec:
    """Read model.toml and see that the files it names are there. Reads no other file.

    Raises:
        ModelMissing: no such folder, or no model.toml in it.
        ModelDamaged: model.toml cannot be used, or a file is missing.
    """
    if not folder.is_dir():
        raise ModelMissing(f"No model folder {folder}; {NEXT_STEP}")
    path = folder / SPEC_FILE
    try:
        text = path.read_text(encoding="utf-8")
        table: dict[str, object] = tomllib.loads(text)
    except FileNotFoundError as exc:
        raise ModelMissing(f"Model folder {folder} has no {SPEC_FILE}; {NEXT_STEP}") from exc
    except OSError as exc:
        raise ModelDamaged(f"{path} cannot be read: {exc.strerror}; {NEXT_STEP}") from exc
    except ValueError as exc:  # TOMLDecodeError and UnicodeDecodeError
        raise ModelDamaged(f"{path} is not TOML ({_one_line(exc)}); {NEXT_STEP}") from exc
    spec = _Table(path, table).spec(folder)
    for name in spec.checksums:
        if not (folder / name).is_file():
            raise ModelDamaged(f"Model folder {folder} has no {name}; {NEXT_STEP}")
    return spec


def verify_checksums(spec: ModelSpec) -> None:
    """Read every file of the folder once and compare its SHA-256 with model.toml.

    Takes about 30 ms for the 23 MB of the bundled model; `OnnxEncoder.load` does it while it imports onnxruntime, which
    takes longer.

    Raises:
        ModelDamaged: a file cannot be read or is another than model.toml names.
    """
    for name, expected in spec.checksums.items():
        path = spec.folder / name
        try:
            found = _sha256(path)
        except OSError as exc:
            raise ModelDamaged(f"{path} cannot be read: {exc.strerror}; {NEXT_STEP}") from exc
        if found != expected:
            raise ModelDamaged(f"{path} is not the file {SPEC_FILE} names: its SHA-256 differs; {NEXT_STEP}")


def _expanded(named: str) -> Path:
    """A folder as a person names it; `~nobody` stays as it is, and will be said not to be there."""
    try:
        return Path(named).expanduser()
    except RuntimeError:
        return Path(named)


def _shipped(name: str) -> Path:
    package = Path(__file__).resolve().parents[1]
    inside = package / "models" / name
    beside = package.parents[1] / "models" / name
    return beside if beside.is_dir() and not inside.is_dir() else inside


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(HASH_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


class _Table:
    """The keys of one model.toml, each taken once; what is left over at the end is unknown."""

    def __init__(self, path: Path, table: dict[str, object]) -> None:
        self._path = path
        self._rest = dict(table)

    def spec(self, folder: Path) -> ModelSpec:
        number = self._positive("format")
        if number != FORMAT:
            next_step = "update Whence" if number > FORMAT else NEXT_STEP
            raise self._damaged(f"has format {number}, this Whence reads format {FORMAT}", next_step)
        spec = ModelSpec(
            folder=folder,
            name=self._words("name"),
            version=self._words("version"),
            dimension=self._positive("dimension"),
            max_tokens=self._positive("max_tokens"),
            pooling=Pooling(self._one_of("pooling", [pooling.value for pooling in Pooling])),
            query_prefix=self._text("query_prefix"),
            passage_prefix=self._text("passage_prefix"),
            normalisation=self._one_of("normalisation", ["l2"]),
            matryoshka=self._sizes("matryoshka"),
            query_similarity=self._scale("query_similarity"),
            passage_similarity=self._scale("passage_similarity"),
            expected_cosine=self._numbers("expected_cosine"),
            licence=self._words("licence"),
            source=self._words("source"),
            quantisation=self._words("quantisation"),
            checksums=self._checksums("sha256"),
        )
        if self._rest:
            raise self._damaged(f"has an unknown key {min(self._rest)!r}")
        if any(size >= spec.dimension for size in spec.matryoshka):
            raise self._damaged(f"has a matryoshka size that is not below its dimension {spec.dimension}")
        if len(spec.expected_cosine) > spec.dimension + 1:
            raise self._damaged(f"has more weights in 'expected_cosine' than its dimension {spec.dimension} and one")
        return spec

    def _take(self, key: str) -> object:
        if key not in self._rest:
            raise self._damaged(f"has no key {key!r}")
        return self._rest.pop(key)

    def _text(self, key: str) -> str:
        value = self._take(key)
        if not isinstance(value, str):
            raise self._damaged(f"has a {key!r} that is not a string")
        return value

    def _words(self, key: str) -> str:
        value = self._text(key)
        if not value.strip():
            raise self._damaged(f"has an empty {key!r}")
        return value

    def _one_of(self, key: str, allowed: list[str]) -> str:
        value = self._text(key)
        if value not in allowed:
            raise self._damaged(f"has an unknown {key} {value!r}; known: {', '.join(allowed)}")
        return value

    def _positive(self, key: str) -> int:
        value = self._take(key)
        if not _is_positive(value):
            raise self._damaged(f"has a {key!r} that is not a number above 0")
        assert isinstance(value, int)
        return value

    def _sizes(self, key: str) -> tuple[int, ...]:
        value = self._take(key)
        if not isinstance(value, list) or not all(_is_positive(size) for size in value):
            raise self._damaged(f"has a {key!r} that is not a list of numbers above 0")
        return tuple(sorted(value))

    def _scale(self, key: str) -> SimilarityScale:
        value = self._take(key)
        if not isinstance(value, list) or len(value) != 2 or not all(map(_is_number, value)) or value[0] <= 0:
            raise self._damaged(f"has a {key!r} that is not a factor above 0 and a shift")
        return SimilarityScale(float(value[0]), float(value[1]))

    def _numbers(self, key: str) -> tuple[float, ...]:
        value = self._take(key)
        if not isinstance(value, list) or not all(map(_is_number, value)):
            raise self._damaged(f"has a {key!r} that is not a list of numbers")
        return tuple(map(float, value))

    def _checksums(self, key: str) -> dict[str, str]:
        value = self._take(key)
        if not isinstance(value, dict) or not all(isinstance(digest, str) for digest in value.values()):
            raise self._damaged(f"has a {key!r} that is not a table of file names and digests")
        for name in REQUIRED_FILES:
            if name not in value:
                raise self._damaged(f"has no {key} of {name}")
        for name in value:
            if Path(name).name != name or name in {".", ".."}:
                raise self._damaged(f"names a file outside its folder: {name!r}")
        return {name: digest.lower() for name, digest in sorted(value.items())}

    def _damaged(self, what: str, next_step: str = NEXT_STEP) -> ModelDamaged:
        return ModelDamaged(f"{self._path} {what}; {next_step}")


def _is_positive(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _one_line(exc: Exception) -> str:
    return " ".join(str(exc).split())[:200]
