// The live page: state in, page out. It only reads; nothing here changes the program.
import { follow, now, synchronise, tick } from "./clock.js";
import { showDecisions } from "./decisions.js";
import { parts, setLevel, show, write } from "./dom.js";
import { Feed } from "./feed.js";
import { showHeadline } from "./headline.js";
import { showCache, showConfiguration, showGateways } from "./inventory.js";
import { showProviders } from "./providers.js";
import { showTraffic } from "./traffic.js";

const kStaleMs = 3_000;
const kTickMs = 200;
const connection = document.getElementById("connection");
const pill = parts(connection);
const bar = parts(document.querySelector("header"));
const views = [showProviders, showTraffic, showDecisions, showConfiguration, showGateways, showCache];
let state = null;

function showConnection() {
  const age = feed.ageMs;
  const stale = age !== null && age > kStaleMs;
  setLevel(connection, feed.phase === "connecting" ? "idle" : feed.phase === "live" && !stale ? "ok" : "bad");
  write(pill.phase, feed.phase === "live" ? (stale ? "stale" : "live") : `${feed.phase}…`);
  show(pill.stale, stale);
  if (stale) follow(pill.age, "age", Math.round(now() - age));
  if (state) showHeadline(state, stale);
}

const feed = new Feed("events", (fresh) => {
  state = fresh;
  synchronise(state.time);
  write(bar.version, state.version);
  show(bar.uptime.parentElement, Boolean(state.start_time));
  follow(bar.uptime, "age", state.start_time ?? NaN);
  for (const view of views) {
    try { view(state); } catch (error) { console.error(error); }
  }
  showConnection();
});

feed.open();
setInterval(() => {
  tick();
  feed.check();
  showConnection();
}, kTickMs);
