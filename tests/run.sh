#!/usr/bin/env bash
# Builds and runs every test. From a fresh clone on Debian 12, as root or with sudo:
#
#   tests/run.sh                   what users run (release), every test but those labelled "long"
#   tests/run.sh --long            those too; also with --asan or --tsan
#   tests/run.sh --asan | --tsan   under sanitizers: unit, conformance and integration tests
#   tests/run.sh --fuzz [RUNS]     the libFuzzer targets, RUNS each (default: a million), under ASan and UBSan
#   tests/run.sh [...] -- -R name  anything after -- goes to ctest
#
# Installs what is missing. Ends with ctest's own summary and ctest's exit code.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=release
long=no
fuzz_runs=""
ctest_arguments=()
while [[ $# -gt 0 ]]; do
  case "$1" in
    --asan) preset=asan ;;
    --tsan) preset=tsan ;;
    --long) long=yes ;;
    --fuzz)
      preset=fuzz
      fuzz_runs=1000000
      if [[ ${2:-} =~ ^[0-9]+$ ]]; then
        fuzz_runs="$2"
        shift
      fi
      ;;
    --) shift; ctest_arguments=("$@"); break ;;
    -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) printf 'unknown option: %s (see --help)\n' "$1" >&2; exit 2 ;;
  esac
  shift
done

deploy/install_dependencies.sh build test
# The live page is tested in a browser, which a script drives that comes from npm.
if command -v npm >/dev/null; then
  deploy/install_dependencies.sh browser
fi
[[ -z $fuzz_runs ]] || deploy/install_dependencies.sh fuzz

# Where install_dependencies.sh puts Boost when it may not install it; harmless when it is not there.
export CMAKE_PREFIX_PATH="$PWD/build/boost-1.81/usr${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH}"
cmake --preset "$preset"
if [[ -n $fuzz_runs ]]; then
  cmake --build --preset fuzz --target fuzz_targets -- -j"$(nproc)"
else
  cmake --build --preset "$preset" -- -j"$(nproc)"
fi

# Every target runs to its end; what a target finds stays in its folder. An input may take a second and 256 MiB at once; the
# bound on the whole process is wider by what the sanitizers keep for themselves.
run_fuzz_targets() {
  local target work failed=0
  local limits=(-max_len=4096 -timeout=1 -malloc_limit_mb=256 -rss_limit_mb=512)
  export ASAN_OPTIONS="quarantine_size_mb=16${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
  for target in tests/fuzz/corpus/*/; do
    target="$(basename "$target")"
    work="build/fuzz/found/$target"
    mkdir -p "$work"
    if "build/fuzz/bin/fuzz_$target" -runs="$fuzz_runs" "${limits[@]}" \
      -artifact_prefix="$work/" -print_final_stats=1 "$work" "tests/fuzz/corpus/$target" >"$work.log" 2>&1; then
      printf 'fuzz %-20s %s\n' "$target" "$(grep -m1 '^Done' "$work.log")"
    else
      printf 'fuzz %-20s FAILED, see %s.log and %s\n' "$target" "$work" "$work"
      failed=1
    fi
  done
  return "$failed"
}

if [[ -n $fuzz_runs ]]; then
  run_fuzz_targets
  exit
fi

selection=()
if [[ $preset != release ]]; then
  selection+=(-L '^(unit|conformance|integration)$')
  echo "skipped: everything but unit, conformance and integration tests (timings mean nothing under $preset)"
fi
if [[ $long == no ]]; then
  selection+=(-LE '^long$')
  echo "skipped: tests labelled long (run them with --long)"
fi

if ! command -v npm >/dev/null; then
  echo "skipped: tests with the real SDKs, and of the live page in a browser (npm is not installed)"
fi

runner=()
if [[ $preset == tsan ]] && setarch "$(uname -m)" -R true 2>/dev/null; then
  # GCC 12's TSan cannot map its shadow memory under the address randomisation of newer kernels.
  runner=(setarch "$(uname -m)" -R)
fi
exec "${runner[@]}" ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --parallel 2 \
  "${selection[@]}" "${ctest_arguments[@]}"
