// States as the control plane sends them.

const kSteps = 60;
const series = (at) => Array.from({ length: kSteps }, (_, index) => at(index));
const iso = (secondsAgo) => new Date(Date.now() - secondsAgo * 1000).toISOString();

export function provider(name, changes = {}) {
  return {
    name, type: "anthropic", base_url: `https://${encodeURIComponent(name.slice(0, 20)).toLowerCase()}.example.com`, state: "healthy",
    remaining_cooldown_seconds: null, failure_count: 0, last_error: "", last_failure_time: null, in_flight: 2, max_in_flight: 8,
    latency_seconds: 0.42, latency_history: series((index) => (index < 20 ? null : 0.4 + 0.1 * Math.sin(index / 4) + 0.05 * Math.sin(index * 2.3))),
    cooling_models: [], ...changes,
  };
}

export function cooling(name, seconds, changes = {}) {
  return provider(name, {
    state: "cooling", remaining_cooldown_seconds: seconds, failure_count: 3, last_error: "HTTP 529 overloaded_error",
    last_failure_time: iso(8), in_flight: 0, ...changes,
  });
}

export function request(id, changes = {}) {
  return {
    id, time: iso(5), gateway: "gw-1234", model: "claude-sonnet-4-5", caller: "alice", route: "*sonnet*", strategy: "priority", stream: true,
    cache: "miss", state: "done", status: 200, outcome: "success", duration_seconds: 3.21, time_to_first_byte_seconds: 0.4, provider: "Anthropic",
    upstream_model: "claude-sonnet-4-5", input_tokens: 12345, output_tokens: 678, reason: "first by priority",
    targets: [{ provider: "Anthropic", model: "passthrough", position: 1, verdict: "usable", remaining_cooldown_seconds: null },
              { provider: "Backup", model: "passthrough", position: 2, verdict: "usable", remaining_cooldown_seconds: null }],
    attempts: [{ provider: "Anthropic", model: "claude-sonnet-4-5", outcome: "success", status: 200, detail: "", duration_seconds: 3.2 }],
    ...changes,
  };
}

export function failedOver(id, changes = {}) {
  return request(id, {
    provider: "Backup", reason: "Anthropic: first by priority",
    attempts: [{ provider: "Anthropic", model: "claude-sonnet-4-5", outcome: "transient", status: 529, detail: "HTTP 529 overloaded_error", duration_seconds: 0.21 },
               { provider: "Backup", model: "claude-sonnet-4-5", outcome: "success", status: 200, detail: "", duration_seconds: 2.4 }],
    ...changes,
  });
}

export function gateway(id, changes = {}) {
  return { id, version: "0.1.0", host: `pod-${id}`, address: "127.0.0.1:9090", snapshot_version: 3, up_to_date: true, rejection_reason: "", open_requests: 3, draining: false, connected_time: iso(1900), ...changes };
}

export function empty() {
  return {
    version: "0.1.0", time: iso(0), start_time: iso(1800),
    config: { snapshot_version: 1, load_time: iso(1800), strategy: "priority", route_count: 2, last_reload: null },
    traffic: { requests_per_second: 0, errors_per_second: 0, input_tokens_per_second: 0, output_tokens_per_second: 0, step_seconds: 5,
      requests: series(() => 0), errors: series(() => 0), input_tokens: series(() => 0), output_tokens: series(() => 0) },
    providers: [], requests: [], gateways: [],
    cache: { enabled: false, entries: 0, bytes: 0, hits: 0, misses: 0, joins: 0, saved_input_tokens: 0, saved_output_tokens: 0 },
  };
}

// Three well providers with some traffic.
export function well() {
  const traffic = (scale) => series((index) => Math.max(0, Math.round(scale * (1 + Math.sin(index / 6) + 0.5 * Math.sin(index * 1.7)))));
  return {
    ...empty(),
    config: { snapshot_version: 3, load_time: iso(700), strategy: "priority", route_count: 2, last_reload: { time: iso(700), successful: true, problems: [] } },
    traffic: { requests_per_second: 1.2, errors_per_second: 0, input_tokens_per_second: 14200.5, output_tokens_per_second: 80.1, step_seconds: 5,
      requests: traffic(5), errors: series(() => 0), input_tokens: traffic(60000), output_tokens: traffic(400) },
    providers: [provider("Anthropic"), provider("Backup", { latency_seconds: 0.81, max_in_flight: null }), provider("Ollama", { type: "openai", base_url: "http://127.0.0.1:11434/v1", latency_seconds: 1.94, in_flight: 0 })],
    requests: [request("req_3"), request("req_2", { caller: "", time: iso(31) }), request("req_1", { time: iso(64) })],
    gateways: [gateway("gw-1234"), gateway("gw-5678", { open_requests: 0 })],
    cache: { enabled: true, entries: 3, bytes: 12000, hits: 10, misses: 20, joins: 4, saved_input_tokens: 104000, saved_output_tokens: 2200 },
  };
}

// One provider cools, a reload was refused, a gateway drains: a bad night.
export function sick(secondsLeft = 12) {
  const state = well();
  state.config.last_reload = { time: iso(95), successful: false, problems: [{ severity: "error", text: "config.yaml:12:3: providers[1].base_url: not a URL" }] };
  state.traffic.errors_per_second = 0.1;
  state.traffic.errors = series((index) => (index > 52 ? index % 3 : 0));
  state.providers[0] = cooling("Anthropic", secondsLeft);
  state.providers[1].cooling_models = [{ model: "claude-opus-4-1", remaining_cooldown_seconds: 31, last_error: "HTTP 429 rate_limit_error" }];
  const passedOver = [{ provider: "Backup", model: "passthrough", position: 1, verdict: "usable", remaining_cooldown_seconds: null },
                      { provider: "Anthropic", model: "passthrough", position: null, verdict: "cooling", remaining_cooldown_seconds: 11.4 }];
  state.requests = [
    request("req_9", { state: "running", status: null, outcome: "", duration_seconds: null, time_to_first_byte_seconds: null, time: iso(2), provider: "Backup", attempts: [], reason: "Backup: first by priority; Anthropic is cooling", targets: passedOver, cache: "" }),
    failedOver("req_8"),
    request("req_7", { time: iso(9), status: 529, outcome: "transient", provider: "", reason: "Anthropic: first by priority", error: "No provider is left", duration_seconds: 0.42,
      attempts: [{ provider: "Anthropic", model: "claude-sonnet-4-5", outcome: "transient", status: 529, detail: "HTTP 529 overloaded_error", duration_seconds: 0.21 },
                 { provider: "Backup", model: "claude-sonnet-4-5", outcome: "rate_limited", status: 429, detail: "HTTP 429 rate_limit_error", duration_seconds: 0.2 }] }),
    request("req_6", { time: iso(12), cache: "hit", provider: "", attempts: [], targets: [], reason: "the same request was answered before", duration_seconds: 0.0012 }),
    request("req_5", { time: iso(14), status: 400, outcome: "request_fault", model: "claude-haiku-4-5", reason: "session stays with Anthropic", duration_seconds: 0.08,
      attempts: [{ provider: "Anthropic", model: "claude-haiku-4-5", outcome: "request_fault", status: 400, detail: "HTTP 400 invalid_request_error", duration_seconds: 0.07 }] }),
    request("req_4", { time: iso(15), outcome: "client_gone", status: null, duration_seconds: 11.9 }),
    ...Array.from({ length: 30 }, (_, index) => request(`req_old_${index}`, { time: iso(20 + 3 * index), duration_seconds: 1 + (index * 7 % 13) / 3 })),
  ];
  state.gateways[1] = gateway("gw-5678", { draining: true });
  return state;
}
