#!/usr/bin/env bash
# Builds and runs every test. From a fresh clone on Debian 12, as root or with sudo:
#
#   tests/run.sh                   what users run (release), every test but those labelled "long"
#   tests/run.sh --long            those too
#   tests/run.sh --asan | --tsan   under sanitizers: unit, conformance and integration tests
#   tests/run.sh [...] -- -R name  anything after -- goes to ctest
#
# Installs what is missing. Ends with ctest's own summary and ctest's exit code.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=release
long=no
ctest_arguments=()
while [[ $# -gt 0 ]]; do
  case "$1" in
    --asan) preset=asan ;;
    --tsan) preset=tsan ;;
    --long) long=yes ;;
    --) shift; ctest_arguments=("$@"); break ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) printf 'unknown option: %s (see --help)\n' "$1" >&2; exit 2 ;;
  esac
  shift
done

deploy/install_dependencies.sh build test

# Where install_dependencies.sh puts Boost when it may not install it; harmless when it is not there.
export CMAKE_PREFIX_PATH="$PWD/build/boost-1.81/usr${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH}"
cmake --preset "$preset"
cmake --build --preset "$preset" -- -j"$(nproc)"

selection=()
if [[ $preset != release ]]; then
  selection+=(-L '^(unit|conformance|integration)$')
  echo "skipped: everything but unit, conformance and integration tests (timings mean nothing under $preset)"
fi
if [[ $long == no ]]; then
  selection+=(-LE '^long$')
  echo "skipped: tests labelled long (run them with --long)"
fi

runner=()
if [[ $preset == tsan ]] && setarch "$(uname -m)" -R true 2>/dev/null; then
  # GCC 12's TSan cannot map its shadow memory under the address randomisation of newer kernels.
  runner=(setarch "$(uname -m)" -R)
fi
exec "${runner[@]}" ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --parallel 2 \
  "${selection[@]}" "${ctest_arguments[@]}"
