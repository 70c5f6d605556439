#!/usr/bin/env bash
# Usage: install-neovim.sh [DEST [SUITE]]   default: build/editors/neovim-trixie trixie
# A Neovim newer than the system's for the tests, from Debian's packages, nothing installed system-wide; run it as DEST/nvim.
# trixie has 0.10, sid the newest release and Telescope. Idempotent.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
suite=${2:-trixie}
dest=${1:-$here/../build/editors/neovim-$suite}
packages=(neovim)
if [ "$suite" = sid ]; then
    packages+=(neovim-telescope)
fi
"$here/unpack-debian.sh" "$dest" "$suite" "${packages[@]}"
dest=$(cd "$dest" && pwd)
machine=$(uname -m)
loader=$(find "$dest/root" -name "ld-linux-${machine/_/-}.so.*" -o -name "ld-linux-$machine.so.*" | head -1)
# The parsers that come with it (markdown for hover) lie where it does not look by itself.
# Only the loader is told where the libraries lie, not the environment: the language server that Neovim starts is unaffected.
# Put in its place whole: several runs at once would find it "busy" while another writes it.
cat >"$dest/nvim.$$" <<SH
#!/bin/sh
export VIMRUNTIME='$dest/root/usr/share/nvim/runtime'
exec '$loader' --library-path '$dest/root/usr/lib/$machine-linux-gnu:$dest/root/lib/$machine-linux-gnu' '$dest/root/usr/bin/nvim' --cmd 'set runtimepath+=$dest/root/usr/lib/nvim' "\$@"
SH
chmod +x "$dest/nvim.$$"
mv -f "$dest/nvim.$$" "$dest/nvim"
"$dest/nvim" --version | head -1
