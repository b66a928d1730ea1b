// Rates of the last minutes: now, over time, and at their highest.
import { drawBars } from "./chart.js";
import { KeyedList, mark, parts, write } from "./dom.js";
import { list, number, rate, span } from "./words.js";

const kTiles = [
  { label: "Requests", now: "requests_per_second", over: "requests" },
  { label: "Errors", now: "errors_per_second", over: "errors", bad: true },
  { label: "Input tokens", now: "input_tokens_per_second", over: "input_tokens" },
  { label: "Output tokens", now: "output_tokens_per_second", over: "output_tokens" },
];

const section = document.getElementById("traffic");
const title = parts(section.querySelector("h2"));
let traffic = {};

const tiles = new KeyedList(section.querySelector("ul"), "tile", {
  fill(row, tile) {
    const step = number(traffic.step_seconds) || 5;
    const values = list(traffic[tile.over]).map((value) => number(value) / step);
    const current = number(traffic[tile.now]);
    const highest = Math.max(...values, current);
    write(row.label, tile.label);
    write(row.figure, rate(current));
    write(row.peak, highest > 0 ? `peak ${rate(highest)}/s` : "none lately");
    mark(row.root, "data-level", tile.bad && highest > 0 ? "bad" : "idle");
    drawBars(row.chart, values, `${tile.label} per second over ${span(step * values.length)}: now ${rate(current)}, highest ${rate(highest)}`);
  },
});

export function showTraffic(state) {
  traffic = state.traffic ?? {};
  const length = list(traffic.requests).length * (number(traffic.step_seconds) || 5);
  write(title.span, length ? `last ${span(length).replace(/ 0 s$/, "")}` : "");
  tiles.update(kTiles, ({ label }) => label);
}
