/** Shapes and lines of type on the page of a cover, which is 200 × 300. */

import { s } from "../../app/dom.js";
import { round, text } from "./text.js";

export const WIDTH = 200;
export const HEIGHT = 300;

/**
 * What a design draws with: the book's words, its colours, and random numbers that are the same each time.
 *
 * @typedef {import("./colours.js").Colours & {title: string, author: string, random: () => number}} Sheet
 * @typedef {(sheet: Sheet) => Element[]} Design
 */

/** @param {number} x @param {number} y @param {number} width @param {number} height @param {string} fill */
export const box = (x, y, width, height, fill) =>
  s("rect", { x: round(x), y: round(y), width: round(width), height: round(height), fill });

/** @param {number} inset @param {string} stroke @param {number} width */
export const border = (inset, stroke, width) =>
  s("rect", {
    ...{ x: inset, y: inset, width: WIDTH - 2 * inset, height: HEIGHT - 2 * inset },
    ...{ fill: "none", stroke, "stroke-width": width },
  });

/** @param {number} cx @param {number} cy @param {number} r @param {string} fill @param {number} [opacity] */
export const disc = (cx, cy, r, fill, opacity) =>
  s("circle", { cx: round(cx), cy: round(cy), r: round(r), fill, opacity });

/** @param {number} cx @param {number} cy @param {number} r @param {string} stroke @param {number} width */
export const ring = (cx, cy, r, stroke, width) =>
  s("circle", { cx: round(cx), cy: round(cy), r: round(r), fill: "none", stroke, "stroke-width": width });

/** @param {string} d @param {string} fill @param {object} [more] */
export const shape = (d, fill, more) => s("path", { d, fill, ...more });

/** @param {string} d @param {string} stroke @param {number} width */
export const stroke = (d, stroke, width) =>
  s("path", { d, fill: "none", stroke, "stroke-width": width, "stroke-linecap": "round" });

/** @param {number} count @param {(index: number) => Element | Element[]} draw */
export const times = (count, draw) => Array.from({ length: count }, (_, index) => draw(index)).flat();

/**
 * A point at an angle and a distance from another, as a path has it.
 *
 * @param {number} x @param {number} y @param {number} angle @param {number} distance
 */
export const polar = (x, y, angle, distance) =>
  /** @type {const} */ ([round(x + Math.cos(angle) * distance), round(y + Math.sin(angle) * distance)]);

/**
 * Type set from the leading edge, within the margins.
 *
 * @param {string} words @param {number} y @param {number} height
 * @param {Partial<import("./text.js").Box> & {size: number, fill: string}} style
 */
export const set = (words, y, height, style) => text(words, { x: 16, y, width: WIDTH - 32, height, ...style });

/**
 * Type set in the middle of its box.
 *
 * @param {string} words @param {number} y @param {number} height
 * @param {Partial<import("./text.js").Box> & {size: number, fill: string}} style
 */
export const centre = (words, y, height, style) => set(words, y, height, { align: "middle", from: "middle", ...style });
