// Small charts as SVG paths. The texts stand beside them in HTML, so that stretching does not distort them.
import { mark } from "./dom.js";

const kSvg = "http://www.w3.org/2000/svg";
const round = (value) => Math.round(value * 10) / 10;

function path(svg, name, d) {
  let node = svg.querySelector(`path.${name}`);
  if (!node) {
    node = document.createElementNS(kSvg, "path");
    node.setAttribute("class", name);
    svg.append(node);
  }
  mark(node, "d", d);
}

// One bar for each value; what is not zero can always be seen.
export function drawBars(svg, values, label) {
  const { width, height } = svg.viewBox.baseVal;
  const top = Math.max(...values, 0) || 1;
  const step = width / Math.max(values.length, 1);
  let bars = "";
  values.forEach((value, index) => {
    if (!(value > 0)) return;
    const tall = Math.max(2, (value / top) * (height - 1));
    bars += `M${round(index * step + step * 0.15)} ${height}v${-round(tall)}h${round(step * 0.7)}v${round(tall)}z`;
  });
  path(svg, "base", `M0 ${height - 0.5}H${width}`);
  path(svg, "bars", bars);
  mark(svg, "aria-label", label);
}

// A line with gaps where a value is null; a value alone between gaps becomes a bar.
export function drawLine(svg, values, label) {
  const { width, height } = svg.viewBox.baseVal;
  const known = values.filter(Number.isFinite);
  const top = Math.max(...known, 0) || 1;
  const step = width / Math.max(values.length - 1, 1);
  const y = (value) => round(height - 2 - (value / top) * (height - 4));
  let line = "", area = "", from = null;
  values.forEach((value, index) => {
    if (!Number.isFinite(value)) return;
    const first = !Number.isFinite(values[index - 1]), last = !Number.isFinite(values[index + 1]);
    const x = round(index * step - (first && last ? step : 0));
    if (first) {
      from = x;
      line += `M${x} ${y(value)}`;
      area += `M${x} ${height}`;
    } else line += `L${x} ${y(value)}`;
    area += `L${x} ${y(value)}`;
    if (first && last) {
      line += `h${round(step)}`;
      area += `h${round(step)}`;
    }
    if (last) area += `V${height}H${from}z`;
  });
  path(svg, "base", `M0 ${height - 0.5}H${width}`);
  path(svg, "area", area);
  path(svg, "line", line);
  mark(svg, "aria-label", label);
}
