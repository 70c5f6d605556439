#!/usr/bin/env bash
# Usage: install-emacs.sh [DEST [SUITE]]   default: build/editors/emacs-trixie trixie
# An Emacs with eglot (29 or later) for the tests, from Debian's packages, nothing installed system-wide; run it as DEST/emacs. Idempotent.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
suite=${2:-trixie}
dest=${1:-$here/../build/editors/emacs-$suite}
"$here/unpack-debian.sh" "$dest" "$suite" emacs-nox
dest=$(cd "$dest" && pwd)
root=$dest/root
machine=$(uname -m)
loader=$(find "$root" -name "ld-linux-${machine/_/-}.so.*" -o -name "ld-linux-$machine.so.*" | head -1)
version=$(basename "$(find "$root/usr/share/emacs" -maxdepth 1 -name '[0-9]*' | head -1)")
# Emacs looks for its Lisp and its dump where it was configured to be; these variables say otherwise.
# Put in its place whole: several runs at once would find it "busy" while another writes it.
cat >"$dest/emacs.$$" <<SH
#!/bin/sh
R='$root'
EMACSLOADPATH="\$R/usr/share/emacs/$version/lisp\$(find "\$R/usr/share/emacs/$version/lisp" -type d -printf ':%p')"
export EMACSLOADPATH EMACSDATA="\$R/usr/share/emacs/$version/etc" EMACSPATH="\$(dirname "\$(find "\$R/usr/libexec" "\$R/usr/lib" -name '*.pdmp' 2>/dev/null | head -1)")"
exec '$loader' --library-path "\$R/usr/lib/$machine-linux-gnu:\$R/lib/$machine-linux-gnu" "\$R/usr/bin/emacs-nox" --dump-file="\$(find "\$R/usr/libexec" "\$R/usr/lib" -name '*.pdmp' 2>/dev/null | head -1)" "\$@"
SH
chmod +x "$dest/emacs.$$"
mv -f "$dest/emacs.$$" "$dest/emacs"
"$dest/emacs" --version | head -1
