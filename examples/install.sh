#!/usr/bin/env bash
# Installs the packages of the examples, for their tests (tests/examples.rs). Needs npm, and tests/browser/install.sh for the rest.
set -euo pipefail
cd "$(dirname "$0")"
for example in live-plan static-site; do
    # No install script of a package is run.
    (cd "$example" && npm ci --ignore-scripts --no-audit --no-fund)
done
