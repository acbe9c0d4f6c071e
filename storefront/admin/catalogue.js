/** All books with their stock. */

import { announce } from "../app/announce.js";
import { h } from "../app/dom.js";
import { money, plural } from "../app/format.js";
import { afterPause, Latest } from "../app/latest.js";
import { explain, isAborted } from "../app/problem.js";
import { rename } from "../app/navigation.js";
import { bookPlace } from "../components/book-card.js";
import { cover } from "../components/covers/cover.js";
import { failure } from "../components/failure.js";
import { pageSize, readBooks } from "../components/paging.js";
import { bars } from "../components/skeletons.js";
import { stock } from "../components/stock.js";
import { office } from "./office.js";

const PAUSE_MS = 200;

/** @param {import("../app/types.js").Place} place */
export default ({ query, signal }) =>
  office("Catalogue", () => {
    const list = new List(query.get("q") ?? "", signal);
    return { content: [list.search, list.element], ready: list.show() };
  });

class List {
  element = h("div", { "aria-live": "off" }, bars(9));
  #latest = new Latest();
  #rows = h("tbody");

  /** @param {string} words @param {AbortSignal} signal */
  constructor(words, signal) {
    this.words = words;
    signal.addEventListener("abort", () => this.#latest.cancel());
    const input = h("input", { type: "search", maxlength: 100, value: words, autocomplete: "off" });
    this.search = h("label", { class: "field" }, "Find a title or an author", input);
    input.addEventListener(
      "input",
      afterPause(() => this.#find(input.value.trim()), PAUSE_MS),
    );
  }

  /** @param {string} words */
  #find(words) {
    this.words = words;
    rename(words ? `/admin?q=${encodeURIComponent(words)}` : "/admin");
    void this.show();
  }

  /** @param {string | null} [cursor] */
  async show(cursor = null) {
    const filter = new URLSearchParams(this.words ? { q: this.words } : {});
    try {
      const page = await this.#latest.ask((signal) => readBooks(filter, cursor, pageSize, signal, true));
      if (!cursor) this.#rows.replaceChildren();
      this.#rows.append(...page.books.map(row));
      this.#finish(page.next_cursor);
    } catch (error) {
      if (!isAborted(error)) this.element.replaceChildren(failure(explain(error), () => void this.show(cursor)));
    }
  }

  /** @param {string | null} cursor */
  #finish(cursor) {
    const count = this.#rows.children.length;
    const more =
      cursor &&
      h("p", { class: "more" }, h("button", { type: "button", onclick: () => void this.show(cursor) }, "Show more"));
    this.element.replaceChildren(
      count ? table(this.#rows) : h("p", { class: "notice" }, "No book matches."),
      ...(more ? [more] : []),
    );
    announce(plural(count, "book"));
  }
}

/** @param {HTMLElement} rows */
const table = (rows) =>
  h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Books" },
    h(
      "table",
      null,
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          ["Book", "Category", "Price", "Stock", ""].map((name) =>
            h("th", { scope: "col" }, name || h("span", { class: "unseen" }, "Actions")),
          ),
        ),
      ),
      rows,
    ),
  );

/** @param {import("../app/types.js").Book} book */
const row = (book) =>
  h(
    "tr",
    null,
    h(
      "th",
      { scope: "row" },
      h(
        "a",
        { href: bookPlace(book.book_id) },
        cover(book),
        h("span", null, h("b", { dir: "auto" }, book.title), h("span", { class: "small", dir: "auto" }, book.author)),
      ),
    ),
    h("td", { dir: "auto" }, book.category),
    h("td", { class: "price" }, money(book.price)),
    h("td", null, h("b", null, book.stock_quantity), " ", book.stock_quantity <= 5 && stock(book.stock_quantity)),
    h(
      "td",
      null,
      h(
        "a",
        {
          class: "button",
          href: `#/admin/books/${encodeURIComponent(book.book_id)}`,
          "aria-label": `Edit “${book.title}”`,
        },
        "Edit",
      ),
    ),
  );
