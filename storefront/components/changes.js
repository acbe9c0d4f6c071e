/** What changed between filling the cart and buying, and what can be done about it. */

import * as cart from "../app/cart.js";
import { h } from "../app/dom.js";
import { money, plural } from "../app/format.js";

/** @typedef {import("../app/types.js").Change} Change */

/**
 * @param {Change[]} changes
 * @param {() => Promise<unknown>} again after something was changed
 */
export const changeList = (changes, again) =>
  h(
    "ul",
    { class: "changes" },
    changes.map((change) => h("li", null, words(change), " ", remedies(change, again))),
  );

/** @param {Change} change */
function words({ title, change, old_price = 0, new_price = 0, available = 0 }) {
  const name = h("b", { dir: "auto" }, title);
  if (change === "price_changed") return [name, ` costs ${money(new_price)} now; it was ${money(old_price)}.`];
  if (change === "unavailable" || !available) return [name, " is sold out."];
  return [name, `: only ${plural(available, "copy is", "copies are")} left.`];
}

/** @param {Change} change @param {() => Promise<unknown>} again */
function remedies({ book_id, title, change, available = 0 }, again) {
  if (change === "price_changed") return null;
  const item = cart.current().items.find((line) => line.book_id === book_id);
  const set = (/** @type {number} */ copies) => async () => {
    if (item) await cart.setQuantity(item, copies);
    await again();
  };
  return [
    available > 0 &&
      change === "out_of_stock" &&
      h("button", { type: "button", onclick: set(available) }, `Take ${available}`),
    " ",
    h("button", { type: "button", class: "plain", "aria-label": `Remove “${title}”`, onclick: set(0) }, "Remove"),
  ];
}
