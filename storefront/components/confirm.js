/** Asking before something that cannot be undone. */

import { h } from "../app/dom.js";

/**
 * @param {{title: string, words: string, yes: string, no?: string, type?: string}} question with `type`, the shopper
 * must type that text first
 * @returns {Promise<boolean>}
 */
export function confirm({ title, words, yes, no = "Go back", type }) {
  return new Promise((resolve) => {
    const typed = h("input", { type: "text", autocomplete: "off", "aria-label": `Type ${type} to confirm` });
    const close = (/** @type {boolean} */ answer) => (resolve(answer), dialog.close());
    const accept = () =>
      !type || typed.value.trim().toLowerCase() === type.toLowerCase() ? close(true) : typed.focus();
    const heading = h("h2", { id: "question" }, title);
    const dialog = h(
      "dialog",
      { "aria-labelledby": "question", onclose: () => (resolve(false), dialog.remove()) },
      heading,
      h("p", null, words),
      type && h("p", null, "Type ", h("b", null, type), " to confirm.", typed),
      h(
        "div",
        { class: "actions" },
        h("button", { type: "button", onclick: () => close(false) }, no),
        h("button", { type: "button", class: "danger", onclick: accept }, yes),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
