#!/usr/bin/env bash
# Installs Node.js in tests/.node if the one in PATH is older than the packages of tests and examples need. Needs npm.
set -euo pipefail
cd "$(dirname "$0")"

# The oldest version that all packages accept, and the one that is installed instead of an older one: npm has it as a package.
oldest_major=22
oldest_minor=22
packaged=22.23.3

if node -e "
    const [major, minor] = process.versions.node.split('.').map(Number);
    process.exit(major > $oldest_major || (major === $oldest_major && minor >= $oldest_minor) ? 0 : 1);
"; then
    exit 0
fi
case "$(uname -m)" in
    x86_64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) echo "install Node.js $oldest_major.$oldest_minor or newer" >&2; exit 1 ;;
esac
# Not in a package.json: a lock file is for all machines.
mkdir -p .node
[[ -x .node/node && $(.node/node --version) = "v$packaged" ]] && exit 0
npm install --prefix .node --no-save --no-package-lock --no-audit --no-fund "node-linux-$machine@$packaged"
ln -sfn "node_modules/node-linux-$machine/bin/node" .node/node
