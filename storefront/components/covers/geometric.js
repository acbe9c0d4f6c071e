/** Designs of plain shapes: tiles, ripples, orbits, rules. */

import { box, centre, disc, polar, ring, set, shape, times } from "./shapes.js";
import { FONTS } from "./text.js";

/** Tiles of quarter circles. @type {import("./shapes.js").Design} */
export function tiles({ title, author, ground, ink, accent, second, random }) {
  const tile = (/** @type {number} */ index) => {
    const [x, y] = [(index % 4) * 50, Math.floor(index / 4) * 50];
    const fill = [accent, second, ink, accent][Math.floor(random() * 4)];
    const turn = { transform: `rotate(${Math.floor(random() * 4) * 90} ${x + 25} ${y + 25})` };
    const kind = random();
    if (kind < 0.55) return shape(`M${x} ${y}h50a50 50 0 0 1 -50 50z`, fill, turn);
    if (kind < 0.7) return disc(x + 25, y + 25, 19, fill);
    if (kind < 0.85) return shape(`M${x} ${y}h50l-50 50z`, fill, turn);
    return box(x, y, 50, 50, fill);
  };
  return [
    ...times(12, tile),
    box(0, 150, 200, 150, ground),
    set(title, 163, 96, { size: 28, font: FONTS.sans, weight: 700, leading: 1.06, fill: ink }),
    set(author, 266, 22, { size: 12, font: FONTS.sans, from: "bottom", fill: ink }),
  ];
}

/** Ripples from a corner. @type {import("./shapes.js").Design} */
export function ripples({ title, author, ground, ink, accent, second, random }) {
  const x = random() < 0.5 ? 0 : 200;
  const gap = 15 + random() * 5;
  const ripple = (/** @type {number} */ index) =>
    ring(x, 300, 30 + (8 - index) * gap, index % 3 === 0 ? second : accent, 1.5 + index * 0.9);
  return [
    ...times(9, ripple),
    disc(x, 300, 26, accent),
    box(0, 0, 200, 128, ground),
    set(title, 20, 84, { size: 30, italic: true, leading: 1.08, fill: ink }),
    set(author, 106, 18, { size: 12, font: FONTS.sans, spacing: 0.04, fill: ink }),
  ];
}

/** Rings and planets. @type {import("./shapes.js").Design} */
export function orbits({ title, author, ink, accent, second, random }) {
  const orbit = (/** @type {number} */ index) => {
    const radius = 26 + index * 19;
    const [x, y] = polar(100, 118, random() * Math.PI * 2, radius);
    return [ring(100, 118, radius, ink, 0.8), disc(x, y, 3.5 + random() * 5, index % 2 ? second : accent)];
  };
  return [
    ...times(4, orbit),
    disc(100, 118, 14, accent),
    centre(title, 212, 54, { size: 24, font: FONTS.sans, weight: 600, leading: 1.06, fill: ink }),
    centre(author, 270, 18, { size: 11, font: FONTS.sans, from: "top", fill: ink }),
  ];
}

/** Bands with a frieze. @type {import("./shapes.js").Design} */
export function frieze({ title, author, ground, ink, accent, second, random }) {
  const tall = 62 + random() * 26;
  const bead = (/** @type {number} */ index) => {
    const x = 14 + index * 28.7;
    return [ring(x, tall / 2, 14, ground, 1.2), disc(x, tall / 2, 4, ground)];
  };
  return [
    box(0, 0, 200, tall, accent),
    box(0, tall + 4, 200, 3, accent),
    box(0, 249, 200, 3, second),
    box(0, 256, 200, 44, second),
    ...times(7, bead),
    centre(title, tall + 16, 190 - tall, { size: 34, weight: 600, fill: ink }),
    centre(author, 218, 22, { size: 12.5, italic: true, fill: ink }),
  ];
}
