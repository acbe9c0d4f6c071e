/** Grey shapes that hold the place of what is being fetched. */

import { h } from "../app/dom.js";

/** @param {number} count @param {string} [shape] `row` for a row that scrolls sideways */
export const bookSkeletons = (count, shape = "") =>
  h(
    "ul",
    { class: `books ${shape}`, "aria-hidden": "true" },
    Array.from({ length: count }, () =>
      h(
        "li",
        { class: "book skeleton" },
        h("span", { class: "cover" }),
        h("span", { class: "bar" }),
        h("span", { class: "bar short" }),
      ),
    ),
  );

/** @param {number} count */
export const bars = (count) =>
  h(
    "div",
    { class: "skeleton", "aria-hidden": "true" },
    Array.from({ length: count }, (_, index) => h("span", { class: index % 3 === 2 ? "bar short" : "bar" })),
  );
