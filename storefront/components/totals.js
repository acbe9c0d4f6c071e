/** What an order is made of and what it comes to. */

import { h } from "../app/dom.js";
import { money } from "../app/format.js";
import { bookPlace } from "./book-card.js";

/** @param {import("../app/types.js").OrderItem[]} items */
export const itemTable = (items) =>
  h(
    "ul",
    { class: "items" },
    items.map((item) =>
      h(
        "li",
        null,
        h("a", { href: bookPlace(item.book_id), dir: "auto" }, item.title),
        h("span", { class: "small" }, `${item.quantity} × ${money(item.price)}`),
        h("span", { class: "price" }, money(item.line_total)),
      ),
    ),
  );

/** @param {{subtotal: number, tax: number, shipping: number, total: number}} amounts */
export const totals = ({ subtotal, tax, shipping, total }) =>
  h(
    "dl",
    { class: "totals" },
    [
      ["Books", subtotal],
      ["Tax", tax],
      ["Shipping", shipping],
    ].map(([name, amount]) => [h("dt", null, name), h("dd", null, money(Number(amount)))]),
    h("dt", { class: "total" }, "Total"),
    h("dd", { class: "total" }, money(total)),
  );
