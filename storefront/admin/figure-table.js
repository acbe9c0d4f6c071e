/** Names and their figures. */

import { h } from "../app/dom.js";

/**
 * @param {string} name
 * @param {string[]} heads
 * @param {import("../app/dom.js").Child[][]} rows the first cell names its row, the last one is a figure
 */
export const figureTable = (name, heads, rows) =>
  h(
    "table",
    { class: "figures" },
    h("caption", { class: "unseen" }, name),
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        heads.map((head) => h("th", { scope: "col" }, head)),
      ),
    ),
    h(
      "tbody",
      null,
      rows.map(([first, ...rest]) =>
        h(
          "tr",
          null,
          h("th", { scope: "row", dir: "auto" }, first),
          rest.map((cell) => h("td", null, cell)),
        ),
      ),
    ),
  );
