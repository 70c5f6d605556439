#!/bin/sh
# Write the locked requirements anew: exact versions with hashes, for every supported Python and system.
set -eu
cd "$(dirname "$0")/.."
lock() { uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --no-annotate "$@"; }
lock pyproject.toml -o requirements/runtime.txt
lock pyproject.toml --group dev -o requirements/dev.txt
lock requirements/build.in -o requirements/build.txt
lock requirements/node.in -o requirements/node.txt
lock pyproject.toml --group models -o requirements/models.txt  # make model
lock pyproject.toml --group training -o requirements/training.txt  # make train
