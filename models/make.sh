#!/bin/sh
# Rebuild the model folders in an environment of their own, build/models-env: PyTorch is needed here and nowhere else.
set -eu
cd "$(dirname "$0")/.."
env=build/models-env
if [ ! -e "$env/made" ]; then
    "${PYTHON:-python3}" -m venv "$env"
    "$env/bin/python" -m pip install -q --require-hashes -r requirements/models.txt
    touch "$env/made"
fi
export HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1
"$env/bin/python" models/make_tiny.py
"$env/bin/python" models/make_minilm.py
