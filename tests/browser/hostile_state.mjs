// States in which every text that somebody outside may choose is a nasty one.

export const kHostileTexts = {
  "markup": `<img src=x onerror="window.pwned=1"><script>window.pwned=2</script>"'&amp;<b>`,
  "an endless word": "A".repeat(5000),
  "an endless sentence": "never mind ".repeat(500),
  "text from right to left": "\u202Eمزود النماذج اللغوية\u202E \u05E9\u05DC\u05D5\u05DD \u2066abc",
  "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🔥".repeat(80),
  "stacked marks and line ends": `Z${"\u0310\u0312\u0315".repeat(60)}\n\n\r\n\tlgo\u0000\u200B`,
  "names of JavaScript's own": "constructor",
  "nothing": "",
};

const kFree = new Set(["name", "type", "base_url", "last_error", "model", "id", "gateway", "caller", "route", "strategy", "cache", "outcome", "provider",
  "upstream_model", "reason", "error", "verdict", "detail", "version", "host", "address", "rejection_reason", "severity", "text"]);

// `value` with `text` in place of all its free texts.
export function hostile(value, text, key = "") {
  if (Array.isArray(value)) return value.map((item) => hostile(item, text, key));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hostile(item, text, name)]));
  return typeof value === "string" && kFree.has(key) ? text : value;
}
