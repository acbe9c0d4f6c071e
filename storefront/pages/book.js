/** One book, and what stands beside it. */

import { api } from "../app/api.js";
import { h } from "../app/dom.js";
import { money } from "../app/format.js";
import { Problem } from "../app/problem.js";
import * as recent from "../app/recent.js";
import { entitle } from "../app/navigation.js";
import { addButton } from "../components/add-button.js";
import { bookRow } from "../components/book-card.js";
import { cover } from "../components/covers/cover.js";
import { region } from "../components/region.js";
import { bars, bookSkeletons } from "../components/skeletons.js";
import { stock } from "../components/stock.js";
import { notFound } from "./not-found.js";

const MOST_AT_ONCE = 10;

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function bookPage({ params, signal }) {
  const main = region({
    skeleton: h("div", { class: "one-book" }, h("span", { class: "cover skeleton" }), bars(6)),
    load: () => api.book(params.id, signal),
    build: oneBook,
    failed: (error) => (missing(error) ? notFound("book") : null),
  });
  const related = region({
    skeleton: bookSkeletons(6, "row"),
    load: () => api.related(params.id, signal),
    build: ({ books }) => (books.length ? shelf(books) : null),
    failed: () => h("div"),
  });
  const content = h("div", { class: "wide" }, main.element, related.element);
  return { title: "Book", content, ready: main.ready };
}

/** @param {unknown} error */
const missing = (error) => error instanceof Problem && (error.status === 404 || error.status === 400);

/** @param {import("../app/types.js").Book} book */
function oneBook(book) {
  entitle(book.title);
  void recent.viewed(book.book_id);
  return h(
    "article",
    { class: "one-book" },
    cover(book, { name: true }),
    h(
      "div",
      { class: "about" },
      h(
        "p",
        { class: "kind" },
        h("a", { href: `#/browse?category=${encodeURIComponent(book.category)}`, dir: "auto" }, book.category),
      ),
      h("h1", { dir: "auto" }, book.title),
      h(
        "p",
        { class: "author" },
        "by ",
        h("a", { href: `#/browse?author=${encodeURIComponent(book.author.slice(0, 100))}`, dir: "auto" }, book.author),
      ),
      h("p", { class: "description", dir: "auto" }, book.description),
      purchase(book),
      book.isbn && h("dl", { class: "facts" }, h("dt", null, "ISBN"), h("dd", null, book.isbn)),
    ),
  );
}

/** @param {import("../app/types.js").Book} book */
function purchase(book) {
  const copies = Math.min(book.stock_quantity, MOST_AT_ONCE);
  const amount = h(
    "select",
    { "aria-label": "Copies" },
    Array.from({ length: copies }, (_, index) => h("option", { value: index + 1 }, index + 1)),
  );
  return h(
    "div",
    { class: "purchase" },
    h("p", null, h("span", { class: "price" }, money(book.price)), " ", stock(book.stock_quantity)),
    copies > 0 &&
      h("div", { class: "buy" }, amount, addButton(book, { label: "Add to cart", copies: () => Number(amount.value) })),
  );
}

/** @param {import("../app/types.js").Book[]} books */
const shelf = (books) =>
  h(
    "section",
    { class: "shelf" },
    h("div", { class: "heading" }, h("h2", null, "Readers of this may like")),
    bookRow(books, "Readers of this may like"),
  );
