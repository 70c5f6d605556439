#!/bin/sh
# Make .venv in the repository with the locked dependencies and `whence` itself, from the ordinary package registry.
# Usage: scripts/setup.sh runtime|dev      (make calls it; running it again does nothing but what is missing)
set -eu
cd "$(dirname "$0")/.."
requirements="requirements/${1:?runtime or dev}.txt"
python="${PYTHON:-}"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }
is_fit() { "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; }
can_make_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

find_python() {
    for name in python3 python3.13 python3.12 python3.14 python3.11 python3.10 python; do
        if command -v "$name" >/dev/null 2>&1 && is_fit "$name"; then
            python=$(command -v "$name")
            can_make_venv "$python" && return 0
        fi
    done
    [ -n "$python" ]
}

install_with_apt() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    say "installing python3 and python3-venv with apt-get"
    apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -q -y python3 python3-venv >/dev/null
}

make_venv() {
    if [ -z "$python" ]; then
        find_python || install_with_apt || true
        find_python || fail "no Python 3.10 to 3.14 found; install one (apt install python3 python3-venv, brew install python) or name it: make PYTHON=/path/to/python3 ..."
    fi
    is_fit "$python" || fail "$python is not Python 3.10 to 3.14; name another with make PYTHON=/path/to/python3 ..."
    say "making .venv with $("$python" --version)"
    if can_make_venv "$python"; then "$python" -m venv .venv
    elif command -v uv >/dev/null 2>&1; then uv venv -q --seed --python "$python" .venv
    elif command -v virtualenv >/dev/null 2>&1; then virtualenv -q -p "$python" .venv
    elif install_with_apt && can_make_venv "$python"; then "$python" -m venv .venv
    else fail "$python has no venv module; install it (apt install python3-venv) and run this again"
    fi
}

if [ ! -x .venv/bin/python ] || ! is_fit .venv/bin/python; then rm -rf .venv; make_venv; fi
if command -v uv >/dev/null 2>&1; then
    install() { uv pip install -q --python .venv/bin/python --compile-bytecode "$@"; }
else
    install() { .venv/bin/python -m pip install -q --disable-pip-version-check --no-input "$@"; }
fi
say "installing $requirements"
install --require-hashes -r "$requirements"
install --require-hashes -r requirements/build.txt
install --no-deps --no-build-isolation -e .
