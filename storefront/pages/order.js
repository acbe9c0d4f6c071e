/** One order of the shopper. */

import { note } from "../app/announce.js";
import { api } from "../app/api.js";
import { h } from "../app/dom.js";
import { day } from "../app/format.js";
import { explain, Problem } from "../app/problem.js";
import { addressLines } from "../components/address-fields.js";
import { confirm } from "../components/confirm.js";
import { paymentWords, progress } from "../components/order-status.js";
import { region } from "../components/region.js";
import { bars } from "../components/skeletons.js";
import { stylesheet } from "../components/stylesheet.js";
import { itemTable, totals } from "../components/totals.js";
import { notFound } from "./not-found.js";

const CANCELLABLE = ["pending", "confirmed"];

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function orderPage({ params, query, signal }) {
  /** @type {ReturnType<typeof region>} */
  const part = region({
    skeleton: bars(9),
    load: async () => (await stylesheet("/styles/checkout.css"), api.order(params.id, signal)),
    build: (order) => details(order, query.has("thanks"), part),
    failed: (error) => (error instanceof Problem && error.status === 404 ? notFound("order") : null),
  });
  return { title: "Order", content: h("section", { class: "wide" }, part.element), ready: part.ready };
}

/**
 * @param {import("../app/types.js").Order} order
 * @param {boolean} thanks
 * @param {{reload: () => Promise<void>}} part
 */
const details = (order, thanks, part) =>
  h(
    "div",
    null,
    h("p", { class: "kind" }, h("a", { href: "#/orders" }, "Your orders")),
    h(
      "h1",
      null,
      thanks && order.status !== "cancelled" ? "Thank you for your order" : `Order of ${day(order.order_date)}`,
    ),
    h("p", { class: "small" }, "Order number ", h("code", null, order.order_id)),
    progress(order.status),
    h(
      "div",
      { class: "cart" },
      h("div", null, h("h2", null, "Books"), itemTable(order.items)),
      h(
        "aside",
        { class: "summary", "aria-label": "Total and address" },
        totals(order),
        paymentWords(order),
        order.shipping_address && [h("h2", null, "Goes to"), addressLines(order.shipping_address)],
        CANCELLABLE.includes(order.status) &&
          h("button", { type: "button", onclick: () => void cancel(order, part) }, "Cancel this order"),
      ),
    ),
  );

/**
 * @param {import("../app/types.js").Order} order
 * @param {{reload: () => Promise<void>}} part
 */
async function cancel({ order_id }, part) {
  const sure = await confirm({
    title: "Cancel this order?",
    words: "The books go back on the shelf. This cannot be undone.",
    yes: "Cancel the order",
    no: "Keep the order",
  });
  if (!sure) return;
  try {
    await api.cancelOrder(order_id);
    note("The order is cancelled.");
  } catch (error) {
    note(explain(error));
  }
  await part.reload();
}
