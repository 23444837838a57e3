#!/usr/bin/env bash
# Installs the packages of package-lock.json, and Node.js if needed. Needs npm and some Node.js, as distributions have them.
set -euo pipefail
cd "$(dirname "$0")"
../node.sh
# No install script of a package is run.
npm ci --ignore-scripts --no-audit --no-fund
