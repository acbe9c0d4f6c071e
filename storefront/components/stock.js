/** How many copies there are, in words. */

import { h } from "../app/dom.js";
import { plural } from "../app/format.js";

const FEW = 5;

/** @param {number} copies */
export function stock(copies) {
  if (copies === 0) return h("span", { class: "stock none" }, "Out of stock");
  if (copies <= FEW) return h("span", { class: "stock few" }, `Only ${plural(copies, "copy", "copies")} left`);
  return h("span", { class: "stock" }, "In stock");
}
