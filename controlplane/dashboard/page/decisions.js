// Recent requests, newest first: where each went and why.
import { follow, timeOfDay, unfollow } from "./clock.js";
import { KeyedList, mark, parts, setLevel, show, write } from "./dom.js";
import { count, duration, kNothing, list, number, outcome } from "./words.js";

const kAtFirst = 20, kMost = 50, kMostHeld = 10, kMostHops = 4, kMostRows = 30;
const kVerdicts = { __proto__: null, usable: "ok", cooling: "bad", disabled: "idle", busy: "warn", "probe due": "warn", "warming up": "warn" };

const section = document.getElementById("decisions");
const empty = section.querySelector(".empty");
const button = document.getElementById("decisions-more");
const listNode = section.querySelector("ol");
let latest = { requests: [], gateways: [] };
let all = false;

const failed = ({ outcome: name }) => !["success", "client_gone", ""].includes(name);

// [level, words] of a request as a whole.
function verdict(request) {
  const attempts = list(request.attempts);
  if (request.state === "running") return attempts.some(failed) ? ["busy", "running, failed over"] : ["busy", "running"];
  if (request.outcome !== "success") return outcome(request.outcome);
  if (request.cache === "hit") return ["ok", "from the cache"];
  if (request.cache === "join") return ["ok", "joined another"];
  return attempts.some(failed) ? ["warn", "failed over"] : ["ok", "answered"];
}

// What went wrong on the way.
function troubles({ attempts, error }) {
  const said = list(attempts).filter(failed).map(({ provider, detail, outcome: name }) => {
    const [level, word] = outcome(name);
    return `${provider} ${level === "bad" ? "failed" : "refused"} (${detail || word})`;
  });
  return error ? [...said, error] : said;
}

// The providers that were asked, in order; the last may still be at it.
function hops(request) {
  const asked = list(request.attempts).map((attempt, index, { length }) =>
    ({ name: attempt.provider, failed: failed(attempt) && (index + 1 < length || outcome(attempt.outcome)[0] === "bad") }));
  const last = asked.at(-1);
  if (request.provider && (!last || last.name !== request.provider || (last.failed && request.state === "running")))
    asked.push({ name: request.provider, failed: false });
  if (asked.length > kMostHops) asked.splice(1, asked.length - kMostHops, { name: "…", failed: false });
  if (asked.length) return asked;
  const instead = { __proto__: null, hit: "cache", join: "shared answer" }[request.cache] ?? (request.state === "running" ? "…" : "no provider");
  return [{ name: instead, failed: false }];
}

function fillHop(row, hop) {
  write(row.name, hop.name);
  show(row.cross, hop.failed);
  mark(row.root, "class", hop.failed ? "hop failed" : "hop");
}

function fillTarget(row, target) {
  const left = target.remaining_cooldown_seconds;
  write(row.position, target.position ?? kNothing);
  write(row.provider, target.provider);
  write(row.model, target.model);
  setLevel(row.mark, kVerdicts[target.verdict] ?? "idle");
  write(row.verdict, Number.isFinite(left) && left > 0 ? `${target.verdict}, ${duration(left)} were left` : target.verdict);
}

function fillAttempt(row, { attempt, index }) {
  const [level, word] = outcome(attempt.outcome);
  write(row.number, index + 1);
  write(row.provider, attempt.provider);
  write(row.model, attempt.model);
  setLevel(row.mark, level);
  write(row.outcome, word);
  write(row.detail, attempt.detail || (attempt.status ? `HTTP ${attempt.status}` : ""));
  write(row.took, duration(attempt.duration_seconds));
}

function fillFact(row, [term, value]) {
  write(row.term, term);
  write(row.value, value);
}

function facts(request) {
  const yes = (value) => (value ? "yes" : "no");
  return [["Request", request.id], ["Time", request.time], ["Gateway", request.gateway], ["Caller", request.caller], ["Route", request.route],
    ["Strategy", request.strategy], ["Status", request.status], ["Streamed", yes(request.stream)], ["Cache", request.cache],
    ["Upstream model", request.upstream_model], ["First byte", duration(request.time_to_first_byte_seconds)],
    ["Tokens", `${count(number(request.input_tokens))} in, ${count(number(request.output_tokens))} out`]]
    .filter(([, value]) => !["", kNothing, null, undefined].includes(value));
}

// What only an open decision shows.
function fillAccount(row) {
  const request = row.item;
  const targets = list(request.targets).slice(0, kMostRows);
  const attempts = list(request.attempts).slice(0, kMostRows).map((attempt, index) => ({ attempt, index }));
  write(row.full_reason, [request.reason, ...troubles(request)].filter(Boolean).join("; ") || "No reason was given.");
  row.targets.update(targets, (target, index) => index);
  row.attempts.update(attempts, ({ index }) => index);
  show(row.targets_table, targets.length > 0);
  show(row.no_targets, targets.length === 0);
  show(row.attempts_table, attempts.length > 0);
  show(row.no_attempts, attempts.length === 0);
  row.facts.update(facts(request), ([term]) => term);
}

function created(row) {
  row.details = row.root.querySelector("details");
  row.hops = new KeyedList(row.root.querySelector(".trail"), "hop", { fill: fillHop });
  row.targets = new KeyedList(row.root.querySelector(".targets tbody"), "target", { fill: fillTarget });
  row.attempts = new KeyedList(row.root.querySelector(".attempts tbody"), "attempt", { fill: fillAttempt });
  row.facts = new KeyedList(row.root.querySelector("dl"), "fact", { fill: fillFact });
  row.details.addEventListener("toggle", () => row.details.open && fillAccount(row));
}

function fill(row, request) {
  const [level, words] = verdict(request);
  write(row.time, timeOfDay(request.time));
  mark(row.time, "datetime", request.time);
  setLevel(row.mark, level);
  write(row.outcome, words);
  write(row.model, request.model || "no model");
  write(row.reason, troubles(request).join("; ") || request.reason);
  row.hops.update(hops(request), (hop, index) => index);
  if (request.state === "running") follow(row.took, "elapsed", request.time);
  else unfollow(row.took, duration(request.duration_seconds));
  if (row.details.open) fillAccount(row);
}

// A decision that is being read stays, also when it is no longer among the newest.
let held = 0;
const keep = (row) => (row.details.open || row.root.contains(document.activeElement)) && ++held <= kMostHeld;
const rows = new KeyedList(listNode, "decision", { fill, created, keep });

// The gateway's address as this reader's machine may know it.
function baseUrl() {
  const address = list(latest.gateways)[0]?.address ?? "";
  const found = /^(.*):(\d+)$/.exec(address);
  if (!found) return "http://GATEWAY:9090";
  const host = ["0.0.0.0", "[::]", "*", ""].includes(found[1]) ? location.hostname : found[1];
  return `http://${host}:${found[2]}`;
}

function render() {
  const requests = list(latest.requests).slice(0, kMost);
  held = 0;
  show(empty, requests.length === 0);
  if (requests.length === 0) write(parts(empty).hint, `export ANTHROPIC_BASE_URL=${baseUrl()}\nclaude`);
  rows.update(all ? requests : requests.slice(0, kAtFirst), ({ id }, index) => id || index);
  show(button, requests.length > kAtFirst);
  write(button, all ? `Show the newest ${kAtFirst}` : `Show all ${requests.length}`);
  mark(button, "aria-expanded", all);
}

button.addEventListener("click", () => {
  all = !all;
  render();
});

export function showDecisions(state) {
  latest = state;
  render();
}
