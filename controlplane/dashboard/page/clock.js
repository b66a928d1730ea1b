// The control plane's time, and what ticks with it between two updates. The reader's own clock may be wrong; only its
// pace is trusted.
import { write } from "./dom.js";
import { kNothing, span } from "./words.js";

const kJitterMs = 300;
let offset = Date.now() - performance.now();

// `serverTime` is what the control plane's clock said just now. Small differences are the network's.
export function synchronise(serverTime) {
  const fresh = Date.parse(serverTime) - performance.now();
  if (Math.abs(fresh - offset) > kJitterMs) offset = fresh;
}

// Milliseconds since 1970 on the control plane's clock.
export const now = () => performance.now() + offset;

const texts = {
  until: (time) => span(Math.ceil((time - now() - kJitterMs) / 1000)),
  since: (time) => `${age(time)} ago`,
  age: (time) => age(time),
  elapsed: (time) => span(Math.floor((now() - time) / 1000)),
};

function age(time) {
  const seconds = Math.max(0, Math.floor((now() - time) / 1000));
  return seconds < 60 ? `${seconds} s` : span(seconds - (seconds % 60)).replace(/ 0 s$/, "");
}

// Writes into `node` how far `time` (milliseconds, or text of a timestamp) is away, from now on at every tick. `kind`:
// until, since, age or elapsed. A time that is none leaves the node empty.
export function follow(node, kind, time) {
  const at = typeof time === "string" ? Date.parse(time) : time;
  if (!Number.isFinite(at)) return unfollow(node, "");
  node.dataset.clock = kind;
  if (node.dataset.at !== String(at)) node.dataset.at = at;
  write(node, texts[kind](at));
}

export function unfollow(node, text) {
  delete node.dataset.clock;
  write(node, text);
}

export function tick() {
  for (const node of document.querySelectorAll("[data-clock]")) write(node, texts[node.dataset.clock](Number(node.dataset.at)));
}

// The time of day where the reader is; with the date if it is another day.
export function timeOfDay(text) {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return kNothing;
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
  const today = new Date(now()).toDateString() === time.toDateString();
  return today ? clock : `${time.toLocaleDateString("en", { month: "short", day: "numeric" })} ${clock}`;
}
