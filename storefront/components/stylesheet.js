/** Styles that only some pages need. */

import { h } from "../app/dom.js";

/**
 * Settled once the styles are there, or cannot be had: a page without them still works.
 *
 * @param {string} href
 * @returns {Promise<void>}
 */
export function stylesheet(href) {
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => resolve();
    document.head.append(h("link", { rel: "stylesheet", href, onload: done, onerror: done }));
  });
}
