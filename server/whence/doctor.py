"""Look at everything an installation needs, for `whence doctor`. Part of the composition root: may know all adapters.

Each check is made by trying: a library is sound when it loads, the model when its checksums hold, the folder when it
can be written. A check never raises; what goes wrong becomes its line.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from whence.cli.services import Check

PYTHONS = ((3, 10), (3, 14))
MIN_FREE_BYTES = 500_000_000
"""An index of a large code base takes some hundred megabytes."""


def check_all(home: Path, model_dir: Path, first_model_dir: Path | None) -> Sequence[Check]:
    """Every check, in the order in which a failure of one would explain the next."""
    checks: list[tuple[str, Callable[[], Check], str]] = [
        ("python", _check_python, ""),
        ("processor", _check_processor, ""),
        ("onnxruntime", lambda: _check_library("onnxruntime"), _REINSTALL),
        ("lancedb", lambda: _check_library("lancedb"), _REINSTALL),
        ("parsers", _check_parsers, _REINSTALL),
        ("model", lambda: _check_model("model", model_dir), ""),
        ("first model", lambda: _check_first_model(first_model_dir), ""),
        (
            "folder",
            lambda: _check_folder(home),
            f"make {home} a folder that can be written, or name one in WHENCE_HOME",
        ),
        ("git", _check_git, "reinstall git, or take it off the PATH: ignore rules are read without it, too"),
    ]
    return [_guarded(name, check, advice) for name, check, advice in checks]


_REINSTALL = "reinstall Whence for this Python"


def _guarded(name: str, check: Callable[[], Check], advice: str) -> Check:
    """Make a check; `advice` is for one that fails by raising, unless the error itself says what to do."""
    try:
        return check()
    except Exception as exc:  # noqa: BLE001 - the doctor's whole work is to report whatever is wrong
        return Check(name, is_ok=False, detail=" ".join(str(exc).split()) or type(exc).__name__, advice=advice)


def _check_python() -> Check:
    lowest, highest = PYTHONS
    is_ok = lowest <= sys.version_info[:2] <= highest
    advice = f"install Python {lowest[0]}.{lowest[1]} to {highest[0]}.{highest[1]}"
    return Check("python", is_ok, f"{platform.python_version()} on {platform.platform()}", advice)


def _check_processor() -> Check:
    from whence.store.platform import missing_processor_features

    missing = missing_processor_features()
    detail = f"{platform.machine()}, without {', '.join(missing)}" if missing else platform.machine()
    return Check("processor", not missing, detail, "the table library needs a processor of 2013 or later")


def _check_library(name: str) -> Check:
    import_module(name)
    return Check(name, is_ok=True, detail=version(name))


def _check_parsers() -> Check:
    from whence.chunking.registry import LANGUAGES, missing_grammars

    missing = missing_grammars()
    detail = f"{len(LANGUAGES) - len(missing)} languages"
    if missing:
        detail += f"; by lines only: {', '.join(missing)}"
    return Check("parsers", not missing, detail, "reinstall tree-sitter-language-pack for this platform")


def _check_first_model(model_dir: Path | None) -> Check:
    name = "first model"
    return Check(name, is_ok=True, detail="none") if model_dir is None else _check_model(name, model_dir)


def _check_model(name: str, model_dir: Path) -> Check:
    from whence.encoder.model_folder import read_model_folder, verify_checksums

    spec = read_model_folder(model_dir)
    verify_checksums(spec)
    return Check(name, is_ok=True, detail=f"{spec.name} {spec.version}, {spec.dimension} dimensions, {model_dir}")


def _check_folder(home: Path) -> Check:
    home.mkdir(parents=True, exist_ok=True)
    probe = home / ".doctor"
    probe.write_bytes(b"ok")
    probe.unlink()
    free = shutil.disk_usage(home).free
    return Check(
        "folder",
        free >= MIN_FREE_BYTES,
        f"{home}, {free / 1e9:.1f} GB free",
        "free some space, or set WHENCE_HOME to a folder on another disk",
    )


def _check_git() -> Check:
    found = shutil.which("git")
    if not found:
        return Check("git", is_ok=True, detail="not found; ignore rules are read without it")
    done = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=10, check=True)
    return Check("git", is_ok=True, detail=done.stdout.strip().removeprefix("git version "))
