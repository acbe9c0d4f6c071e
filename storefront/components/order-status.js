/** How far an order has come. */

import { h } from "../app/dom.js";

const WORDS = {
  pending: "Received",
  confirmed: "Confirmed",
  shipped: "On its way",
  delivered: "Delivered",
  cancelled: "Cancelled",
};

const PAYMENTS = {
  authorised: "The payment is reserved.",
  captured: "It is paid.",
  voided: "The payment was given back.",
};

/** @param {import("../app/types.js").Order} order nothing is said of orders from before there were payments */
export const paymentWords = ({ payment }) => payment && h("p", { class: "paid" }, PAYMENTS[payment]);

/** @param {import("../app/types.js").OrderStatus} status */
export const statusWords = (status) => WORDS[status];

/** @param {import("../app/types.js").OrderStatus} status */
export const statusBadge = (status) => h("span", { class: `badge ${status}` }, WORDS[status]);

/** The steps up to delivery, with the present one marked. @param {import("../app/types.js").OrderStatus} status */
export function progress(status) {
  if (status === "cancelled") return h("p", null, statusBadge(status));
  const steps = /** @type {const} */ (["pending", "confirmed", "shipped", "delivered"]);
  const at = steps.indexOf(status);
  return h(
    "ol",
    { class: "progress", "aria-label": "Progress" },
    steps.map((step, index) =>
      h("li", { class: index <= at && "done", "aria-current": index === at && "step" }, WORDS[step]),
    ),
  );
}
