#!/bin/sh
# Train the models that ship, in an environment of their own: models/train.sh WORK MINUTES [CORPORA]
# WORK keeps what is made on the way, so that a run that was stopped goes on; MINUTES is the budget of the transformer's
# training; CORPORA is a folder of <owner>+<name>/repo git directories, looked at before anything is cloned.
set -eu
work=${1:?folder for what is made on the way} minutes=${2:?minutes to train for} corpora=${3:-}
case $work in /*) ;; *) work=$PWD/$work ;; esac
cd "$(dirname "$0")/.."
. models/environment.sh
environment training
export PYTHONPATH=server:models
run() { echo "training: $*" >&2; "$env/bin/python" -m "$@"; }
share() { awk "BEGIN { print $minutes * $1 }"; }

mkdir -p "$work"
run training.corpus --work "$work" ${corpora:+--corpora "$corpora"}
[ -e "$work/pairs.jsonl" ] || run training.mine --work "$work" ${corpora:+--corpora "$corpora"}
[ -e "$work/triplets.jsonl" ] || run training.negatives --work "$work" --model models/whence-code --narrow models/whence-static
# First what code is called and does in other words, then that and the questions of developers together.
run training.train --work "$work" --run pairs --budget-minutes "$(share 0.4)" --learning-rate 6e-5 \
    --task pairs --task counterparts --task disguised
run training.train --work "$work" --run whole --budget-minutes "$(share 0.6)" --learning-rate 4e-5 \
    --from-weights "$work/runs/pairs/weights.pt"
run training.curves --work "$work" --run pairs --run whole --out "$work/curves.svg"
run training.static --work "$work" ${corpora:+--corpora "$corpora"} --weights "$work/runs/whole/weights.pt" --out "$work/bag.npz"
run training.static --work "$work" ${corpora:+--corpora "$corpora"} --weights "$work/runs/whole/weights.pt" --words 4000 \
    --out "$work/static.npz"
"$env/bin/python" models/make_code.py "$work/runs/whole/weights.pt" --bag "$work/bag.npz" --share 0.8 \
    --triplets "$work/triplets.jsonl"
"$env/bin/python" models/make_static.py "$work/static.npz" --triplets "$work/triplets.jsonl"
