/** Designs with a picture: hills, leaves, rays, a shelf. */

import { box, centre, disc, polar, set, shape, stroke, times } from "./shapes.js";
import { FONTS, round } from "./text.js";

/** A sun over hills. @type {import("./shapes.js").Design} */
export function landscape({ title, author, ground, ink, accent, second, random }) {
  const hill = (/** @type {number} */ y, /** @type {number} */ swing, /** @type {string} */ fill, opacity = 1) => {
    const bend = (random() - 0.5) * swing;
    const rise = `${round(y - swing + bend)} 120 ${round(y + swing)} 200 ${round(y - bend)}`;
    return shape(`M0 ${y}C60 ${rise}V300H0Z`, fill, { opacity });
  };
  return [
    disc(45 + random() * 110, 150 + random() * 20, 38 + random() * 14, accent),
    hill(188, 24, second),
    hill(214, 30, ground, 0.55),
    hill(232, 22, ink, 0.35),
    hill(252, 18, ground),
    set(title, 18, 92, { size: 34, font: FONTS.didone, weight: 700, leading: 1.05, fill: ink }),
    set(author, 262, 26, { size: 12.5, font: FONTS.sans, from: "middle", fill: ink }),
  ];
}

/** Stems and leaves. @type {import("./shapes.js").Design} */
export function botanical({ title, author, ink, accent, second, random }) {
  const stem = (/** @type {number} */ index) => {
    const [x, tall, lean] = [28 + index * 36 + random() * 8, 80 + random() * 62, (random() - 0.5) * 22];
    const fill = index % 2 ? accent : second;
    const leaf = (/** @type {number} */ number) => {
      const along = (number + 1) / 6;
      const side = number % 2 ? 1 : -1;
      const from = `M${round(x + lean * along * along)} ${round(300 - tall * along)}`;
      return shape(`${from}q${side * 15} -4 ${side * 19} -19q${-side * 17} 3 ${-side * 19} 19`, fill);
    };
    const [top, tip] = [round(x + lean), round(300 - tall)];
    const berry = (/** @type {number} */ dot) => disc(top + (dot - 1) * 7, tip - (dot % 2) * 7, 4, fill);
    const head = random() < 0.5 ? [disc(top, tip, 7, fill)] : times(3, berry);
    return [
      stroke(`M${round(x)} 300Q${round(x)} ${round(300 - tall / 2)} ${top} ${tip}`, fill, 1.8),
      ...times(5, leaf),
      ...head,
    ];
  };
  const small = { size: 11.5, capitals: true, spacing: 0.14, font: FONTS.sans };
  return [
    ...times(5, stem),
    centre(title, 20, 92, { size: 30, fill: ink }),
    centre(author, 116, 20, { ...small, from: "top", fill: ink }),
  ];
}

/** Rays of a rising sun. @type {import("./shapes.js").Design} */
export function rays({ title, author, ground, ink, accent, second, random }) {
  const count = 9 + Math.floor(random() * 5);
  const edge = (/** @type {number} */ step) => polar(100, 210, Math.PI * (1 + step / (count * 2)), 320).join(" ");
  const ray = (/** @type {number} */ index) =>
    shape(`M100 210L${edge(index * 2)}L${edge(index * 2 + 1)}Z`, index % 2 ? accent : second);
  const style = { font: FONTS.sans, weight: 700, leading: 1.04, fill: ink };
  return [
    ...times(count, ray),
    disc(100, 210, 62, ground),
    disc(100, 210, 54, accent),
    box(0, 176, 200, 124, ground),
    centre(title, 184, 74, { size: 28, ...style }),
    centre(author, 264, 22, { size: 12, italic: true, fill: ink }),
  ];
}

/** Spines on a shelf. @type {import("./shapes.js").Design} */
export function shelf({ title, author, ground, ink, accent, second, random }) {
  let x = 0;
  const spine = (/** @type {number} */ index) => {
    const [left, width, tall] = [x, 10 + random() * 18, 96 + random() * 44];
    x += width + 2;
    const top = 300 - tall;
    const bands = [box(left, top + 12, width, 2, ground), box(left, top + 17, width, 5, ground)];
    return [box(left, top, width, tall, [accent, second, ink][index % 3]), ...bands];
  };
  return [
    ...times(9, spine),
    set(title, 18, 102, { size: 32, font: FONTS.didone, weight: 700, leading: 1.04, fill: ink }),
    set(author, 128, 20, { size: 12.5, font: FONTS.sans, fill: ink }),
  ];
}
