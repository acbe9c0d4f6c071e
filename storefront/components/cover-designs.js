/**
 * The designs of drawn covers, on a page of 200 × 300. Each is a function of the book's words, its colours and a
 * random number generator of its own, so a book always looks the same.
 */

import { s } from "../app/dom.js";
import { FONTS, round, text } from "./cover-text.js";

/**
 * @typedef {import("./cover-colours.js").Colours & {
 *   title: string, author: string, random: () => number,
 * }} Sheet
 * @typedef {(sheet: Sheet) => Element[]} Design
 */

/** @param {number} x @param {number} y @param {number} width @param {number} height @param {string} fill */
const box = (x, y, width, height, fill) => s("rect", { x: round(x), y: round(y), width: round(width), height: round(height), fill });
/** @param {number} cx @param {number} cy @param {number} r @param {string} fill @param {number} [opacity] */
const disc = (cx, cy, r, fill, opacity) => s("circle", { cx: round(cx), cy: round(cy), r: round(r), fill, opacity });
/** @param {number} cx @param {number} cy @param {number} r @param {string} stroke @param {number} width */
const ring = (cx, cy, r, stroke, width) =>
  s("circle", { cx: round(cx), cy: round(cy), r: round(r), fill: "none", stroke, "stroke-width": width });
/** @param {string} d @param {string} fill @param {object} [more] */
const shape = (d, fill, more) => s("path", { d, fill, ...more });
/** @param {string} d @param {string} stroke @param {number} width */
const line = (d, stroke, width) => shape(d, "none", { stroke, "stroke-width": width, "stroke-linecap": "round" });
/** @param {number} count @param {(index: number) => Element | Element[]} draw */
const times = (count, draw) => Array.from({ length: count }, (_, index) => draw(index)).flat();

/** A double frame, a fleuron and centred type: the old clothbound edition. @type {Design} */
function frame({ title, author, ink, accent, second, random }) {
  const petals = 5 + Math.floor(random() * 4) * 2;
  const long = 15 + random() * 8;
  const turn = (/** @type {number} */ index, /** @type {number} */ offset) => `rotate(${round((index + offset) * (360 / petals))} 100 196)`;
  const petal = (/** @type {number} */ y, /** @type {string} */ d, /** @type {string} */ fill, /** @type {number} */ offset) =>
    times(petals, (index) => shape(d, fill, { transform: turn(index, offset), y }));
  return [
    s("rect", { x: 9, y: 9, width: 182, height: 282, fill: "none", stroke: accent, "stroke-width": 2.4 }),
    s("rect", { x: 14.5, y: 14.5, width: 171, height: 271, fill: "none", stroke: accent, "stroke-width": 0.8 }),
    ...petal(0, `M100 196q${round(long * 0.5)} ${-round(long)} 0 ${-round(long * 1.9)}q${-round(long * 0.5)} ${round(long * 0.9)} 0 ${round(long * 1.9)}`, accent, 0),
    ...petal(0, `M100 190q4 -9 0 -18q-4 9 0 18`, second, 0.5),
    disc(100, 196, 4, ink),
    text(title, { x: 26, y: 30, width: 148, height: 112, size: 30, font: FONTS.serif, align: "middle", from: "middle", fill: ink }),
    text(author, { x: 26, y: 248, width: 148, height: 28, size: 12, capitals: true, spacing: 0.12, align: "middle", from: "middle", fill: ink }),
  ];
}

/** A sun over hills. @type {Design} */
function landscape({ title, author, ground, ink, accent, second, random }) {
  const hill = (/** @type {number} */ y, /** @type {number} */ swing, /** @type {string} */ fill, /** @type {number} */ opacity) => {
    const bend = (random() - 0.5) * swing;
    return shape(`M0 ${y}C60 ${round(y - swing + bend)} 120 ${round(y + swing)} 200 ${round(y - bend)}V300H0Z`, fill, { opacity });
  };
  return [
    disc(45 + random() * 110, 150 + random() * 20, 38 + random() * 14, accent),
    hill(188, 24, second, 1),
    hill(214, 30, ground, 0.55),
    hill(232, 22, ink, 0.35),
    hill(252, 18, ground, 1),
    text(title, { x: 16, y: 18, width: 168, height: 92, size: 34, font: FONTS.didone, weight: 700, leading: 1.05, fill: ink }),
    text(author, { x: 16, y: 262, width: 168, height: 26, size: 12.5, font: FONTS.sans, from: "middle", fill: ink }),
  ];
}

/** Tiles of quarter circles. @type {Design} */
function tiles({ title, author, ground, ink, accent, second, random }) {
  const side = 50;
  const inks = [accent, second, ink, accent];
  const tile = (/** @type {number} */ index) => {
    const [x, y] = [(index % 4) * side, Math.floor(index / 4) * side];
    const fill = inks[Math.floor(random() * inks.length)];
    const turn = `rotate(${Math.floor(random() * 4) * 90} ${x + 25} ${y + 25})`;
    const kind = random();
    if (kind < 0.55) return shape(`M${x} ${y}h50a50 50 0 0 1 -50 50z`, fill, { transform: turn });
    if (kind < 0.7) return disc(x + 25, y + 25, 19, fill);
    if (kind < 0.85) return shape(`M${x} ${y}h50l-50 50z`, fill, { transform: turn });
    return ground === fill ? [] : box(x, y, side, side, fill);
  };
  return [
    ...times(12, tile),
    box(0, 150, 200, 150, ground),
    text(title, { x: 14, y: 163, width: 172, height: 96, size: 28, font: FONTS.sans, weight: 700, leading: 1.06, fill: ink }),
    text(author, { x: 14, y: 266, width: 172, height: 22, size: 12, font: FONTS.sans, from: "bottom", fill: ink }),
  ];
}

/** A paper label on patterned cloth. @type {Design} */
function label({ title, author, ground, ink, accent, second, random }) {
  const motif = [
    (/** @type {number} */ x, /** @type {number} */ y) => shape(`M${x} ${y}q6 -12 12 0q-6 12 -12 0`, second),
    (/** @type {number} */ x, /** @type {number} */ y) => line(`M${x} ${y}l6 -7l6 7`, second, 2),
    (/** @type {number} */ x, /** @type {number} */ y) => disc(x + 6, y, 2.8, second),
    (/** @type {number} */ x, /** @type {number} */ y) => line(`M${x - 2} ${y}a8 8 0 0 0 16 0`, second, 1.6),
    (/** @type {number} */ x, /** @type {number} */ y) => shape(`M${x + 6} ${y - 7}l2 5l5 2l-5 2l-2 5l-2 -5l-5 -2l5 -2z`, second),
  ][Math.floor(random() * 5)];
  const paper = light(ground) ? ground : ink;
  const print = light(ground) ? ink : ground;
  return [
    ...(light(ground) ? [box(0, 0, 200, 300, accent)] : []),
    ...times(19, (row) => times(11, (column) => motif(column * 20 - (row % 2) * 10 - 4, row * 17 + 2))),
    box(28, 46, 144, 150, paper),
    s("rect", { x: 33, y: 51, width: 134, height: 140, fill: "none", stroke: print, "stroke-width": 0.9 }),
    text(title, { x: 41, y: 60, width: 118, height: 88, size: 25, font: FONTS.serif, align: "middle", from: "middle", fill: print }),
    line("M84 156h32", print, 1),
    text(author, { x: 41, y: 161, width: 118, height: 26, size: 11, font: FONTS.serif, italic: true, align: "middle", from: "middle", fill: print }),
  ];
}

/** The title as large as it gets. @type {Design} */
function poster({ title, author, ink, accent, second, random }) {
  const y = 236 + random() * 10;
  return [
    box(14, 16, 172, 2.5, ink),
    text(author, { x: 14, y: 24, width: 172, height: 26, size: 12.5, font: FONTS.grotesque, fill: ink }),
    text(title, { x: 14, y: 56, width: 172, height: 158, size: 48, font: FONTS.grotesque, weight: 800, leading: 0.98, spacing: -0.02, fill: ink }),
    disc(40, y + 10, 26, accent),
    ...(random() < 0.5 ? [disc(74, y + 10, 26, second, 0.85)] : [box(60, y - 16, 52, 52, second)]),
    line(`M124 ${round(y + 36)}h62`, ink, 2.5),
  ];
}

/** Ripples from a corner. @type {Design} */
function ripples({ title, author, ground, ink, accent, second, random }) {
  const [x, y] = [random() < 0.5 ? 0 : 200, 300];
  const gap = 15 + random() * 5;
  return [
    ...times(9, (index) => ring(x, y, 30 + (8 - index) * gap, index % 3 === 0 ? second : accent, 1.5 + index * 0.9)),
    disc(x, y, 26, accent),
    box(0, 0, 200, 128, ground),
    text(title, { x: 16, y: 20, width: 168, height: 84, size: 30, font: FONTS.serif, italic: true, leading: 1.08, fill: ink }),
    text(author, { x: 16, y: 106, width: 168, height: 18, size: 12, font: FONTS.sans, spacing: 0.04, fill: ink }),
  ];
}

/** Stems and leaves. @type {Design} */
function botanical({ title, author, ink, accent, second, random }) {
  const stem = (/** @type {number} */ index) => {
    const x = 28 + index * 36 + random() * 8;
    const tall = 80 + random() * 62;
    const lean = (random() - 0.5) * 22;
    const fill = index % 2 ? accent : second;
    const leaves = times(5, (leaf) => {
      const along = (leaf + 1) / 6;
      const [at, up] = [x + lean * along * along, 300 - tall * along];
      const side = leaf % 2 ? 1 : -1;
      return shape(`M${round(at)} ${round(up)}q${side * 15} ${-4} ${side * 19} ${-19}q${-side * 17} 3 ${-side * 19} 19`, fill);
    });
    const top = [x + lean, 300 - tall];
    const head = random() < 0.5 ? [disc(top[0], top[1], 7, fill)] : times(3, (dot) => disc(top[0] + (dot - 1) * 7, top[1] - (dot % 2) * 7, 4, fill));
    return [line(`M${round(x)} 300Q${round(x)} ${round(300 - tall / 2)} ${round(top[0])} ${round(top[1])}`, fill, 1.8), ...leaves, ...head];
  };
  return [
    ...times(5, stem),
    text(title, { x: 18, y: 20, width: 164, height: 92, size: 30, font: FONTS.serif, align: "middle", from: "middle", fill: ink }),
    text(author, { x: 18, y: 116, width: 164, height: 20, size: 11.5, capitals: true, spacing: 0.14, font: FONTS.sans, align: "middle", fill: ink }),
  ];
}

/** The initial, cropped and huge. @type {Design} */
function initial({ title, author, ground, ink, accent, random }) {
  const letter = (/[\p{L}\p{N}]/u.exec(title.replace(/^(the|a|an)\s/i, "")) ?? ["•"])[0].toLocaleUpperCase();
  const size = 215 + random() * 25;
  return [
    s("text", { x: 100, y: 254, "font-size": round(size), "font-family": FONTS.didone, "font-weight": 700, "text-anchor": "middle", fill: accent }, letter),
    box(0, 0, 200, 92, ground),
    box(0, 252, 200, 48, ground),
    text(title, { x: 16, y: 14, width: 168, height: 74, size: 27, font: FONTS.didone, leading: 1.06, fill: ink }),
    text(author, { x: 16, y: 262, width: 168, height: 26, size: 12, font: FONTS.didone, italic: true, from: "middle", fill: ink }),
  ];
}

/** Rings and planets. @type {Design} */
function orbits({ title, author, ink, accent, second, random }) {
  const [cx, cy] = [100, 118];
  return [
    ...times(4, (index) => {
      const radius = 26 + index * 19;
      const angle = random() * Math.PI * 2;
      const planet = disc(cx + Math.cos(angle) * radius, cy + Math.sin(angle) * radius, 3.5 + random() * 5, index % 2 ? second : accent);
      return [ring(cx, cy, radius, ink, 0.8), planet];
    }),
    disc(cx, cy, 14, accent),
    text(title, { x: 16, y: 212, width: 168, height: 54, size: 24, font: FONTS.sans, weight: 600, align: "middle", from: "middle", leading: 1.06, fill: ink }),
    text(author, { x: 16, y: 270, width: 168, height: 18, size: 11, font: FONTS.sans, align: "middle", fill: ink }),
  ];
}

/** Rays behind a plate. @type {Design} */
function rays({ title, author, ground, ink, accent, second, random }) {
  const count = 9 + Math.floor(random() * 5);
  const ray = (/** @type {number} */ index) => {
    const edge = (/** @type {number} */ step) => {
      const angle = Math.PI + (step / (count * 2)) * Math.PI;
      return `${round(100 + Math.cos(angle) * 320)} ${round(210 + Math.sin(angle) * 320)}`;
    };
    return shape(`M100 210L${edge(index * 2)}L${edge(index * 2 + 1)}Z`, index % 2 ? accent : second);
  };
  return [
    ...times(count, ray),
    disc(100, 210, 62, ground),
    disc(100, 210, 54, accent),
    box(0, 176, 200, 124, ground),
    text(title, { x: 14, y: 184, width: 172, height: 74, size: 28, font: FONTS.sans, weight: 700, align: "middle", from: "middle", leading: 1.04, fill: ink }),
    text(author, { x: 14, y: 264, width: 172, height: 22, size: 12, font: FONTS.serif, italic: true, align: "middle", from: "middle", fill: ink }),
  ];
}

/** Bands of colour, as on the spines of a shelf. @type {Design} */
function bands({ title, author, ground, ink, accent, second, random }) {
  const fills = [accent, second, ink];
  let x = 0;
  const spines = times(9, (index) => {
    const width = 12 + random() * 18;
    const tall = 96 + random() * 44;
    const fill = fills[index % 3];
    const spine = [box(x, 300 - tall, width - 2, tall, fill), box(x, 300 - tall + 12, width - 2, 2, ground), box(x, 300 - tall + 17, width - 2, 5, ground)];
    x += width;
    return spine;
  });
  return [
    ...spines,
    text(title, { x: 16, y: 18, width: 168, height: 102, size: 32, font: FONTS.didone, weight: 700, leading: 1.04, fill: ink }),
    text(author, { x: 16, y: 128, width: 168, height: 20, size: 12.5, font: FONTS.sans, fill: ink }),
  ];
}

/** Thick and thin rules around italic type. @type {Design} */
function rules({ title, author, ground, ink, accent, second, random }) {
  const tall = 62 + random() * 26;
  return [
    box(0, 0, 200, tall, accent),
    box(0, tall + 4, 200, 3, accent),
    box(0, 300 - 44, 200, 44, second),
    box(0, 300 - 51, 200, 3, second),
    ...times(7, (index) => ring(14 + index * 28.7, tall / 2, 14, ground, 1.2)),
    ...times(7, (index) => disc(14 + index * 28.7, tall / 2, 4, ground)),
    text(title, { x: 16, y: tall + 16, width: 168, height: 190 - tall, size: 34, font: FONTS.serif, weight: 600, align: "middle", from: "middle", fill: ink }),
    text(author, { x: 16, y: 218, width: 168, height: 22, size: 12.5, font: FONTS.serif, italic: true, align: "middle", from: "middle", fill: ink }),
  ];
}

/** @param {string} hex whether a colour is light enough to be paper */
export const light = (hex) => Number.parseInt(hex.slice(1, 3), 16) + Number.parseInt(hex.slice(3, 5), 16) > 340;

export const DESIGNS = [frame, landscape, tiles, label, poster, ripples, botanical, initial, orbits, rays, bands, rules];
