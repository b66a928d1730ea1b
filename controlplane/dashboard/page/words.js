// Numbers, times and the contract's words as people read them.

export const kNothing = "–";

const known = (value) => typeof value === "number" && Number.isFinite(value);
export const number = (value) => (known(value) ? value : 0);
export const list = (value) => (Array.isArray(value) ? value : []);

export function count(value) {
  if (!known(value)) return kNothing;
  const size = Math.abs(value);
  if (size >= 1e9) return `${(value / 1e9).toFixed(1)} G`;
  if (size >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  if (size >= 1e4) return `${(value / 1e3).toFixed(size >= 1e5 ? 0 : 1)} k`;
  return Math.round(value).toLocaleString("en");
}

export function rate(value) {
  if (!known(value)) return kNothing;
  if (value === 0) return "0";
  return value < 10 ? value.toFixed(value < 0.1 ? 2 : 1) : count(value);
}

export function bytes(value) {
  if (!known(value)) return kNothing;
  for (const [unit, size] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]])
    if (value >= size) return `${(value / size).toFixed(1)} ${unit}`;
  return `${value} B`;
}

// How long something took.
export function duration(seconds) {
  if (!known(seconds)) return kNothing;
  if (seconds < 0.9995) return `${(seconds * 1000).toFixed(seconds < 0.00995 ? 1 : 0)} ms`;
  return seconds < 60 ? `${seconds.toFixed(seconds < 10 ? 2 : 1)} s` : span(seconds);
}

// A longer time in whole units.
export function span(seconds) {
  const whole = Math.max(0, Math.round(number(seconds)));
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

export function plural(amount, one, many = `${one}s`) {
  return `${amount} ${amount === 1 ? one : many}`;
}

const kOutcomes = {
  __proto__: null,
  success: ["ok", "answered"],
  request_fault: ["idle", "client's mistake"],
  credentials_rejected: ["bad", "credentials rejected"],
  quota_exhausted: ["bad", "quota exhausted"],
  model_missing: ["bad", "model missing"],
  rate_limited: ["bad", "rate limited"],
  transient: ["bad", "provider failed"],
  timeout: ["bad", "timed out"],
  too_large: ["idle", "too large"],
  client_gone: ["idle", "client left"],
  not_sent: ["bad", "not sent"],
};

// [level, word] of an outcome.
export function outcome(name) {
  return kOutcomes[name] ?? ["idle", String(name || "unknown").replaceAll("_", " ")];
}
