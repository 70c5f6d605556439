#!/bin/sh
# Rebuild the model folders that are made from published weights alone.
set -eu
cd "$(dirname "$0")/.."
. models/environment.sh
environment models
"$env/bin/python" models/make_tiny.py
"$env/bin/python" models/make_minilm.py
