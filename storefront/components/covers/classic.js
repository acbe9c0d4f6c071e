/** Designs that live by their type: the clothbound edition, the paper label, the poster, the initial. */

import { s } from "../../app/dom.js";
import { border, box, centre, disc, set, shape, stroke, times } from "./shapes.js";
import { FONTS, round } from "./text.js";

/** A double frame, a fleuron and centred type. @type {import("./shapes.js").Design} */
export function frame({ title, author, ink, accent, second, random }) {
  const petals = 5 + Math.floor(random() * 4) * 2;
  const long = 15 + random() * 8;
  const petal = (/** @type {number} */ turn, /** @type {string} */ d, /** @type {string} */ fill) =>
    times(petals, (index) =>
      shape(d, fill, { transform: `rotate(${round((index + turn) * (360 / petals))} 100 196)` }),
    );
  const [bend, height] = [round(long * 0.5), round(long * 1.9)];
  return [
    border(9, accent, 2.4),
    border(14.5, accent, 0.8),
    ...petal(0, `M100 196q${bend} ${-round(long)} 0 ${-height}q${-bend} ${round(long * 0.9)} 0 ${height}`, accent),
    ...petal(0.5, "M100 190q4 -9 0 -18q-4 9 0 18", second),
    disc(100, 196, 4, ink),
    centre(title, 30, 112, { x: 26, width: 148, size: 30, fill: ink }),
    centre(author, 248, 28, { x: 26, width: 148, size: 12, capitals: true, spacing: 0.12, fill: ink }),
  ];
}

/** Small patterns of cloth, each drawn at a point. @type {((x: number, y: number, fill: string) => Element)[]} */
const CLOTHS = [
  (x, y, fill) => shape(`M${x} ${y}q6 -12 12 0q-6 12 -12 0`, fill),
  (x, y, fill) => stroke(`M${x} ${y}l6 -7l6 7`, fill, 2),
  (x, y, fill) => disc(x + 6, y, 2.8, fill),
  (x, y, fill) => stroke(`M${x - 2} ${y}a8 8 0 0 0 16 0`, fill, 1.6),
  (x, y, fill) => shape(`M${x + 6} ${y - 7}l2 5l5 2l-5 2l-2 5l-2 -5l-5 -2l5 -2z`, fill),
];

/** A paper label on patterned cloth. @type {import("./shapes.js").Design} */
export function label({ title, author, ground, ink, accent, second, random }) {
  const motif = CLOTHS[Math.floor(random() * CLOTHS.length)];
  const [paper, print] = isLight(ground) ? [ground, ink] : [ink, ground];
  const inner = { x: 33, y: 51, width: 134, height: 140, fill: "none", stroke: print, "stroke-width": 0.9 };
  return [
    ...(isLight(ground) ? [box(0, 0, 200, 300, accent)] : []),
    ...times(19, (row) => times(11, (column) => motif(column * 20 - (row % 2) * 10 - 4, row * 17 + 2, second))),
    box(28, 46, 144, 150, paper),
    s("rect", inner),
    centre(title, 60, 88, { x: 41, width: 118, size: 25, fill: print }),
    stroke("M84 156h32", print, 1),
    centre(author, 161, 26, { x: 41, width: 118, size: 11, italic: true, fill: print }),
  ];
}

/** The title as large as it gets. @type {import("./shapes.js").Design} */
export function poster({ title, author, ink, accent, second, random }) {
  const y = 236 + random() * 10;
  const heavy = { font: FONTS.grotesque, weight: 800, leading: 0.98, spacing: -0.02 };
  return [
    box(14, 16, 172, 2.5, ink),
    set(author, 24, 26, { x: 14, width: 172, size: 12.5, font: FONTS.grotesque, fill: ink }),
    set(title, 56, 158, { x: 14, width: 172, size: 48, ...heavy, fill: ink }),
    disc(40, y + 10, 26, accent),
    random() < 0.5 ? disc(74, y + 10, 26, second, 0.85) : box(60, y - 16, 52, 52, second),
    stroke(`M124 ${round(y + 36)}h62`, ink, 2.5),
  ];
}

/** The initial, huge. @type {import("./shapes.js").Design} */
export function initial({ title, author, ground, ink, accent, random }) {
  const [letter] = /[\p{L}\p{N}]/u.exec(title.replace(/^(the|a|an)\s/i, "")) ?? ["•"];
  const face = { "font-family": FONTS.didone, "font-weight": 700, "font-size": round(215 + random() * 25) };
  return [
    s("text", { x: 100, y: 254, "text-anchor": "middle", fill: accent, ...face }, letter.toLocaleUpperCase()),
    box(0, 0, 200, 92, ground),
    box(0, 252, 200, 48, ground),
    set(title, 14, 74, { size: 27, font: FONTS.didone, leading: 1.06, fill: ink }),
    set(author, 262, 26, { size: 12, font: FONTS.didone, italic: true, from: "middle", fill: ink }),
  ];
}

/** @param {string} hex whether a colour is light enough to be paper */
const isLight = (hex) => Number.parseInt(hex.slice(1, 3), 16) + Number.parseInt(hex.slice(3, 5), 16) > 340;
