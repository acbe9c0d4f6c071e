/** The choice of a means of payment. The provider of payments is simulated, and so are its cards. */

import { h } from "../app/dom.js";

/** The tokens that the provider's own form would make, and how it answers to each. */
const CARDS = [
  ["tok_ok", "Test card that is accepted"],
  ["tok_declined", "Test card that is declined"],
  ["tok_late_success", "Test card whose bank answers late"],
  ["tok_timeout", "Test card whose bank never answers"],
];

export const paymentFields = () =>
  h(
    "fieldset",
    { class: "payment" },
    h("legend", null, "How will you pay?"),
    h(
      "p",
      { class: "small" },
      "No real money moves: the shop’s payment provider is simulated. Each of its test cards answers in a way of its own.",
    ),
    CARDS.map(([token, words], index) =>
      h(
        "label",
        { class: "check" },
        h("input", { type: "radio", name: "payment_token", value: token, checked: index === 0 }),
        words,
      ),
    ),
  );
