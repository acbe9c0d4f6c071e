/** The cover of a book: its image, or a drawing made from the book's data where it has none. */

import { h, s } from "../../app/dom.js";
import { coloursOf, hash } from "./colours.js";
import * as classic from "./classic.js";
import * as geometric from "./geometric.js";
import * as scenic from "./scenic.js";

/** @type {import("./shapes.js").Design[]} */
const DESIGNS = [classic, geometric, scenic].flatMap((module) => Object.values(module));
const LONGEST_TITLE = 140;
const LONGEST_AUTHOR = 60;

/**
 * @param {import("../../app/types.js").CoverData} book
 * @param {{name?: boolean}} [options] `name` gives the picture a name of its own, for where no text beside it does
 * @returns {HTMLElement}
 */
export function cover(book, { name = false } = {}) {
  const frame = h("span", {
    class: "cover",
    ...(name ? { role: "img", "aria-label": label(book) } : { "aria-hidden": "true" }),
  });
  frame.append(image(book, frame) ?? draw(book));
  return frame;
}

/** @param {import("../../app/types.js").CoverData} book */
const label = (book) => `Cover of ${book.title} by ${book.author}`;

/**
 * Only images of the shop's own origin are shown; one that does not load gives way to the drawing.
 *
 * @param {import("../../app/types.js").CoverData} book
 * @param {HTMLElement} frame
 */
function image(book, frame) {
  if (!book.image_url || new URL(book.image_url, location.href).origin !== location.origin) return null;
  const onerror = () => frame.replaceChildren(draw(book));
  return h("img", { src: book.image_url, alt: "", loading: "lazy", width: 200, height: 300, onerror });
}

/** @param {import("../../app/types.js").CoverData} book */
function draw(book) {
  const random = generator(hash(book.book_id));
  const design = DESIGNS[Math.floor(random() * DESIGNS.length)];
  const colours = coloursOf(book.category, Math.floor(random() * 3));
  const title = shorten(mainTitle(book.title), LONGEST_TITLE);
  const author = shorten(book.author, LONGEST_AUTHOR);
  const paper = s("rect", { width: 200, height: 300, fill: colours.ground });
  return s("svg", { viewBox: "0 0 200 300", "aria-hidden": "true", focusable: "false" }, paper, design({ ...colours, title, author, random }));
}

/**
 * Without the subtitle where there is enough before it.
 *
 * @param {string} title
 */
function mainTitle(title) {
  const [main] = title.split(/[:;(]\s*/);
  return main.trim().length > 3 ? main.trim() : title;
}

/** @param {string} words @param {number} length */
function shorten(words, length) {
  const letters = Array.from(words);
  return letters.length > length ? `${letters.slice(0, length - 1).join("")}…` : words;
}

/**
 * Mulberry32: random enough for pictures, and the same everywhere.
 *
 * @param {number} seed
 */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
