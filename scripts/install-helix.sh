#!/usr/bin/env bash
# Usage: install-helix.sh [DEST [SUITE]]   default: build/editors/helix-trixie trixie
# Helix for the tests, from Debian's packages, nothing installed system-wide; run it as DEST/hx. Idempotent.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
suite=${2:-trixie}
dest=${1:-$here/../build/editors/helix-$suite}
"$here/unpack-debian.sh" "$dest" "$suite" hx
dest=$(cd "$dest" && pwd)
machine=$(uname -m)
loader=$(find "$dest/root" -name "ld-linux-${machine/_/-}.so.*" -o -name "ld-linux-$machine.so.*" | head -1)
runtime=$(dirname "$(find "$dest/root/usr" -type d -name queries -path '*helix*' | head -1)")
program=$(find "$dest/root/usr" -type f \( -path '*/lib/hx/hx' -o -path '*/helix/hx' \) -perm -100 | head -1)
# Put in its place whole: several runs at once would find it "busy" while another writes it.
cat >"$dest/hx.$$" <<SH
#!/bin/sh
export HELIX_RUNTIME='$runtime'
exec '$loader' --library-path '$dest/root/usr/lib/$machine-linux-gnu:$dest/root/lib/$machine-linux-gnu' '$program' "\$@"
SH
chmod +x "$dest/hx.$$"
mv -f "$dest/hx.$$" "$dest/hx"
"$dest/hx" --version
