// What is wrong, in words. The text holds no number that changes by itself: it is read aloud whenever it changes.
import { follow } from "./clock.js";
import { mark, parts, setLevel, show, write } from "./dom.js";
import { list, number, plural } from "./words.js";

const kFailingShare = 0.1, kFailingCount = 3, kMinuteInSteps = 12;
const kNamed = 3;

function named(providers, text) {
  const shown = providers.slice(0, kNamed).map(text);
  if (providers.length > kNamed) shown.push(`and ${providers.length - kNamed} more`);
  return shown;
}

const names = (providers) => named(providers, ({ name }) => name).join(", ");
const everyOneIs = ({ length }) => (length === 1 ? "The provider is" : length === 2 ? "Both providers are" : `All ${length} providers are`);
const withError = ({ name, last_error }) => (last_error ? `${name}: ${last_error}` : name);

function requestsFail({ traffic }) {
  const lately = (values) => list(values).slice(-kMinuteInSteps).reduce((sum, value) => sum + number(value), 0);
  const errors = lately(traffic?.errors);
  return errors >= kFailingCount && errors >= kFailingShare * lately(traffic?.requests);
}

// What else is wrong while the providers are well, the worst first.
function worries(state) {
  const found = [];
  if (requestsFail(state)) found.push(["bad", "requests fail", "One in ten or more in the last minute; see the recent decisions."]);
  if (state.config?.last_reload?.successful === false)
    found.push(["warn", "the last configuration change was refused", list(state.config.last_reload.problems)[0]?.text ?? ""]);
  const refusing = list(state.gateways).filter(({ rejection_reason }) => rejection_reason);
  if (refusing.length) found.push(["warn", `${plural(refusing.length, "gateway")} cannot use the configuration`, refusing[0].rejection_reason]);
  if (!list(state.gateways).length) found.push(["warn", "no gateway is connected", ""]);
  for (const { name, state: is, cooling_models: models } of list(state.providers)) {
    if (is === "cooling" || !list(models).length) continue;
    found.push(["warn", `${plural(models.length, "model cools", "models cool")} at ${name}`,
      named(models, ({ model, last_error }) => `${model}: ${last_error}`).join("; ")]);
  }
  return found;
}

// {level, text, why, until: seconds or null, of}
export function summary(state) {
  const providers = list(state.providers);
  const enabled = providers.filter(({ state: is }) => is !== "disabled");
  const cooling = enabled.filter(({ state: is }) => is === "cooling");
  const others = worries(state);
  if (!providers.length) return { level: "bad", text: "No provider is configured", why: "" };
  if (!enabled.length) return { level: "bad", text: "No provider can be used: none is enabled", why: names(providers) };
  const left = cooling.map((provider) => provider.remaining_cooldown_seconds).filter(Number.isFinite);
  if (cooling.length) {
    const none = cooling.length === enabled.length;
    const also = others.map(([, text]) => text).join("; ");
    const errors = cooling.length === 1 ? cooling[0].last_error : named(cooling, withError).join("; ");
    const share = none ? everyOneIs(enabled) : `${cooling.length} of ${enabled.length} providers ${cooling.length === 1 ? "is" : "are"}`;
    return { level: none || others[0]?.[0] === "bad" ? "bad" : "warn", text: `${share} cooling: ${names(cooling)}`,
      why: [errors, also && `Also: ${also}`].filter(Boolean).join(" · "),
      until: left.length ? Math.min(...left) : null, of: cooling.length === 1 ? "left" : "until the first is tried again" };
  }
  const disabled = providers.length - enabled.length;
  const text = `${everyOneIs(enabled)} well${disabled ? `, ${disabled} disabled` : ""}`;
  if (!others.length) return { level: "ok", text, why: "" };
  return { level: others[0][0], text: `${text}, but ${others[0][1]}`, why: others[0][2] };
}

const section = document.getElementById("headline");
const at = parts(section);
const timer = section.querySelector("[role=timer]");

export function showHeadline(state, stale) {
  const now = summary(state);
  setLevel(section, stale ? "idle" : now.level);
  write(at.text, stale ? "No news from the control plane" : now.text);
  const why = stale ? `Last known: ${now.text}` : now.why;
  write(at.why, why);
  show(at.why, Boolean(why));
  const ticks = !stale && Number.isFinite(now.until);
  show(timer, ticks);
  if (ticks) {
    follow(at.remaining, "until", Date.parse(state.time) + now.until * 1000);
    write(at.remaining_of, now.of);
  }
  const title = `${stale ? "(?) " : now.level === "ok" ? "" : "(!) "}Provider Balancer`;
  if (document.title !== title) document.title = title;
  mark(document.documentElement, "data-stale", stale ? "true" : null);
}
