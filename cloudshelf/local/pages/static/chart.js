// A chart of a few lines over the last minutes, with its figures in words below it.
import { element, shape } from "./dom.js";

const WIDTH = 320, HEIGHT = 120, LEFT = 38, BOTTOM = 16, TOP = 8, RIGHT = 4;

export function chart({ title, lines }, seconds) {
  const drawn = lines.filter((line) => !line.why_not);
  const most = nice(Math.max(0, ...drawn.flatMap((line) => line.points.map((point) => point ?? 0))));
  const parts = drawn.length ? [picture(title, drawn, most, seconds)] : [];
  return element("figure", {}, element("figcaption", {}, title), ...parts, legend(lines));
}

function picture(title, lines, most, seconds) {
  const whole = shape("svg", {
    class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
    "aria-label": `${title}, the last ${Math.round(seconds / 60)} minutes; the figures are in the list below`,
  });
  for (const share of [0, 0.5, 1]) {
    const y = up(share * most, most);
    whole.append(shape("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y }));
    whole.append(shape("text", { x: LEFT - 4, y: y + 3, "text-anchor": "end" }, short(share * most)));
  }
  whole.append(shape("text", { x: LEFT, y: HEIGHT - 3 }, `${Math.round(seconds / 60)} min ago`));
  whole.append(shape("text", { x: WIDTH - RIGHT, y: HEIGHT - 3, "text-anchor": "end" }, "now"));
  lines.forEach((line, number) => whole.append(...drawing(line.points, most, number)));
  return whole;
}

function drawing(points, most, number) {
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, points.length - 1);
  const marks = [];
  let path = "", before = null;
  points.forEach((point, place) => {
    if (point === null) { before = null; return; }
    const x = LEFT + place * step, y = up(point, most);
    path += `${before === null ? "M" : "L"}${x.toFixed(1)},${y.toFixed(1)}`;
    const next = points[place + 1];
    // A value between two gaps is no line.
    if (before === null && (next === null || next === undefined)) marks.push(shape("circle", { class: `series-${number % 4}`, cx: x, cy: y, r: 2 }));
    before = point;
  });
  return [shape("path", { class: `series-${number % 4}`, d: path || "M0,0" }), ...marks];
}

function legend(lines) {
  let number = 0;
  return element("ul", { class: "legend" }, ...lines.map((line) => {
    if (line.why_not) return element("li", { class: "quiet" }, `${line.label}: ${line.why_not}`);
    const colour = shape("svg", { viewBox: "0 0 14 8", "aria-hidden": "true" },
      shape("rect", { class: `series-${number % 4}`, x: 0, y: 3, width: 14, height: 2.5 }));
    number += 1;
    const last = [...line.points].reverse().find((point) => point !== null);
    return element("li", {}, colour, `${line.label}: ${last === undefined ? "nothing yet" : short(last)}`);
  }));
}

function up(value, most) {
  return HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - TOP);
}

function nice(value) {
  if (value <= 0) return 1;
  const size = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((times) => times * size).find((bound) => bound >= value) ?? value;
}

function short(value) {
  if (value >= 10000) return `${Math.round(value / 1000)}k`;
  return value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}
