/** Setting type on covers: text is wrapped and sized until it fits its box, in any script. */

import { s } from "../../app/dom.js";

export const FONTS = {
  serif: "'Iowan Old Style', 'Palatino Linotype', Palatino, 'Book Antiqua', Georgia, 'Noto Serif', serif",
  didone: "'Bodoni 72', Didot, 'Bodoni MT', 'Hoefler Text', Georgia, 'Noto Serif', serif",
  sans: "Futura, 'Century Gothic', 'Avenir Next', 'Gill Sans', 'Trebuchet MS', 'Noto Sans', sans-serif",
  grotesque: "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'Noto Sans', sans-serif",
};

/** What strongly reads from right to left: Hebrew, Arabic and their neighbours. */
const RIGHT_TO_LEFT = /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u;

/**
 * @typedef {{
 *   x: number, y: number, width: number, height: number, size: number, least?: number, font?: string,
 *   weight?: number, italic?: boolean, capitals?: boolean, spacing?: number, leading?: number, fill: string,
 *   align?: "start" | "middle" | "end", from?: "top" | "middle" | "bottom", opacity?: number,
 * }} Box `size` is the largest and `least` the smallest size of the type, `spacing` in ems
 */

const brush = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

/**
 * @param {string} words
 * @param {Box} box
 */
export function text(words, box) {
  const shown = box.capitals ? words.toLocaleUpperCase() : words;
  const { size, lines } = fit(shown, box);
  const leading = (box.leading ?? 1.12) * size;
  const free = box.height - leading * lines.length;
  const top = box.y + { top: 0, middle: free / 2, bottom: free }[box.from ?? "top"];
  const rightToLeft = RIGHT_TO_LEFT.test(words);
  const x = box.x + box.width * anchor(box.align ?? "start", rightToLeft);
  const spans = lines.map((line, index) => s("tspan", { x, y: round(top + leading * index + size * 0.86) }, line));
  return s("text", { ...face(box, size), direction: rightToLeft && "rtl", "unicode-bidi": "plaintext" }, spans);
}

/** @param {"start" | "middle" | "end"} align @param {boolean} rightToLeft */
function anchor(align, rightToLeft) {
  const share = { start: 0, middle: 0.5, end: 1 }[align];
  return rightToLeft ? 1 - share : share;
}

/** @param {Box} box @param {number} size */
const face = (box, size) => ({
  "font-family": box.font ?? FONTS.serif,
  "font-size": round(size),
  "font-weight": box.weight,
  "font-style": box.italic && "italic",
  "letter-spacing": box.spacing && round(box.spacing * size),
  "text-anchor": box.align ?? "start",
  opacity: box.opacity,
  fill: box.fill,
});

/**
 * The largest size at which the words fit, and their lines at that size.
 *
 * @param {string} words
 * @param {Box} box
 */
function fit(words, box) {
  const least = box.least ?? 7;
  const wide = measure(box);
  const most = (/** @type {number} */ size) => Math.max(1, Math.floor(box.height / ((box.leading ?? 1.12) * size)));
  for (let size = box.size; size > least; size -= size > 20 ? 1.5 : 0.75) {
    const lines = wrap(words.split(/\s+/), box.width / size, wide);
    if (lines.length <= most(size) && lines.every((line) => wide(line) <= box.width / size)) return { size, lines };
  }
  const lines = wrap(
    words.split(/\s+/).flatMap((word) => pieces(word, box.width / least, wide)),
    box.width / least,
    wide,
  );
  const kept = lines.slice(0, most(least));
  if (kept.length < lines.length) kept[kept.length - 1] = `${kept[kept.length - 1].replace(/.{2}$/u, "")}…`;
  return { size: least, lines: kept };
}

/**
 * Measures text in ems.
 *
 * @param {Box} box
 */
function measure(box) {
  brush.font = `${box.italic ? "italic" : "normal"} ${box.weight ?? 400} 100px ${box.font ?? FONTS.serif}`;
  return (/** @type {string} */ words) => brush.measureText(words).width / 100 + (box.spacing ?? 0) * words.length;
}

/**
 * @param {string[]} words
 * @param {number} width in ems
 * @param {(words: string) => number} wide
 */
function wrap(words, width, wide) {
  /** @type {string[]} */
  const lines = [];
  for (const word of words) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && wide(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/**
 * A word that is too long for a line, in pieces that are not.
 *
 * @param {string} word
 * @param {number} width
 * @param {(words: string) => number} wide
 */
function pieces(word, width, wide) {
  const parts = [""];
  for (const letter of word) {
    if (wide(parts[parts.length - 1] + letter) > width) parts.push("");
    parts[parts.length - 1] += letter;
  }
  return parts;
}

/** @param {number} value */
export const round = (value) => Math.round(value * 10) / 10;
