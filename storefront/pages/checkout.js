/** Address, price, order. */

import { note } from "../app/announce.js";
import { api } from "../app/api.js";
import * as cart from "../app/cart.js";
import { h } from "../app/dom.js";
import { money } from "../app/format.js";
import * as wish from "../app/order-wish.js";
import { Problem } from "../app/problem.js";
import { go } from "../app/router.js";
import { addressFields, addressOf } from "../components/address-fields.js";
import { changeList } from "../components/changes.js";
import { form } from "../components/form.js";
import { region } from "../components/region.js";
import { bars } from "../components/skeletons.js";
import { stylesheet } from "../components/stylesheet.js";
import { itemTable, totals } from "../components/totals.js";

/** @typedef {import("../app/types.js").Quote} Quote */

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function checkout({ signal }) {
  const part = region({
    skeleton: bars(9),
    load: () => load(signal),
    build: ({ user, quote }) => counter(user, quote),
    failed: (error) => (error instanceof Problem && error.code === "empty_cart" ? emptyCart() : null),
  });
  const content = h("section", { class: "wide" }, h("h1", null, "Checkout"), part.element);
  return { title: "Checkout", content, ready: part.ready };
}

/** @param {AbortSignal} signal */
async function load(signal) {
  await Promise.all([stylesheet("/styles/checkout.css"), cart.refresh()]);
  const [user, quote] = await Promise.all([api.me(signal), api.quote()]);
  return { user, quote };
}

const emptyCart = () =>
  h("div", { class: "notice" },
    h("p", null, "There is nothing in your cart. If you have just placed an order, it is among ", h("a", { href: "#/orders" }, "your orders"), "."),
    h("p", null, h("a", { class: "button", href: "#/browse" }, "Find something to read")));

/**
 * @param {import("../app/types.js").User} user
 * @param {Quote} first
 */
function counter(user, first) {
  let quote = first;
  const side = h("aside", { class: "summary", "aria-label": "Your order" });
  const news = h("div", { role: "alert" });
  const requote = async () => {
    try {
      quote = await api.quote();
    } catch (error) {
      if (!(error instanceof Problem && error.code === "empty_cart")) throw error;
      return counterElement.replaceChildren(emptyCart());
    }
    await cart.refresh();
    price();
  };
  const price = (before = quote.total) => {
    news.replaceChildren(...news_(quote, before, requote));
    side.replaceChildren(h("h2", null, "Your order"), itemTable(quote.items), totals(quote), h("p", { class: "small" }, "This edition of the shop takes no payment: the order is confirmed and nothing is charged."));
    const button = element.querySelector("button[type=submit]");
    if (button) button.textContent = `Place order · ${money(quote.total)}`;
  };
  const submit = async (/** @type {Record<string, string>} */ values) => {
    const before = quote.total;
    try {
      await order(addressOf(values), quote, values.remember === "on");
    } catch (error) {
      if (!(error instanceof Problem) || !["price_changed", "out_of_stock"].includes(error.code)) throw error;
      await requote();
      price(before);
      news.scrollIntoView({ block: "center" });
    }
  };
  const remember = h("label", { class: "check" }, h("input", { type: "checkbox", name: "remember", checked: true }), "Remember this address");
  const element = form({ fields: [h("h2", null, "Where shall it go?"), addressFields(user.address), remember], action: "Place order", submit });
  const counterElement = h("div", { class: "cart" }, h("div", null, news, element), side);
  price();
  return counterElement;
}

/**
 * What the shopper should know before buying.
 *
 * @param {Quote} quote
 * @param {number} before the total shown so far
 * @param {() => Promise<unknown>} again
 */
function news_(quote, before, again) {
  const moved = before !== quote.total && h("p", null, `The total is now ${money(quote.total)}; it was ${money(before)}. Nothing was ordered: place the order again if you agree.`);
  if (!moved && !quote.changes.length) return [];
  return [h("div", { class: "notice" }, moved, changeList(quote.changes, again))];
}

/**
 * @param {import("../app/types.js").Address} shipping_address
 * @param {Quote} quote
 * @param {boolean} remember
 */
async function order(shipping_address, quote, remember) {
  const body = { expected_total: quote.total, shipping_address };
  try {
    const { order_id } = await api.createOrder(wish.keyFor({ ...body, items: quote.items }), body);
    wish.answered();
    cart.emptied();
    if (remember) await api.updateMe({ address: shipping_address }).catch(() => note("The address could not be kept for next time."));
    go(`/orders/${order_id}?thanks`, { replace: true });
  } catch (error) {
    if (error instanceof Problem && error.status >= 400 && error.status < 500 && ![401, 429].includes(error.status)) wish.answered();
    throw error;
  }
}
