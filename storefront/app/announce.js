/** Short notes: shown in a corner and read out by screen readers. */

import { find, h } from "./dom.js";

const SHOWN_MS = 6000;
/** A note younger than this is about the step that leads to the next page, and goes with the shopper. */
const YOUNG_MS = 1000;

/** @type {number | undefined} */
let timer;
let shownAt = 0;

addEventListener("hashchange", () => {
  if (performance.now() - shownAt > YOUNG_MS) find("#notes").replaceChildren();
});

/**
 * Read out only, for what the eye can see anyway.
 *
 * @param {string} text
 */
export function announce(text) {
  find("#announcer").textContent = text;
}

/**
 * Shown and read out. Not for anything the shopper must act on.
 *
 * @param {string} text
 * @param {{href: string, label: string}} [link]
 */
export function note(text, link) {
  const corner = find("#notes");
  corner.replaceChildren(
    h("div", { class: "note" }, h("span", null, text), link && h("a", { href: link.href }, link.label)),
  );
  shownAt = performance.now();
  clearTimeout(timer);
  timer = setTimeout(() => corner.replaceChildren(), SHOWN_MS);
}
