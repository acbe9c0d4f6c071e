/** A book on a shelf, and shelves of them. */

import { h } from "../app/dom.js";
import { money } from "../app/format.js";
import { addButton } from "./add-button.js";
import { cover } from "./covers/cover.js";
import { stock } from "./stock.js";

/** @typedef {import("../app/types.js").Book} Book */

/** @param {string} id */
export const bookPlace = (id) => `#/books/${encodeURIComponent(id)}`;

/** @param {Book} book */
export const bookCard = (book) =>
  h(
    "li",
    { class: "book" },
    h("a", { href: bookPlace(book.book_id) }, cover(book), h("span", { class: "title", dir: "auto" }, book.title)),
    h("span", { class: "author", dir: "auto" }, book.author),
    h("span", { class: "price" }, money(book.price)),
    stock(book.stock_quantity),
    addButton(book),
  );

/** @param {Book[]} books */
export const bookGrid = (books) => h("ul", { class: "books" }, books.map(bookCard));

/**
 * A row that scrolls sideways where it does not fit.
 *
 * @param {Book[]} books
 * @param {string} name
 */
export const bookRow = (books, name) => h("ul", { class: "books row", "aria-label": name }, books.map(bookCard));
