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
    const held = cart.quantityOf(book.book_id);
    const wanted = Math.min(held + copies, cart.MOST_COPIES, book.stock_quantity);
    if (wanted === held)
      note(`Your cart holds all we have of “${book.title}”.`, { href: "#/cart", label: "View cart" });
    else {
      await cart.setQuantity(book, wanted);
      note(`“${book.title}” is in your cart.`, { href: "#/cart", label: "View cart" });
    }
  } catch (error) {
    note(explain(error));
  }
  button.removeAttribute("aria-disabled");
}
