#!/usr/bin/env bash
# Installs what Debian 12 lacks to build, test or run the balancer, and nothing that is already there.
#
#   deploy/install_dependencies.sh build|test|browser|fuzz|runtime...   (several may be named; all but `runtime` need `build` too)
#
# Needs root or sudo only when something is missing. Prints what it installs; silent when nothing is missing.
set -euo pipefail

readonly ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

readonly BUILD_PACKAGES=(
  g++ cmake ninja-build ccache pkg-config git ca-certificates mold
  libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc
  libssl-dev libsimdjson-dev nlohmann-json3-dev libyaml-cpp-dev prometheus-cpp-dev
  libfmt-dev libcli11-dev libre2-dev libabsl-dev libnghttp2-dev libmimalloc-dev zlib1g-dev
  libgtest-dev libgmock-dev python3
)
readonly TEST_PACKAGES=(libbenchmark-dev nginx-light wrk curl openssl prometheus fish zsh)
readonly BROWSER_PACKAGES=(chromium)
readonly FUZZ_PACKAGES=(clang libclang-rt-14-dev)
readonly RUNTIME_PACKAGES=(
  ca-certificates curl libgrpc++1.51 libprotobuf32 libssl3 libsimdjson14 libyaml-cpp0.7
  libfmt9 libre2-9 libprometheus-cpp-core1.0 libabsl20220623 libnghttp2-14 libmimalloc2.0 zlib1g
)

say() { printf '%s\n' "$*" >&2; }

is_installed() { [[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "error: installing packages needs root or sudo; as root, run: $*"
    return 1
  fi
}

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@"; }

# Package lists may be absent (a fresh container) or stale (a 404 on download): fetched once in either case.
install() {
  say "installing: $*"
  local flags=(-y --no-install-recommends)
  if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
    apt_get update
    apt_get install "${flags[@]}" "$@" >/dev/null
  elif ! apt_get install "${flags[@]}" "$@" >/dev/null 2>&1; then
    apt_get update
    apt_get install "${flags[@]}" "$@" >/dev/null
  fi
}

# Some packages bring a daemon (nginx, civetweb, prometheus). Neither is wanted as a service: it would take a port.
install_without_services() {
  local policy=/usr/sbin/policy-rc.d placed=no status=0 new_services=() service
  for service in nginx civetweb prometheus; do
    is_installed "$service" || new_services+=("$service")
  done
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
    placed=yes
  fi
  install "$@" || status=$?
  if [[ $placed == yes ]]; then
    as_root rm -f "$policy"
  fi
  for service in "${new_services[@]}"; do
    if is_installed "$service" && command -v systemctl >/dev/null; then
      as_root systemctl disable "$service" >/dev/null 2>&1 || true
    fi
  done
  return "$status"
}

# libboost1.81-dev refuses to stand beside Debian's default 1.74, which other software on this machine may
# need. Headers are all that we use, so in that case they are unpacked under build/ and nothing is removed.
provide_boost() {
  local unpacked="$ROOT/build/boost-1.81"
  if is_installed libboost1.81-dev || [[ -e $unpacked/usr/include/boost/version.hpp ]]; then
    return
  fi
  if ! is_installed libboost1.74-dev; then
    install libboost1.81-dev
    return
  fi
  say "libboost1.74-dev is installed and stays; unpacking Boost 1.81 headers into $unpacked"
  local download
  download="$(mktemp -d)"
  (
    cd "$download"
    apt-get -qq download libboost1.81-dev 2>/dev/null || { apt_get update && apt-get -qq download libboost1.81-dev; }
    mkdir -p "$unpacked"
    dpkg -x libboost1.81-dev_*.deb "$unpacked"
  )
  rm -rf "$download"
}

main() {
  local wanted=() missing=() boost=no package set
  for set in "$@"; do
    case "$set" in
      build) wanted+=("${BUILD_PACKAGES[@]}"); boost=yes ;;
      test) wanted+=("${TEST_PACKAGES[@]}") ;;
      browser) wanted+=("${BROWSER_PACKAGES[@]}") ;;
      fuzz) wanted+=("${FUZZ_PACKAGES[@]}") ;;
      runtime) wanted+=("${RUNTIME_PACKAGES[@]}") ;;
      *) say "usage: $0 build|test|browser|fuzz|runtime..."; exit 2 ;;
    esac
  done
  if ! command -v apt-get >/dev/null; then
    say "error: no apt-get here; this script knows Debian 12 only. Wanted: ${wanted[*]} libboost1.81-dev"
    exit 1
  fi
  for package in "${wanted[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  if [[ ${#missing[@]} -gt 0 ]]; then
    install_without_services "${missing[@]}"
  fi
  if [[ $boost == yes ]]; then
    provide_boost
  fi
}

main "$@"
