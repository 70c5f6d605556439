"""Registry entries of the languages most code is written in. How to add one is told in registry.py."""

from __future__ import annotations

from whence.chunking.language import Language

CORE_LANGUAGES: tuple[Language, ...] = (
    Language(
        name="python",
        extensions=(".py", ".pyi", ".pyw", ".bzl", ".star"),
        filenames=("SConstruct", "SConscript", "wscript", "BUILD.bazel", "WORKSPACE.bazel"),
        interpreters=("python", "pypy", "pythonw"),
        grammar="python",
        query="python",
    ),
    Language(
        name="javascript",
        extensions=(".js", ".mjs", ".cjs", ".es6"),
        filenames=("Jakefile",),
        interpreters=("node", "nodejs", "bun"),
        grammar="javascript",
        query="ecmascript+javascript",
    ),
    Language(name="jsx", extensions=(".jsx",), grammar="javascript", query="ecmascript+javascript"),
    Language(
        name="typescript",
        extensions=(".ts", ".mts", ".cts"),
        interpreters=("ts-node", "tsx", "deno"),
        grammar="typescript",
        query="ecmascript+typescript",
    ),
    Language(name="tsx", extensions=(".tsx",), grammar="tsx", query="ecmascript+typescript"),
    Language(name="go", extensions=(".go",), grammar="go", query="go"),
    Language(name="rust", extensions=(".rs",), interpreters=("rust-script",), grammar="rust", query="rust"),
    Language(name="java", extensions=(".java",), grammar="java", query="java"),
    Language(name="c", extensions=(".c", ".h"), interpreters=("tcc",), grammar="c", query="c"),
    Language(
        name="cpp",
        extensions=(
            ".cpp",
            ".cc",
            ".cxx",
            ".c++",
            ".hpp",
            ".hh",
            ".hxx",
            ".h++",
            ".h",
            ".ipp",
            ".tpp",
            ".inl",
            ".cu",
            ".cuh",
        ),
        grammar="cpp",
        query="cpp+c",
        telltale=r"^\s*(?:class\s+\w|namespace\b|template\s*<|using\s+\w|(?:public|private|protected)\s*:)"
        r"|\bstd::|\b\w+::\w+|#\s*include\s*<\w+>|\b(?:constexpr|noexcept|nullptr|virtual|typename)\b",
    ),
)
