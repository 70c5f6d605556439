#!/usr/bin/env bash
# Usage: unpack-debian.sh DEST SUITE PACKAGE...
# Unpacks packages of a Debian suite, with all the libraries they need, under DEST/root. Nothing is installed: dpkg never runs on this
# system, no root is needed, and the programs run with the suite's own ld.so. Does nothing where it was done before.
set -euo pipefail

if [ $# -lt 3 ]; then
    echo "Usage: ${0##*/} DEST SUITE PACKAGE..." >&2
    exit 2
fi
dest=$1 suite=$2
shift 2
done_mark="$dest/unpacked-$suite-$(printf '%s-' "$@")"
if [ -f "$done_mark" ]; then
    exit 0
fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "${0##*/}: this system has no apt-get; install $* by its own means and put it on the PATH" >&2
    exit 1
fi
mkdir -p "$dest"
dest=$(cd "$dest" && pwd)
mkdir -p "$dest"/apt/{lists/partial,sources.d,cache/archives/partial} "$dest/root"

# The mirror this system already uses, with the keys it already trusts.
if [ -f /etc/apt/sources.list.d/debian.sources ]; then
    sed -n '1,/^$/p' /etc/apt/sources.list.d/debian.sources | sed "s/^Suites:.*/Suites: $suite/" >"$dest/apt/sources.d/suite.sources"
elif line=$(grep -m1 -E '^deb .*debian/? ' /etc/apt/sources.list 2>/dev/null); then
    sed -E "s#^(deb (\[[^]]*\] )?[^ ]+) [^ ]+.*#\1 $suite main#" <<<"$line" >"$dest/apt/sources.d/suite.list"
else
    echo "${0##*/}: no Debian mirror in this system's apt sources; install $* by its own means and put it on the PATH" >&2
    exit 1
fi

: >"$dest/apt/status" # an empty record: the whole closure is computed for the suite, not for this system
options=(
    -o Dir::Bin::dpkg=/bin/false # apt cannot install anything, whatever it is told
    -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$dest/apt/sources.d" -o Dir::Etc::preferencesparts=/dev/null
    -o "Dir::State=$dest/apt" -o "Dir::State::lists=$dest/apt/lists" -o "Dir::State::status=$dest/apt/status"
    -o "Dir::Cache=$dest/apt/cache" -o "Dir::Log=$dest/apt" -o APT::Get::List-Cleanup=true -o Debug::NoLocking=true
)
if [ "$(id -u)" = 0 ]; then
    options+=(-o APT::Sandbox::User=root)
fi
{
    apt-get "${options[@]}" update -q
    apt-get "${options[@]}" install -q -y --no-install-recommends --download-only "$@"
} >"$dest/apt/log" 2>&1 || {
    echo "${0##*/}: $* could not be had from Debian $suite; see $dest/apt/log" >&2
    exit 1
}
for package in "$dest"/apt/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$dest/root"
done
rm -rf "$dest/apt/cache" "$dest/apt/lists"
: >"$done_mark"
