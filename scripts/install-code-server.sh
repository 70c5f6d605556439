#!/usr/bin/env bash
# Usage: install-code-server.sh [DEST]   default: build/code-server
# VS Code's workbench as the npm package code-server, for the tests; nothing is fetched but npm packages. Needs Node 20 in front on the
# PATH, make, a C++ compiler and python3. Does nothing where it was done before with the same versions.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
dest=${1:-$here/../build/code-server}
version=4.100.3 # VS Code 1.100.3, the newest whose Node is one that a wheel brings
stamp="code-server $version, node $(node --version), $(uname -m)"

say() { echo "install-code-server: $*" >&2; }

if [ "$(cat "$dest/installed" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi
if ! command -v make >/dev/null || ! command -v c++ >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing make, g++ and python3 with apt-get"
        apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -q -y make g++ python3 >/dev/null
    else
        say "needs make and a C++ compiler (apt install make g++)"
        exit 1
    fi
fi
say "installing code-server $version into $dest (a minute)"
rm -rf "$dest"
mkdir -p "$dest"
dest=$(cd "$dest" && pwd)
cd "$dest"
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
export npm_config_yes=true # node-pty's set-up calls `npx node-gyp`, which would stop to ask
prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
if [ -f "$prefix/include/node/node.h" ]; then
    export npm_config_nodedir=$prefix # node-gyp would fetch the headers from outside the registry
fi
{
    tar xzf "$(npm pack "code-server@$version" 2>/dev/null | tail -1)" --strip-components=1
    rm -f ./*.tgz
    npm ci --omit=dev --ignore-scripts
    # Not `npm ci`: its shrinkwrap lacks a package.
    (cd lib/vscode && npm install --omit=dev --ignore-scripts)
    # What the server loads on Linux is built; the rest of the native modules is for other systems or is never asked for.
    npm rebuild --foreground-scripts argon2
    (
        cd lib/vscode
        npm rebuild --foreground-scripts native-watchdog @vscode/spdlog node-pty
        ln -sfn node_modules node_modules.asar
        ln -sf code-linux.sh bin/remote-cli/code-server
        ln -sf browser-linux.sh bin/helpers/browser.sh
    )
} >install.log 2>&1 || {
    say "failed; the end of $dest/install.log:"
    tail -5 install.log >&2
    exit 1
}
echo "$stamp" >installed
