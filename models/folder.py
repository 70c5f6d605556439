"""Writes a model folder, and its model.toml: the half of docs/model-format.md that server/whence/encoder reads."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from tokenizers import Tokenizer

FILES = ("model.onnx", "tokenizer.json")

Keys = Mapping[str, "str | int | list[int] | list[float]"]
"""Of model.toml, in their order."""


def write_folder(folder: Path, graph: Path, tokenizer: Tokenizer, keys: Keys, max_bytes: int) -> None:
    """Write model.onnx, tokenizer.json and model.toml; end the program when the first two exceed `max_bytes`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(graph.read_bytes())
    whole = Tokenizer.from_str(tokenizer.to_str())
    whole.no_truncation()  # the reader cuts at max_tokens of model.toml
    whole.save(str(folder / "tokenizer.json"), pretty=False)
    write_model_toml(folder, keys)
    n_bytes = sum((folder / name).stat().st_size for name in FILES)
    if n_bytes > max_bytes:
        sys.exit(f"{folder} has {n_bytes:,} bytes, more than {max_bytes:,}")


def write_card(folder: Path, template: Path, figures: Mapping[str, str]) -> None:
    """Write CARD.md: the template with each figure in the place of its name in braces."""
    text = template.read_text(encoding="utf-8")
    for name, value in figures.items():
        text = text.replace("{" + name + "}", value)
    (folder / "CARD.md").write_text(text, encoding="utf-8", newline="\n")


def write_model_toml(folder: Path, keys: Keys) -> None:
    """Write `keys` in their order, then the SHA-256 of each file of the folder that is needed to encode."""
    lines = ["# Written by a script in models/; the format is described in docs/model-format.md.", "format = 3"]
    # A JSON string, number or list of numbers is TOML as it stands.
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()]
    lines += ["", "[sha256]"]
    lines += [f'"{name}" = "{hashlib.sha256((folder / name).read_bytes()).hexdigest()}"' for name in FILES]
    (folder / "model.toml").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
