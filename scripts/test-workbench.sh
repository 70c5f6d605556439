#!/usr/bin/env bash
# Usage: test-workbench.sh [--pictures] [NAME...]
# Gets what is needed and tells the stories of client/e2e in a real workbench: all, or those in files named like NAME. On a system
# where a workbench cannot be had it says so and ends well, unless WHENCE_WORKBENCH=required.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
    printf '\n*** THE EXTENSION WAS NOT TESTED IN A REAL WORKBENCH: %s ***\n\n' "$*" >&2
    [ "${WHENCE_WORKBENCH:-}" != required ]
    exit
}

[ "$(uname -s)" = Linux ] || skip "the stories look at processes as Linux shows them"
scripts/install-code-server.sh || skip "code-server could not be installed"
WHENCE_CHROMIUM=$(scripts/install-chromium.sh) || skip "no Chromium could be had"
export WHENCE_CHROMIUM
exec node client/e2e/run.mjs "$@"
