/** The cart, before and after sign-in. */

import { announce, note } from "../app/announce.js";
import * as cart from "../app/cart.js";
import { h } from "../app/dom.js";
import { money, plural } from "../app/format.js";
import { explain } from "../app/problem.js";
import { focusHeading } from "../app/navigation.js";
import * as session from "../app/session.js";
import { bookPlace } from "../components/book-card.js";
import { cover } from "../components/covers/cover.js";
import { quantity } from "../components/quantity.js";
import { region } from "../components/region.js";
import { bars } from "../components/skeletons.js";
import { stylesheet } from "../components/stylesheet.js";

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function cartPage({ signal }) {
  const body = h("div");
  const show = () => keepingFocus(body, () => body.replaceChildren(contents(cart.current())));
  const part = region({
    skeleton: bars(6),
    load: async () => (await stylesheet("/styles/checkout.css"), cart.refresh()),
    build: () => (show(), body),
  });
  cart.onChange(show, signal);
  const content = h("section", { class: "wide" }, h("h1", null, "Your cart"), part.element);
  return { title: "Cart", content, ready: part.ready };
}

/** @param {import("../app/types.js").Cart} current */
function contents(current) {
  if (!current.items.length) return empty();
  return h("div", { class: "cart" }, h("ul", { class: "lines" }, current.items.map(line)), summary(current));
}

const empty = () =>
  h(
    "div",
    { class: "notice" },
    h("p", null, "Your cart is empty."),
    h("p", null, h("a", { class: "button", href: "#/browse" }, "Find something to read")),
  );

/** @param {import("../app/types.js").CartItem} item */
function line(item) {
  const change = (/** @type {number} */ wanted) => void set(item, wanted);
  return h(
    "li",
    null,
    h("a", { href: bookPlace(item.book_id), tabindex: -1, "aria-hidden": "true" }, cover(item)),
    h(
      "div",
      null,
      h("a", { class: "title", href: bookPlace(item.book_id), dir: "auto" }, item.title),
      h("span", { class: "author", dir: "auto" }, item.author),
      h("span", null, `${money(item.price)} each`),
      shortage(item, change),
    ),
    quantity(item, change),
    h("b", { class: "price" }, money(item.line_total)),
    h(
      "button",
      { type: "button", class: "plain", "aria-label": `Remove “${item.title}”`, onclick: () => change(0) },
      "Remove",
    ),
  );
}

/**
 * What stands between this line and an order, and the way round it.
 *
 * @param {import("../app/types.js").CartItem} item
 * @param {(wanted: number) => void} change
 */
function shortage({ available, quantity: wanted }, change) {
  if (available >= wanted) return null;
  if (!available) return h("p", { class: "warning" }, "Sold out. Please remove it to go on.");
  return h(
    "p",
    { class: "warning" },
    `Only ${plural(available, "copy", "copies")} left. `,
    h("button", { type: "button", onclick: () => change(available) }, `Take ${available}`),
  );
}

/** @param {import("../app/types.js").Cart} current */
function summary(current) {
  const short = current.items.some((item) => item.available < item.quantity);
  const words = session.shopper() ? "Check out" : "Sign in and check out";
  return h(
    "aside",
    { class: "summary", "aria-label": "Summary" },
    h(
      "p",
      { class: "total" },
      h("span", null, plural(current.item_count, "copy", "copies")),
      h("b", null, money(current.total_amount)),
    ),
    h("p", { class: "small" }, "Tax and shipping are added at checkout."),
    short
      ? h("p", { class: "warning" }, "Some books are short: please change them above.")
      : h("a", { class: "button main", href: "#/checkout" }, words),
    h("a", { href: "#/browse" }, "Go on browsing"),
  );
}

/**
 * @param {import("../app/types.js").CartItem} item
 * @param {number} wanted
 */
async function set(item, wanted) {
  try {
    const { total_amount } = await cart.setQuantity(item, wanted);
    announce(
      `${wanted ? `${plural(wanted, "copy", "copies")} of ${item.title}` : `${item.title} was removed`}. The cart is ${money(total_amount)}.`,
    );
  } catch (error) {
    note(explain(error));
    await cart.refresh().catch(() => undefined);
  }
}

/**
 * Draws anew; the control that had the focus has it again, or the heading if the control is gone.
 *
 * @param {HTMLElement} body
 * @param {() => void} draw
 */
function keepingFocus(body, draw) {
  const held = body.contains(document.activeElement) ? document.activeElement : null;
  draw();
  if (!held) return;
  const again = held.id ? document.getElementById(held.id) : null;
  if (again) again.focus();
  else focusHeading();
}
