/** The shopper's orders. */

import { api } from "../app/api.js";
import { h } from "../app/dom.js";
import { day, money, plural } from "../app/format.js";
import { orderPages } from "../components/order-pages.js";
import { statusBadge } from "../components/order-status.js";

const PAGE = 20;

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function orders({ signal }) {
  const list = orderPages((cursor) => api.orders({ limit: PAGE, cursor }, signal), row, nothing);
  return {
    title: "Your orders",
    content: h("section", { class: "wide" }, h("h1", null, "Your orders"), list.element),
    ready: list.ready,
  };
}

/** @param {import("../app/types.js").Order} order */
function row(order) {
  const copies = order.items.reduce((count, item) => count + item.quantity, 0);
  const titles = order.items.map((item) => item.title).join(", ");
  return h(
    "li",
    { class: "order" },
    h(
      "a",
      { href: `#/orders/${encodeURIComponent(order.order_id)}` },
      h("b", null, day(order.order_date)),
      h("span", { class: "titles", dir: "auto" }, titles),
    ),
    h("span", null, plural(copies, "copy", "copies")),
    statusBadge(order.status),
    h("b", { class: "price" }, money(order.total)),
  );
}

const nothing = () =>
  h(
    "div",
    { class: "notice" },
    h("p", null, "You have not ordered anything yet."),
    h("p", null, h("a", { class: "button", href: "#/browse" }, "Find something to read")),
  );
