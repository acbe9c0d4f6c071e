/** The shop window: a shelf of books, best sellers, categories. */

import { api } from "../app/api.js";
import { h } from "../app/dom.js";
import { plural } from "../app/format.js";
import { Problem } from "../app/problem.js";
import { bookPlace, bookRow } from "../components/book-card.js";
import { coloursOf, hash } from "../components/covers/colours.js";
import { cover } from "../components/covers/cover.js";
import { recentShelf } from "../components/recent-shelf.js";
import { region } from "../components/region.js";
import { bars, bookSkeletons } from "../components/skeletons.js";

const ON_DISPLAY = 7;
const IN_A_ROW = 12;

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function home({ signal }) {
  const newest = shared(() => newestBooks(signal));
  const display = region({
    skeleton: h(
      "ul",
      { class: "display skeleton", "aria-hidden": "true" },
      Array.from({ length: ON_DISPLAY }, () => h("li", null, h("span", { class: "cover" }))),
    ),
    load: newest,
    build: ({ books }) => onDisplay(books.slice(0, ON_DISPLAY)),
    failed: () => h("div"),
  });
  const best = region({
    skeleton: bookSkeletons(6, "row"),
    load: () => api.bestsellers(IN_A_ROW, signal),
    build: ({ books }) => (books.length ? shelf("Best sellers", bookRow(books, "Best sellers")) : null),
  });
  const fresh = region({
    skeleton: bookSkeletons(6, "row"),
    load: newest,
    build: ({ books }) => shelf("New on the shelf", bookRow(books, "New on the shelf"), "#/browse?sort=newest"),
  });
  const kinds = region({
    skeleton: bars(6),
    load: () => api.categories(signal),
    build: ({ categories }) => shelf("Find your corner", categoryTiles(categories)),
  });
  const regions = [display, recentShelf(signal), best, kinds, fresh];
  const content = h(
    "div",
    null,
    windowFront(display.element),
    h(
      "div",
      { class: "wide" },
      regions.slice(1).map((part) => part.element),
    ),
  );
  return { title: "", content, ready: Promise.all(regions.map((part) => part.ready)) };
}

/**
 * The newest books, or the first ones where the catalogue is too large to be sorted by this phase.
 *
 * @param {AbortSignal} signal
 */
async function newestBooks(signal) {
  try {
    return await api.books({ sort: "newest", limit: IN_A_ROW }, signal);
  } catch (error) {
    if (error instanceof Problem && error.status === 501) return api.books({ limit: IN_A_ROW }, signal);
    throw error;
  }
}

/**
 * One answer for all who ask; after a failure the next one asks again.
 *
 * @template T
 * @param {() => Promise<T>} load
 */
function shared(load) {
  /** @type {Promise<T> | undefined} */
  let answer;
  return () => (answer ??= load().finally(() => (answer = undefined)));
}

/** @param {HTMLElement} display */
const windowFront = (display) =>
  h(
    "section",
    { class: "window" },
    h(
      "div",
      { class: "wide" },
      h(
        "div",
        { class: "words" },
        h("h1", null, "Books worth staying in for"),
        h("p", null, "Novels, histories, big ideas and bedtime stories, chosen one by one."),
        h("a", { class: "button", href: "#/browse" }, "Browse the shelves"),
      ),
      display,
    ),
  );

/** @param {import("../app/types.js").Book[]} books */
const onDisplay = (books) =>
  h(
    "ul",
    { class: "display" },
    books.map((book) =>
      h(
        "li",
        null,
        h("a", { href: bookPlace(book.book_id), "aria-label": `${book.title} by ${book.author}` }, cover(book)),
      ),
    ),
  );

/**
 * @param {string} title
 * @param {Node} content
 * @param {string} [all]
 */
const shelf = (title, content, all) =>
  h(
    "section",
    { class: "shelf" },
    h(
      "div",
      { class: "heading" },
      h("h2", null, title),
      all && h("a", { href: all, "aria-label": `See all: ${title}` }, "See all"),
    ),
    content,
  );

/** @param {import("../app/types.js").Category[]} categories */
const categoryTiles = (categories) =>
  h(
    "ul",
    { class: "tiles" },
    categories.map(({ name, count }) => {
      const link = h(
        "a",
        { href: `#/browse?category=${encodeURIComponent(name)}` },
        spines(name),
        h("b", { dir: "auto" }, name),
        h("span", null, plural(count, "book")),
      );
      return h("li", null, link);
    }),
  );

/** A few spines in the category's colours. @param {string} name */
function spines(name) {
  const seed = hash(name);
  const spine = (/** @type {number} */ index) => {
    const part = h("i");
    const { ground, accent, second } = coloursOf(name, index);
    part.style.background = [ground, accent, second][(seed + index) % 3];
    part.style.height = `${60 + ((seed >>> (index * 3)) % 8) * 5}%`;
    part.style.width = `${0.5 + ((seed >>> (index * 2)) % 4) * 0.14}rem`;
    return part;
  };
  return h(
    "span",
    { class: "spines", "aria-hidden": "true" },
    Array.from({ length: 7 }, (_, index) => spine(index)),
  );
}
