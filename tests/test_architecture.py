"""Who may import whom, and what must not be loaded at start-up."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "server" / "whence"

FOUNDATION = {"domain", "errors", "arrays"}
MAY_IMPORT = {
    "domain": set[str](),
    "errors": set[str](),
    "arrays": set[str](),
    "chunking": FOUNDATION,
    "text": FOUNDATION,
    "ranking": FOUNDATION | {"text"},
    "evaluation": FOUNDATION | {"chunking", "ranking"},
    "encoder": FOUNDATION,
    "store": FOUNDATION,
    "files": FOUNDATION,
    "engine": FOUNDATION | {"chunking", "text", "ranking", "evaluation"},
    "cli": FOUNDATION | {"chunking", "text", "ranking", "evaluation", "engine"},
    "lsp": FOUNDATION | {"chunking", "text", "ranking", "engine"},
}
"""Layers by name; app.py and __main__.py compose everything and are free."""

OWNERS = {
    "onnxruntime": "encoder",
    "tokenizers": "encoder",
    "lancedb": "store",
    "pyarrow": "store",
    "filelock": "store",
    "sqlite3": "store",
    "tree_sitter": "chunking",
    "tree_sitter_language_pack": "chunking",
    "Stemmer": "text",
    "rich": "cli",
    "pygls": "lsp",
    "lsprotocol": "lsp",
    "cattrs": "lsp",
    "watchfiles": "files",
}
"""Libraries that one package alone may know. app.py looks at some of them for `doctor`, by name and version only."""

HEAVY = [
    "lancedb",
    "pyarrow",
    "onnxruntime",
    "tokenizers",
    "numpy",
    "tree_sitter",
    "tree_sitter_language_pack",
    "rich",
    "pygls",
]


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem in MAY_IMPORT)


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_modules(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            names |= (
                {f"{node.module}.{alias.name}" for alias in node.names} if node.module == "whence" else {node.module}
            )
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_imports_only_layers_below_it(path: Path) -> None:
    layer = layer_of(path)

    imported = {name.split(".")[1] for name in imported_modules(path) if name.startswith("whence.")}

    assert imported - {layer, "__version__"} <= MAY_IMPORT[layer]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_library_is_known_to_its_owner_only(path: Path) -> None:
    layer = layer_of(path)

    libraries = {name.split(".")[0] for name in imported_modules(path)}

    assert {library for library in libraries & set(OWNERS) if OWNERS[library] != layer} == set()


@pytest.mark.parametrize("statement", ["import whence.cli", "import whence.app"])
def test_start_up_loads_no_heavy_library(statement: str) -> None:
    script = f"import sys; {statement}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert loaded.split() == []
