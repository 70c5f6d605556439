"""Registry entries of markup, styles, prose, notebooks and configuration. How to add one is told in registry.py."""

from __future__ import annotations

from whence.chunking.language import Language

TEXT_LANGUAGES: tuple[Language, ...] = (
    Language(
        name="markdown",
        extensions=(".md", ".markdown", ".mdown", ".mkd", ".mdx", ".mdc", ".qmd", ".rmd"),
        outliner="prose:outline_markdown",
    ),
    Language(name="rst", extensions=(".rst", ".rest"), outliner="prose:outline_rst"),
    Language(name="asciidoc", extensions=(".adoc", ".asciidoc", ".asc"), outliner="prose:outline_asciidoc"),
    Language(name="org", extensions=(".org",), outliner="prose:outline_org"),
    Language(
        name="yaml",
        extensions=(".yaml", ".yml", ".clang-format"),
        filenames=(".clang-tidy", ".yamllint", "CITATION.cff", ".prettierrc"),
        outliner="config:outline_yaml",
    ),
    Language(
        name="toml",
        extensions=(".toml",),
        filenames=("Cargo.lock", "poetry.lock", "uv.lock", "Pipfile", "Gopkg.lock"),
        outliner="config:outline_toml",
    ),
    Language(
        name="ini",
        extensions=(
            ".ini",
            ".cfg",
            ".conf",
            ".properties",
            ".service",
            ".desktop",
            ".timer",
            ".socket",
            ".reg",
            ".prefs",
        ),
        filenames=(".editorconfig", ".gitconfig", ".gitmodules", ".npmrc", ".pylintrc", ".flake8", ".coveragerc"),
        outliner="config:outline_ini",
    ),
    Language(
        name="json",
        extensions=(".json", ".jsonc", ".json5", ".jsonl", ".ndjson", ".geojson", ".webmanifest", ".code-workspace"),
        filenames=(".babelrc", ".eslintrc", ".jshintrc", ".swcrc", "composer.lock", "Pipfile.lock", "flake.lock"),
        outliner="json_keys:outline_json",
    ),
    Language(
        name="jupyter",
        extensions=(".ipynb",),
        outliner="notebook:outline_notebook",
        plain="notebook:plain_cell",
    ),
    Language(name="css", extensions=(".css", ".pcss", ".postcss"), outliner="styles:outline_styles"),
    Language(name="scss", extensions=(".scss",), outliner="styles:outline_styles"),
    Language(name="less", extensions=(".less",), outliner="styles:outline_styles"),
    Language(
        name="html",
        extensions=(".html", ".htm", ".xhtml", ".jinja", ".jinja2", ".j2", ".njk", ".hbs", ".mustache", ".ejs"),
        outliner="markup:outline_html",
    ),
    Language(name="vue", extensions=(".vue",), outliner="markup:outline_component", file_kind="module"),
    Language(name="svelte", extensions=(".svelte",), outliner="markup:outline_component", file_kind="module"),
    Language(
        name="xml",
        extensions=(
            ".xml",
            ".xsd",
            ".xsl",
            ".xslt",
            ".csproj",
            ".fsproj",
            ".vbproj",
            ".vcxproj",
            ".props",
            ".targets",
            ".nuspec",
            ".config",
            ".plist",
            ".xaml",
            ".axaml",
            ".resx",
            ".wsdl",
            ".svg",
            ".rss",
            ".atom",
        ),
        outliner="markup:outline_xml",
    ),
    Language(
        name="dockerfile",
        extensions=(".dockerfile", ".containerfile"),
        filenames=("Dockerfile", "Containerfile", "Dockerfile.*", "Containerfile.*"),
        outliner="builds:outline_dockerfile",
    ),
    Language(
        name="makefile",
        extensions=(".mk", ".mak", ".make"),
        filenames=("Makefile", "GNUmakefile", "BSDmakefile", "Makefile.*"),
        outliner="builds:outline_makefile",
    ),
    Language(
        name="cmake", extensions=(".cmake", ".cmake.in"), filenames=("CMakeLists.txt",), grammar="cmake", query="cmake"
    ),
    Language(
        name="hcl",
        extensions=(".tf", ".tfvars", ".hcl", ".nomad", ".tofu"),
        grammar="hcl",
        query="hcl",
    ),
    Language(name="proto", extensions=(".proto",), grammar="proto", query="proto"),
    Language(name="graphql", extensions=(".graphql", ".graphqls", ".gql"), grammar="graphql", query="graphql"),
)
