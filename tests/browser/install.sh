#!/usr/bin/env bash
# Installs what the journeys in a browser need: Chromium (Debian's package), the packages of package-lock.json, and Node.js.
# Needs npm. PASSERELLE_CHROMIUM names a Chromium or Chrome that is installed elsewhere.
set -euo pipefail
cd "$(dirname "$0")"
[[ -x ${PASSERELLE_CHROMIUM:-/usr/bin/chromium} ]] || { apt-get update && apt-get install -y --no-install-recommends chromium; }
../node.sh
# No install script of a package is run: playwright-core would download a browser.
npm ci --ignore-scripts --no-audit --no-fund
