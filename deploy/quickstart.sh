#!/usr/bin/env bash
# Builds the balancer and starts it on this machine, from a fresh clone on Debian 12, as root or with sudo.
#
#   deploy/quickstart.sh [--config FILE] [--listen HOST:PORT] [--build-only]
#
#   --config FILE         the configuration to run with
#   --listen HOST:PORT    default 127.0.0.1:9090
#   --build-only          stop after building
#
# Without --config: with ANTHROPIC_API_KEY set it runs deploy/config/example.yaml; without a key it also starts
# the bundled demo provider, so that everything answers with no key and no internet.
# Ctrl-C stops everything that was started.
set -euo pipefail

readonly CALLER_DIRECTORY="$PWD"
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly BIN=build/release/bin
readonly READY_SECONDS=30
readonly PROGRAMS=(balancer balancer-gateway balancer-controlplane balancerctl balancer-demo-provider)

config=""
listen="127.0.0.1:9090"
build_only=no
provider_pid=""
balancer_pid=""
scratch=""

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

read_flags() {
  while [[ $# -gt 0 ]]; do
    case "$1" in
      --config | --listen)
        if [[ $# -lt 2 ]]; then
          printf '%s needs a value (see --help)\n' "$1" >&2
          exit 2
        fi
        if [[ $1 == --config ]]; then config="$2"; else listen="$2"; fi
        shift 2
        ;;
      --build-only) build_only=yes; shift ;;
      -h | --help) sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
      *) printf 'unknown option: %s (see --help)\n' "$1" >&2; exit 2 ;;
    esac
  done
  if [[ -n $config ]]; then
    [[ $config == /* ]] || config="$CALLER_DIRECTORY/$config"
    [[ -r $config ]] || fail "cannot read the configuration $config"
  fi
}

build() {
  deploy/install_dependencies.sh build
  # Where install_dependencies.sh puts Boost when it may not install it; harmless when it is not there.
  export CMAKE_PREFIX_PATH="$PWD/build/boost-1.81/usr${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH}"
  cmake --preset release >/dev/null
  cmake --build --preset release --target "${PROGRAMS[@]}" -- -j"$(nproc)"
}

# Prints the value of a key in the {"event":"listening",...} line of a file; empty if it is not there yet.
listening_address() {
  sed -n '/"event":"listening"/s/.*"'"$2"'":"\([^"]*\)".*/\1/p' "$1" | head -n 1
}

# Waits until the process has printed what it listens on, and prints that address.
wait_until_listening() {
  local name="$1" pid="$2" output="$3" address deadline=$((SECONDS + READY_SECONDS))
  while true; do
    address="$(listening_address "$output" http)"
    if [[ -n $address ]]; then
      printf '%s' "$address"
      return
    fi
    kill -0 "$pid" 2>/dev/null || { printf '%s did not start; its message is above\n' "$name" >&2; return 1; }
    ((SECONDS < deadline)) || { printf '%s is not ready after %s s\n' "$name" "$READY_SECONDS" >&2; return 1; }
    sleep 0.05
  done
}

# A second Ctrl-C does not wait for requests in flight.
stop_everything() {
  trap - EXIT
  trap 'kill -KILL $balancer_pid $provider_pid 2>/dev/null || true' INT TERM
  local pid
  for pid in $balancer_pid $provider_pid; do
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  if [[ -n $scratch ]]; then
    rm -rf "$scratch"
  fi
}

# Says so now rather than after the build if something accepts connections on the address already.
refuse_taken_address() {
  local host="${listen%:*}" port="${listen##*:}"
  host="${host#[}"
  if [[ $port != 0 ]] && (exec 3<>"/dev/tcp/${host%]}/$port") 2>/dev/null; then
    fail "something already listens on $listen; stop it, or choose another address with --listen HOST:PORT"
  fi
}

start_demo_provider() {
  : >"$scratch/provider"
  "$BIN/balancer-demo-provider" --listen 127.0.0.1:0 >"$scratch/provider" &
  provider_pid=$!
  local address
  address="$(wait_until_listening "the demo provider" "$provider_pid" "$scratch/provider")" || exit 1
  config="$scratch/config.yaml"
  # Only its owner may read a file with credentials, even with such.
  install -m 600 /dev/null "$config"
  cat >"$config" <<YAML
providers:
  - name: demo
    type: anthropic
    base_url: "http://$address"
    auth_type: api_key
    auth_value: "no key is needed by the demo provider"
  - name: demo-openai
    type: openai
    base_url: "http://$address/v1"
    auth_type: api_key
    auth_value: "no key is needed by the demo provider"
    reasoning_style: thinking
model_routes:
  "claude-demo":
    - provider: demo
      model: passthrough
      priority: 1
  "claude-demo-openai":
    - provider: demo-openai
      model: passthrough
      priority: 1
  "*":
    - provider: demo
      model: passthrough
      priority: 1
YAML
}

start_balancer() {
  : >"$scratch/balancer"
  "$BIN/balancer" --config "$config" --listen "$listen" >"$scratch/balancer" &
  balancer_pid=$!
  if ! wait_until_listening "the balancer" "$balancer_pid" "$scratch/balancer" >"$scratch/address"; then
    kill -TERM "$balancer_pid" 2>/dev/null || true
    wait "$balancer_pid" || exit $?
    exit 1
  fi
}

print_how_to_use() {
  local address page key="any-text" model="claude-sonnet-4-5"
  address="$(<"$scratch/address")"
  if [[ -n $provider_pid ]]; then
    printf '\nNo ANTHROPIC_API_KEY and no --config: the answers come from the bundled demo provider, not from a model.\n'
  fi
  cat <<USAGE

The balancer listens on http://$address (Ctrl-C stops it). Try it, whole and streaming:

  curl -s http://$address/v1/messages -H 'x-api-key: $key' -H 'anthropic-version: 2023-06-01' -H 'content-type: application/json' -d '{"model":"$model","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}'

  curl -sN http://$address/v1/messages -H 'x-api-key: $key' -H 'anthropic-version: 2023-06-01' -H 'content-type: application/json' -d '{"model":"$model","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hello"}]}'
USAGE
  if [[ -n $provider_pid ]]; then
    cat <<USAGE

The model claude-demo-openai comes from the demo provider as one of type openai, so that requests and answers are
converted. A tool call, streaming:

  curl -sN http://$address/v1/messages -H 'x-api-key: $key' -H 'anthropic-version: 2023-06-01' -H 'content-type: application/json' -d '{"model":"claude-demo-openai","max_tokens":100,"stream":true,"tools":[{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}],"messages":[{"role":"user","content":"Use the tool get_weather"}]}'
USAGE
  fi
  cat <<USAGE

For Claude Code:

  export ANTHROPIC_BASE_URL=http://$address
  export ANTHROPIC_AUTH_TOKEN=$key

If the configuration turns settings.auth on, put one of its keys in the place of "$key".
  $BIN/balancerctl doctor --url http://$address    checks all of that
USAGE
  page="$(sed -n 's/.*"control_http":"\([^"]*\)".*/\1/p' "$scratch/balancer")"
  if [[ -n $page ]]; then
    printf '\nThe live page, with every provider and where each request went: http://%s/\n' "$page"
  fi
}

main() {
  read_flags "$@"
  if [[ $build_only == yes ]]; then
    build
    printf 'Built: %s\n' "${PROGRAMS[*]/#/$BIN/}"
    exit 0
  fi
  refuse_taken_address
  build

  scratch="$(mktemp -d)"
  trap stop_everything EXIT
  trap 'exit 130' INT
  trap 'exit 0' TERM

  if [[ -z $config && -n ${ANTHROPIC_API_KEY:-} ]]; then
    config=deploy/config/example.yaml
  elif [[ -z $config ]]; then
    start_demo_provider
  fi
  start_balancer
  print_how_to_use
  wait "$balancer_pid"
}

main "$@"
