/** Address, payment, price, order. */

import { note } from "../app/announce.js";
import { api } from "../app/api.js";
import * as cart from "../app/cart.js";
import { find, h } from "../app/dom.js";
import { money } from "../app/format.js";
import * as wish from "../app/order-wish.js";
import { isRefused, Problem } from "../app/problem.js";
import { go } from "../app/navigation.js";
import { addressFields, addressOf } from "../components/address-fields.js";
import { changeList } from "../components/changes.js";
import { form } from "../components/form.js";
import { paymentFields } from "../components/payment.js";
import { region } from "../components/region.js";
import { bars } from "../components/skeletons.js";
import { stylesheet } from "../components/stylesheet.js";
import { itemTable, totals } from "../components/totals.js";

/** @typedef {import("../app/types.js").Quote} Quote */

/** What has moved under the shopper's feet, so that there is a new price to agree to. */
const MOVED = ["price_changed", "out_of_stock"];

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function checkout({ signal }) {
  const part = region({
    skeleton: bars(9),
    load: () => load(signal),
    build: ({ user, quote }) => new Counter(user, quote).element,
    failed: (error) => (isEmpty(error) ? emptyCart() : null),
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

const NO_ANSWER =
  "The shop or the payment provider is not answering. Please place the order again: it stays one order, and is paid for once.";

/** @param {unknown} error */
const isEmpty = (error) => error instanceof Problem && error.code === "empty_cart";

const emptyCart = () =>
  h(
    "div",
    { class: "notice" },
    h(
      "p",
      null,
      "There is nothing in your cart. If you have just placed an order, it is among ",
      h("a", { href: "#/orders" }, "your orders"),
      ".",
    ),
    h("p", null, h("a", { class: "button", href: "#/browse" }, "Find something to read")),
  );

/** The form of the address beside the price of the cart. */
class Counter {
  #news = h("div", { role: "alert" });
  #price = h("aside", { class: "summary", "aria-label": "Your order" });

  /** @param {import("../app/types.js").User} user @param {Quote} quote */
  constructor(user, quote) {
    this.quote = quote;
    const remember = h(
      "label",
      { class: "check" },
      h("input", { type: "checkbox", name: "remember", checked: true }),
      "Remember this address",
    );
    const address = form({
      fields: [h("h2", null, "Where shall it go?"), addressFields(user.address), remember, paymentFields()],
      action: "Place order",
      submit: (values) => this.#submit(values),
    });
    this.button = find("button[type=submit]", address);
    this.element = h("div", { class: "cart" }, h("div", null, this.#news, address), this.#price);
    this.#show(quote);
  }

  /** @param {Quote} quote now; what differs from the one shown so far is pointed out */
  #show(quote) {
    const before = this.quote.total;
    this.quote = quote;
    const moved =
      before !== quote.total &&
      `The total is now ${money(quote.total)}; it was ${money(before)}. Nothing was ordered yet: place the order again if you agree.`;
    const news = moved || quote.changes.length > 0;
    this.#news.replaceChildren(
      ...(news
        ? [
            h(
              "div",
              { class: "notice" },
              moved && h("p", null, moved),
              changeList(quote.changes, () => this.#ask()),
            ),
          ]
        : []),
    );
    this.#price.replaceChildren(h("h2", null, "Your order"), itemTable(quote.items), totals(quote));
    this.button.textContent = `Place order · ${money(quote.total)}`;
  }

  /** Asks for the price again. */
  async #ask() {
    try {
      const [quote] = await Promise.all([api.quote(), cart.refresh()]);
      this.#show(quote);
    } catch (error) {
      this.#leave(error);
    }
  }

  /** There is nothing to buy any more; any other fault goes on up. @param {unknown} error */
  #leave(error) {
    if (!isEmpty(error)) throw error;
    this.element.replaceChildren(emptyCart());
  }

  /** @param {Record<string, string>} values */
  async #submit({ remember, payment_token, ...values }) {
    try {
      await order(this.quote, addressOf(values), payment_token, remember === "on");
    } catch (error) {
      if (!(error instanceof Problem) || !MOVED.includes(error.code)) return this.#leave(error);
      await this.#ask();
      this.#news.scrollIntoView({ block: "center" });
    }
  }
}

/**
 * @param {Quote} quote
 * @param {import("../app/types.js").Address} shipping_address
 * @param {string} payment_token
 * @param {boolean} remember
 */
async function order(quote, shipping_address, payment_token, remember) {
  const body = { expected_total: quote.total, shipping_address, payment_token };
  const key = wish.keyFor({ ...body, items: quote.items });
  const { order_id } = await api.createOrder(key, body).catch(refused);
  wish.answered();
  cart.emptied();
  if (remember)
    await api.updateMe({ address: shipping_address }).catch(() => note("The address could not be kept for next time."));
  go(`/orders/${order_id}?thanks`, { replace: true });
}

/**
 * A refusal settles the wish; no answer, or one that asks to come again, does not: the next try is the same wish.
 *
 * @param {unknown} error
 * @returns {never}
 */
function refused(error) {
  if (isRefused(error)) wish.answered();
  if (error instanceof Problem && error.code === "unavailable")
    throw new Problem({ code: "no_answer", detail: NO_ANSWER });
  throw error;
}
