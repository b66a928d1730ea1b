#!/usr/bin/env bash
# Runs the tests of the live page in Chromium: tests/browser/run.sh BIN WORKING_FOLDER
#
# BIN holds the program `balancer`. Screenshots are left in the working folder.
# Exit status 77: skipped, for want of node, npm, Chromium or an answer from npm's registry; the reason is printed.
set -euo pipefail

readonly HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
readonly PAGE="$HERE/../../controlplane/dashboard/page"
readonly BIN="$1" WORK="$2"
readonly SKIPPED=77

skip() {
  printf 'skipped: tests of the live page: %s\n' "$*"
  exit "$SKIPPED"
}

command -v node >/dev/null || skip "node is not installed"
command -v npm >/dev/null || skip "npm is not installed"
CHROMIUM="$(command -v chromium)" || skip "chromium is not installed"
[[ $(node -p 'Number(process.versions.node.split(".")[0]) >= 18') == true ]] || skip "node $(node --version) is too old"

mkdir -p "$WORK/home"
cp "$HERE"/package.json "$HERE"/package-lock.json "$HERE"/*.mjs "$WORK/"
cd "$WORK"

# The browser and npm get nothing of this machine's environment.
clean() {
  env -i PATH="$PATH" HOME="$WORK/home" PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 \
    BALANCER_BIN="$BIN" CHROMIUM="$CHROMIUM" PAGE="$PAGE" SCREENSHOTS="$WORK" "$@"
}

if ! cmp -s package-lock.json node_modules/.installed-lock; then
  clean npm ci --ignore-scripts --no-audit --no-fund --fetch-timeout=20000 --fetch-retries=1 >npm.log 2>&1 ||
    skip "npm ci failed: $(grep -m1 'npm error' npm.log || tail -n 1 npm.log)"
  cp package-lock.json node_modules/.installed-lock
fi
clean node --test page.test.mjs live.test.mjs
