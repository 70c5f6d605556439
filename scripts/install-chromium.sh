#!/usr/bin/env bash
# Usage: install-chromium.sh [DEST]   default: build/chromium
# Prints the path of a Chromium for the tests: WHENCE_CHROMIUM, the system's, installed with apt-get by root, or Debian's packages
# unpacked under DEST. Idempotent.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
dest=${1:-$here/../build/chromium}

starts() { "$1" --version >/dev/null 2>&1; }
find_chromium() {
    local name
    for name in "${WHENCE_CHROMIUM:-}" chromium chromium-browser google-chrome "$dest/chromium"; do
        if [ -n "$name" ] && program=$(command -v "$name") && starts "$program"; then
            echo "$program"
            return 0
        fi
    done
    return 1
}

if find_chromium; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "install-chromium: installing chromium with apt-get" >&2
    if apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium fonts-dejavu-core >/dev/null; then
        find_chromium && exit 0
    fi
fi
suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release 2>/dev/null || true)
echo "install-chromium: unpacking chromium of Debian ${suite:=trixie} into $dest" >&2
"$here/unpack-debian.sh" "$dest" "$suite" chromium fonts-dejavu-core
dest=$(cd "$dest" && pwd)
machine=$(uname -m)
libraries=$dest/root/usr/lib/$machine-linux-gnu
program=$dest/root/usr/lib/chromium
loader=$(find "$dest/root" -name "ld-linux-${machine/_/-}.so.*" -o -name "ld-linux-$machine.so.*" | head -1)
# Chromium looks for its files, and for the program of its child processes, where the running program lies: that is the loader.
cp -L "$loader" "$program/loader"
cat >"$dest/fonts.conf" <<XML
<?xml version="1.0"?>
<fontconfig><dir>$dest/root/usr/share/fonts</dir><cachedir>$dest/fonts-cache</cachedir></fontconfig>
XML
# Put in its place whole: several runs at once would find it "busy" while another writes it.
cat >"$dest/chromium.$$" <<SH
#!/bin/sh
export FONTCONFIG_FILE='$dest/fonts.conf'
exec '$program/loader' --library-path '$program:$libraries:$dest/root/lib/$machine-linux-gnu' '$program/chromium' --browser-subprocess-path='$dest/chromium' --no-zygote "\$@"
SH
chmod +x "$dest/chromium.$$"
mv -f "$dest/chromium.$$" "$dest/chromium"
find_chromium || {
    echo "install-chromium: the unpacked chromium does not start; install one (apt install chromium) or name it in WHENCE_CHROMIUM" >&2
    exit 1
}
