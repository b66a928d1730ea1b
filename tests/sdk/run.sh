#!/usr/bin/env bash
# Runs the tests with the real SDKs against the programs in a folder: tests/sdk/run.sh BIN WORKING_FOLDER
#
# Exit status 77: skipped, for want of node, npm or an answer from its registry; the reason is printed.
set -euo pipefail

readonly HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
readonly BIN="$1" WORK="$2"
readonly SKIPPED=77

skip() {
  printf 'skipped: tests with the real SDKs: %s\n' "$*"
  exit "$SKIPPED"
}

command -v node >/dev/null || skip "node is not installed"
command -v npm >/dev/null || skip "npm is not installed"
[[ $(node -p 'Number(process.versions.node.split(".")[0]) >= 18') == true ]] || skip "node $(node --version) is too old"

mkdir -p "$WORK/home"
cp "$HERE"/package.json "$HERE"/package-lock.json "$HERE"/*.mjs "$WORK/"
cd "$WORK"

# Client programs get nothing of this machine's environment.
clean() { env -i PATH="$PATH" HOME="$WORK/home" BALANCER_BIN="$BIN" "$@"; }

if ! cmp -s package-lock.json node_modules/.installed-lock; then
  clean npm ci --ignore-scripts --no-audit --no-fund --fetch-timeout=20000 --fetch-retries=1 >npm.log 2>&1 ||
    skip "npm ci failed: $(grep -m1 'npm error' npm.log || tail -n 1 npm.log)"
  cp package-lock.json node_modules/.installed-lock
fi
clean node --test messages.test.mjs
