/** A list of orders that is read page by page. */

import { h } from "../app/dom.js";
import { explain } from "../app/problem.js";
import { failure } from "./failure.js";
import { region } from "./region.js";
import { bars } from "./skeletons.js";
import { stylesheet } from "./stylesheet.js";

/** @typedef {import("../app/types.js").Order} Order */

/**
 * @param {(cursor: string | null) => Promise<import("../app/types.js").OrderPage>} read
 * @param {(order: Order) => HTMLElement} row
 * @param {() => Node} nothing
 */
export function orderPages(read, row, nothing) {
  const list = h("ul", { class: "orders" });
  const more = h("p", { class: "more" });
  const add = (/** @type {import("../app/types.js").OrderPage} */ page) => {
    list.append(...page.orders.map(row));
    more.replaceChildren(
      ...(page.next_cursor
        ? [h("button", { type: "button", onclick: () => void grow(page.next_cursor) }, "Show older orders")]
        : []),
    );
  };
  const grow = async (/** @type {string | null} */ cursor) => {
    try {
      add(await read(cursor));
    } catch (error) {
      more.replaceChildren(failure(explain(error), () => void grow(cursor)));
    }
  };
  return region({
    skeleton: bars(8),
    load: async () => (await stylesheet("/styles/checkout.css"), read(null)),
    build: (page) => {
      list.replaceChildren();
      add(page);
      return list.children.length || page.next_cursor ? h("div", null, list, more) : nothing();
    },
  });
}
