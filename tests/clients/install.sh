#!/usr/bin/env bash
# Installs what the tests of this folder run: the packages of package-lock.json, and Node.js where that is older than they
# need. Needs npm and some Node.js, as distributions have them.
set -euo pipefail
cd "$(dirname "$0")"

# The oldest Node.js that the packages run on, and the one that is taken where there is an older one: npm has it as a package.
oldest=20
packaged=22.23.3

if ! node -e "process.exit(Number(process.versions.node.split('.')[0]) < $oldest ? 1 : 0)"; then
    case "$(uname -m)" in
        x86_64) machine=x64 ;;
        aarch64 | arm64) machine=arm64 ;;
        *) echo "install Node.js $oldest or newer" >&2; exit 1 ;;
    esac
    # In a folder of its own: what stands in the lock file is for all machines.
    mkdir -p .node
    npm install --prefix .node --no-save --no-package-lock --no-audit --no-fund "node-linux-$machine@$packaged"
    ln -sfn "node_modules/node-linux-$machine/bin/node" .node/node
fi

# Nothing of what is installed runs a script of its own.
npm ci --ignore-scripts --no-audit --no-fund
