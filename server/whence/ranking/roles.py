"""What part a file plays in its code base, told from its path and a chunk's kind. Reads nothing."""

from __future__ import annotations

import enum
import re
from functools import lru_cache

from whence.domain import Kind


class Role(str, enum.Enum):
    """The part a file plays; most files play none of these and are simply source."""

    TEST = "test"
    DOCS = "documentation"
    EXAMPLE = "example"
    BENCHMARK = "benchmark"
    VENDORED = "vendored"
    GENERATED = "generated"
    STUB = "declarations only"
    CONFIG = "configuration"


_FOLDERS = {
    Role.TEST: "test tests testing spec specs __tests__ __mocks__ mocks testdata fixtures e2e testutil testlib",
    Role.DOCS: "doc docs documentation docs_src website man changelogs",
    Role.EXAMPLE: "example examples sample samples demo demos tutorial tutorials playground cookbook",
    Role.BENCHMARK: "bench benches benchmark benchmarks perf",
    Role.VENDORED: "vendor vendors third_party thirdparty 3rdparty node_modules external deps extern bundled",
    Role.GENERATED: "generated __generated__ gen dist build",
}
_ROLE_OF_FOLDER = {folder: role for role, folders in _FOLDERS.items() for folder in folders.split()}

_ROLE_OF_NAME = (
    (
        Role.TEST,
        re.compile(r"^tests?_|^conftest\.|(?:_|-|\.)(?:tests?|spec|specs)(?:\.|_|$)|Tests?\.\w+$|Spec\.\w+$", re.ASCII),
    ),
    (Role.BENCHMARK, re.compile(r"^bench_|_bench(?:mark)?s?\.|Benchmarks?\.\w+$")),
    (
        Role.GENERATED,
        re.compile(
            r"\.(?:pb|g|generated|designer)\.\w+$|_pb2(?:_grpc)?\.py$|_generated\.\w+$|\.min\.\w+$", re.IGNORECASE
        ),
    ),
    (Role.STUB, re.compile(r"\.d\.[cm]?ts$|\.pyi$")),
    (Role.DOCS, re.compile(r"\.(?:md|mdx|rst|adoc|txt)$", re.IGNORECASE)),
    (
        Role.CONFIG,
        re.compile(
            r"\.(?:ya?ml|toml|ini|cfg|json|jsonc|hcl|tf|env|properties)$|^(?:Dockerfile|Makefile)\b", re.IGNORECASE
        ),
    ),
)


def roles_of(path: str, kind: Kind) -> frozenset[Role]:
    """The roles of a chunk by where it stands; empty for plain source."""
    roles = _roles_of_path(path)
    return roles | {Role.TEST} if kind is Kind.TEST else roles


@lru_cache(8_192)
def _roles_of_path(path: str) -> frozenset[Role]:
    *folders, name = path.split("/")
    roles = {_ROLE_OF_FOLDER[folder] for folder in map(str.lower, folders) if folder in _ROLE_OF_FOLDER}
    roles.update(role for role, pattern in _ROLE_OF_NAME if pattern.search(name))
    return frozenset(roles)
