// What serves: the configuration, the gateways that use it, and the cache.
import { follow, timeOfDay } from "./clock.js";
import { KeyedList, mark, parts, setLevel, show, write } from "./dom.js";
import { bytes, count, list, number, plural } from "./words.js";

const kMostProblems = 12, kMostGateways = 50;
const at = (id) => document.getElementById(id);
const configuration = parts(at("configuration")), reload = parts(at("reload")), cache = parts(at("cache"));

const problems = new KeyedList(at("reload").querySelector("ul"), "problem", {
  fill(row, problem) {
    mark(row.root, "data-level", problem.severity === "error" ? "bad" : "warn");
    write(row.severity, problem.severity);
    write(row.text, problem.text);
  },
});

function more(section, length, most) {
  const node = section.querySelector(".more");
  show(node, length > most);
  write(node, `and ${length - most} more`);
}

export function showConfiguration({ config = {} }) {
  write(configuration.snapshot_version, count(config.snapshot_version));
  write(configuration.load_time, timeOfDay(config.load_time));
  mark(configuration.load_time, "datetime", config.load_time);
  follow(configuration.load_age, "since", config.load_time ?? NaN);
  write(configuration.strategy, config.strategy);
  write(configuration.route_count, count(config.route_count));

  const last = config.last_reload;
  const found = list(last?.problems);
  show(at("reload"), Boolean(last));
  if (!last) return;
  const level = !last.successful ? "bad" : found.length ? "warn" : "ok";
  mark(at("reload"), "data-level", level);
  setLevel(reload.result_line, level);
  write(reload.result, last.successful ? "Last reload worked" : "Last reload was refused; the configuration before it stays in use");
  follow(reload.age, "since", last.time ?? NaN);
  problems.update(found.slice(0, kMostProblems), (problem, index) => index);
  more(at("reload"), found.length, kMostProblems);
}

function gatewayState({ rejection_reason, up_to_date, draining }) {
  if (rejection_reason) return ["bad", "refused"];
  if (draining) return ["warn", up_to_date ? "draining" : "draining, behind"];
  return up_to_date ? ["ok", "up to date"] : ["warn", "behind"];
}

const gateways = new KeyedList(at("gateways").querySelector("tbody"), "gateway", {
  fill(row, gateway) {
    const [level, word] = gatewayState(gateway);
    write(row.host, gateway.host || gateway.id);
    write(row.id, gateway.host ? gateway.id : "");
    write(row.version, gateway.version);
    write(row.address, gateway.address);
    setLevel(row.mark, level);
    write(row.word, word);
    write(row.snapshot, `version ${count(gateway.snapshot_version)}${gateway.rejection_reason && gateway.draining ? ", draining" : ""}`);
    write(row.rejection_reason, gateway.rejection_reason);
    follow(row.since, "age", gateway.connected_time ?? NaN);
    show(row.connected, Boolean(gateway.connected_time));
    write(row.open_requests, count(gateway.open_requests));
  },
});

export function showGateways(state) {
  const connected = list(state.gateways);
  const section = at("gateways");
  write(parts(section.querySelector("h2")).count, connected.length ? `${connected.length} connected` : "");
  show(section.querySelector(".empty"), connected.length === 0);
  show(section.querySelector("table"), connected.length > 0);
  gateways.update(connected.slice(0, kMostGateways), ({ id }) => id);
  more(section, connected.length, kMostGateways);
}

export function showCache({ cache: now = {} }) {
  const asked = number(now.hits) + number(now.misses);
  show(at("cache").querySelector(".empty"), !now.enabled);
  show(at("cache").querySelector("dl"), Boolean(now.enabled) || number(now.hits) + number(now.joins) > 0);
  write(cache.hits, count(now.hits));
  write(cache.share, now.enabled && asked ? `${Math.round((100 * number(now.hits)) / asked)} %` : "");
  write(cache.misses, count(now.misses));
  write(cache.joins, count(now.joins));
  write(cache.entries, plural(number(now.entries), "answer"));
  write(cache.bytes, bytes(now.bytes));
  write(cache.saved, `${count(now.saved_input_tokens)} in, ${count(now.saved_output_tokens)} out`);
}
