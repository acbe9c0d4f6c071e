/** Puts a book into the cart. */

import { note } from "../app/announce.js";
import * as cart from "../app/cart.js";
import { h } from "../app/dom.js";
import { explain } from "../app/problem.js";

/**
 * @param {import("../app/types.js").Book} book
 * @param {{label?: string, copies?: () => number}} [options]
 */
export function addButton(book, { label = "Add", copies = () => 1 } = {}) {
  const button = h(
    "button",
    { type: "button", class: "add", "aria-label": `${label} “${book.title}” to the cart` },
    label,
  );
  button.addEventListener("click", () => void add(book, copies(), button));
  return book.stock_quantity ? button : null;
}

/**
 * @param {import("../app/types.js").Book} book
 * @param {number} copies
 * @param {HTMLButtonElement} button
 */
async function add(book, copies, button) {
  button.setAttribute("aria-disabled", "true");
  try {
    const added = await cart.add(book, copies);
    const words = added ? `“${book.title}” is in your cart.` : `Your cart holds all we have of “${book.title}”.`;
    note(words, { href: "#/cart", label: "View cart" });
  } catch (error) {
    note(explain(error));
  }
  button.removeAttribute("aria-disabled");
}
