/** An address that leads nowhere. */

import { h } from "../app/dom.js";

/** @param {string} [what] */
export const notFound = (what = "page") =>
  h(
    "section",
    { class: "wide narrow" },
    h("h1", null, `There is no such ${what}`),
    h("p", null, "It may have been moved or sold out for good. The shelves are still full:"),
    h("p", null, h("a", { class: "button", href: "#/browse" }, "Browse all books")),
  );

/** @returns {import("../app/types.js").Page} */
export default () => ({ title: "Not found", content: notFound() });
