/** How many copies of a line of the cart. */

import { MOST_COPIES } from "../app/cart.js";
import { h } from "../app/dom.js";

/**
 * @param {import("../app/types.js").CartItem} item
 * @param {(quantity: number) => void} onChange
 */
export function quantity(item, onChange) {
  const set = (/** @type {number} */ wanted) => {
    const whole = Math.max(1, Math.min(Math.round(wanted) || item.quantity, MOST_COPIES));
    input.value = String(whole);
    if (whole !== item.quantity) onChange(whole);
  };
  const input = h("input", {
    id: `copies-${item.book_id}`,
    type: "number",
    min: 1,
    max: MOST_COPIES,
    inputmode: "numeric",
    value: String(item.quantity),
    "aria-label": `Copies of “${item.title}”`,
    onchange: () => set(Number(input.value)),
  });
  const step = (/** @type {number} */ by, /** @type {string} */ sign, /** @type {string} */ words) =>
    h(
      "button",
      {
        id: `${words}-${item.book_id}`,
        type: "button",
        disabled: by < 0 ? item.quantity <= 1 : item.quantity >= MOST_COPIES,
        "aria-label": `One ${words} of “${item.title}”`,
        onclick: () => set(item.quantity + by),
      },
      sign,
    );
  return h("span", { class: "quantity" }, step(-1, "−", "fewer"), input, step(1, "+", "more"));
}
