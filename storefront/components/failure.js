/** What is shown in place of something that could not be fetched. */

import { h } from "../app/dom.js";

/**
 * @param {string} words what happened and what to do
 * @param {() => void} [again]
 */
export const failure = (words, again) =>
  h(
    "div",
    { class: "notice failure", role: "alert" },
    h("p", null, words),
    again && h("button", { type: "button", onclick: again }, "Try again"),
  );
