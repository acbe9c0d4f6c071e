/** Figures as pictures. The shapes are drawn, the words beside them are text, and all of it is in a table as well. */

import { h, s } from "../app/dom.js";
import { figureTable } from "./figure-table.js";

/** How much of its place a column takes. */
const BREADTH = 0.78;

/** @typedef {{name: string, value: number}} Figure */

/**
 * A column for each figure, in their order.
 *
 * @param {{name: string, figures: Figure[], words: (value: number) => string, heads: [string, string]}} chart
 * `words` writes a value, `heads` are those of the table
 */
export function columns({ name, figures, words, heads }) {
  const most = Math.max(...figures.map(({ value }) => value));
  const top = figures.find(({ value }) => value === most);
  const says = most ? `${name}. The most is ${words(most)}, ${top?.name}.` : `${name}. Nothing yet.`;
  return h(
    "figure",
    { class: "columns" },
    h("span", { class: "scale", "aria-hidden": "true" }, h("span", null, words(most)), h("span", null, words(0))),
    picture(figures, most, says, words),
    h(
      "span",
      { class: "span", "aria-hidden": "true" },
      ends(figures).map((figure) => h("span", null, figure.name)),
    ),
    h(
      "details",
      null,
      h("summary", null, "As a table"),
      figureTable(
        name,
        heads,
        figures.map((figure) => [figure.name, words(figure.value)]),
      ),
    ),
  );
}

/** @param {Figure[]} figures @param {number} most @param {string} says @param {(value: number) => string} words */
const picture = (figures, most, says, words) =>
  s(
    "svg",
    { role: "img", "aria-label": says, viewBox: `0 0 ${figures.length} 1`, preserveAspectRatio: "none" },
    figures.map(({ name, value }, at) => {
      const height = most ? value / most : 0;
      const place = { x: at + (1 - BREADTH) / 2, y: 1 - height, width: BREADTH, height };
      return s("rect", place, s("title", null, `${name}: ${words(value)}`));
    }),
  );

/** The first and the last. @param {Figure[]} figures */
const ends = (figures) => [...new Set([figures[0], figures[figures.length - 1]])];

/**
 * A share of the most, as a bar. It says nothing that is not in words beside it.
 *
 * @param {number} value
 * @param {number} most
 */
export const bar = (value, most) =>
  s(
    "svg",
    { class: "share", "aria-hidden": "true", viewBox: "0 0 1 1", preserveAspectRatio: "none" },
    s("rect", { width: most ? value / most : 0, height: 1 }),
  );
