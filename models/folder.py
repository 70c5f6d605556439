"""Writes the model.toml of a model folder: the half of docs/model-format.md that server/whence/encoder reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

FILES = ("model.onnx", "tokenizer.json")


def write_model_toml(folder: Path, keys: Mapping[str, str | int | list[int] | list[float]]) -> None:
    """Write `keys` in their order, then the SHA-256 of each file of the folder that is needed to encode."""
    lines = ["# Written by a script in models/; the format is described in docs/model-format.md.", "format = 2"]
    # A JSON string, number or list of numbers is TOML as it stands.
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()]
    lines += ["", "[sha256]"]
    lines += [f'"{name}" = "{hashlib.sha256((folder / name).read_bytes()).hexdigest()}"' for name in FILES]
    (folder / "model.toml").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
