/** Everybody's orders, and moving them on. */

import { note } from "../app/announce.js";
import { h } from "../app/dom.js";
import { day, money, plural } from "../app/format.js";
import { explain } from "../app/problem.js";
import { placeWith, rename } from "../app/navigation.js";
import { addressLines } from "../components/address-fields.js";
import { confirm } from "../components/confirm.js";
import { orderPages } from "../components/order-pages.js";
import { paymentWords, statusBadge, statusWords } from "../components/order-status.js";
import { itemTable } from "../components/totals.js";
import { admin } from "./admin-api.js";
import { office } from "./office.js";

/** @typedef {import("../app/types.js").Order} Order */
/** @typedef {import("../app/types.js").OrderStatus} OrderStatus */

/** The legal next steps of each status. @type {Record<OrderStatus, OrderStatus[]>} */
const NEXT = {
  pending: ["confirmed", "cancelled"],
  confirmed: ["shipped", "cancelled"],
  shipped: ["delivered"],
  delivered: [],
  cancelled: [],
};
/** @type {Record<OrderStatus, string>} */
const ACTIONS = {
  pending: "",
  confirmed: "Confirm",
  shipped: "Mark as shipped",
  delivered: "Mark as delivered",
  cancelled: "Cancel",
};

/** @param {import("../app/types.js").Place} place */
export default ({ query, signal }) =>
  office("Orders", () => {
    const filter = { status: query.get("status") ?? "", from: query.get("from") ?? "", to: query.get("to") ?? "" };
    const list = orderPages((cursor) => admin.orders({ ...filter, limit: 20, cursor }, signal), row, nothing);
    const form = filterForm(filter, () => {
      rename(placeWith("/admin/orders", filter));
      void list.reload();
    });
    return { content: [form, list.element], ready: list.ready };
  });

const nothing = () => h("p", { class: "notice" }, "No orders. Without dates you see the last 30 days.");

/**
 * @param {{status: string, from: string, to: string}} filter is changed by the form
 * @param {() => void} changed
 */
function filterForm(filter, changed) {
  const options = ["", ...Object.keys(NEXT)].map((status) =>
    h(
      "option",
      { value: status, selected: status === filter.status },
      status ? statusWords(/** @type {OrderStatus} */ (status)) : "Any",
    ),
  );
  const date = (/** @type {"from" | "to"} */ name, /** @type {string} */ words) =>
    h("label", null, h("span", null, words), h("input", { type: "date", name, value: filter[name] }));
  const form = h(
    "form",
    { class: "bar-of-fields", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    h("label", null, h("span", null, "Status"), h("select", { name: "status" }, options)),
    date("from", "From"),
    date("to", "To"),
  );
  form.addEventListener("change", () => {
    Object.assign(filter, Object.fromEntries(new FormData(form)));
    changed();
  });
  return form;
}

/** @param {Order} order */
function row(order) {
  const element = h("li", { class: "order" });
  const show = (/** @type {Order} */ now) => element.replaceChildren(...parts(now, show));
  show(order);
  return element;
}

/** @param {Order} order @param {(now: Order) => void} show */
function parts(order, show) {
  const copies = order.items.reduce((count, item) => count + item.quantity, 0);
  return [
    h(
      "details",
      null,
      h("summary", null, h("b", null, day(order.order_date)), " ", h("code", { class: "small" }, order.order_id)),
      itemTable(order.items),
      paymentWords(order),
      order.shipping_address
        ? addressLines(order.shipping_address)
        : h("p", { class: "small" }, "The shopper was erased."),
      h("p", { class: "small" }, "Shopper ", h("code", null, order.user_id ?? "")),
    ),
    h("span", null, plural(copies, "copy", "copies")),
    statusBadge(order.status),
    h("b", { class: "price" }, money(order.total)),
    h(
      "span",
      { class: "actions" },
      NEXT[order.status].map((status) =>
        h(
          "button",
          { type: "button", class: status === "cancelled" && "danger", onclick: () => void move(order, status, show) },
          ACTIONS[status],
        ),
      ),
    ),
  ];
}

/** @param {Order} order @param {OrderStatus} status @param {(now: Order) => void} show */
async function move(order, status, show) {
  const question = {
    title: "Cancel this order?",
    words: "Its copies go back into stock.",
    yes: "Cancel the order",
    no: "Keep the order",
  };
  if (status === "cancelled" && !(await confirm(question))) return;
  try {
    show(await admin.moveOrder(order.order_id, status));
    note(`The order is now: ${statusWords(status).toLowerCase()}.`);
  } catch (error) {
    note(explain(error));
  }
}
