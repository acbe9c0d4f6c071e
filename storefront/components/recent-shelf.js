/** Where the visitor left off: books looked at, words searched for, and a way to have them forgotten. */

import { note } from "../app/announce.js";
import { api } from "../app/api.js";
import { h } from "../app/dom.js";
import { explain, isRefused } from "../app/problem.js";
import * as recent from "../app/recent.js";
import { focusHeading } from "../app/navigation.js";
import { bookRow } from "./book-card.js";
import { region } from "./region.js";

const MOST_BOOKS = 6;
const MOST_SEARCHES = 8;

/** Nothing is shown of it where there is nothing to go on from. @param {AbortSignal} signal */
export function recentShelf(signal) {
  const part = region({
    skeleton: h("div"),
    load: () => load(signal),
    build: (found) => (found.books.length || found.searches.length ? shelf(found) : null),
    failed: () => h("div"),
  });
  recent.onForgotten(() => void part.reload(), signal);
  return part;
}

/** @param {AbortSignal} signal */
async function load(signal) {
  const { books, searches } = await recent.recall();
  const found = await Promise.all(books.slice(0, MOST_BOOKS).map((id) => api.book(id, signal).catch(withdrawn)));
  return { books: found.filter((book) => book !== null), searches: searches.slice(0, MOST_SEARCHES) };
}

/** @param {unknown} error @returns {null} */
function withdrawn(error) {
  if (isRefused(error)) return null;
  throw error;
}

/** @param {{books: import("../app/types.js").Book[], searches: string[]}} found */
const shelf = ({ books, searches }) =>
  h(
    "section",
    { class: "shelf" },
    h(
      "div",
      { class: "heading" },
      h("h2", null, "Where you left off"),
      h("button", { type: "button", class: "plain", onclick: () => void forget() }, "Forget all this"),
    ),
    searches.length > 0 &&
      h(
        "p",
        { class: "searches" },
        "You searched for ",
        searches.map((words) => [h("a", { href: `#/browse?q=${encodeURIComponent(words)}`, dir: "auto" }, words), " "]),
      ),
    books.length > 0 && bookRow(books, "Books you looked at"),
  );

async function forget() {
  try {
    await recent.forget();
    note("It is forgotten. Your cart is as it was.");
    focusHeading();
  } catch (error) {
    note(explain(error));
  }
}
