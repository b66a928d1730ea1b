// The table of providers, in the order of the configuration.
import { follow } from "./clock.js";
import { drawLine } from "./chart.js";
import { KeyedList, mark, setLevel, show, write } from "./dom.js";
import { count, duration, list, number, plural } from "./words.js";

const kMost = 40, kMostModels = 8;
const kLevels = { __proto__: null, healthy: "ok", cooling: "bad", disabled: "idle" };

const section = document.getElementById("providers");
const table = section.querySelector("table");
let time = 0;

function countDown(node, seconds) {
  follow(node, "until", Number.isFinite(seconds) ? time + seconds * 1000 : NaN);
}

function fillModel(row, { model, remaining_cooldown_seconds, last_error }) {
  setLevel(row.root, "warn");
  write(row.model, model);
  countDown(row.remaining, remaining_cooldown_seconds);
  write(row.last_error, last_error || "no error is known");
}

function showLatency(row, provider) {
  const history = list(provider.latency_history);
  const known = history.filter(Number.isFinite);
  write(row.latency, duration(provider.latency_seconds));
  drawLine(row.history, history, known.length
    ? `Time to first byte over 5 minutes: from ${duration(Math.min(...known))} to ${duration(Math.max(...known))}` : "No latency measured in 5 minutes");
}

function showFlight(row, { in_flight, max_in_flight }) {
  const limited = number(max_in_flight) > 0;
  write(row.in_flight, count(in_flight));
  write(row.max_in_flight, limited ? ` of ${count(max_in_flight)}` : "");
  mark(row.meter, "class", limited ? "fill" : "fill none");
  const share = limited ? Math.min(1, number(in_flight) / max_in_flight) : 0;
  mark(row.level, "width", Math.round(100 * share));
  mark(row.meter, "data-level", share >= 1 ? "warn" : "idle");
}

function fill(row, provider) {
  const level = kLevels[provider.state] ?? "idle";
  mark(row.root, "data-level", level);
  mark(row.root, "data-state", kLevels[provider.state] ? provider.state : "unknown");
  write(row.name, provider.name);
  write(row.type, provider.type);
  write(row.base_url, provider.base_url);
  setLevel(row.badge, level);
  write(row.state, provider.state);
  const cools = provider.state === "cooling" && Number.isFinite(provider.remaining_cooldown_seconds);
  show(row.left, cools);
  if (cools) countDown(row.remaining, provider.remaining_cooldown_seconds);
  write(row.last_error, provider.last_error || (provider.last_failure_time ? "failed" : "none"));
  mark(row.last_error, "class", provider.last_error || provider.last_failure_time ? null : "quiet");
  follow(row.last_failure_time, "since", provider.last_failure_time ?? NaN);
  mark(row.last_failure_time, "datetime", provider.last_failure_time);
  write(row.failures, provider.failure_count > 0 ? `, ${plural(provider.failure_count, "failure")} in a row` : "");
  row.models ??= new KeyedList(row.root.querySelector("ul"), "cooling-model", { fill: fillModel });
  row.models.update(list(provider.cooling_models).slice(0, kMostModels), ({ model }) => model);
  showLatency(row, provider);
  showFlight(row, provider);
}

const rows = new KeyedList(table.tBodies[0], "provider", { fill });

// Of too many, the sick ones are kept.
function shown(providers) {
  if (providers.length <= kMost) return providers;
  const sick = (provider) => provider.state === "cooling" || list(provider.cooling_models).length > 0;
  const chosen = new Set([...providers.filter(sick), ...providers.filter((provider) => !sick(provider))].slice(0, kMost));
  return providers.filter((provider) => chosen.has(provider));
}

export function showProviders(state) {
  const providers = list(state.providers);
  time = Date.parse(state.time);
  show(table, providers.length > 0);
  show(section.querySelector(".empty"), providers.length === 0);
  rows.update(shown(providers), ({ name }) => name);
  const more = section.querySelector(".more");
  show(more, providers.length > kMost);
  write(more, `and ${providers.length - kMost} more`);
}
