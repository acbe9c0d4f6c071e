/** The shelves: filters, sort, results that go on for as long as the shopper does, all of it in the address. */

import { announce } from "../app/announce.js";
import { h } from "../app/dom.js";
import { plural } from "../app/format.js";
import { Latest } from "../app/latest.js";
import { explain, isAborted, Problem } from "../app/problem.js";
import * as recent from "../app/recent.js";
import { entitle, rename } from "../app/navigation.js";
import { bookCard } from "../components/book-card.js";
import { failure } from "../components/failure.js";
import { filters } from "../components/filters.js";
import { pageSize, readBooks } from "../components/paging.js";
import { bookSkeletons } from "../components/skeletons.js";

const NAMES = ["q", "category", "author", "min_price", "max_price", "in_stock", "sort"];
/** How often more books come by themselves before the shopper is asked, so that the end of the page can be reached. */
const UNASKED = 4;

/**
 * @param {import("../app/types.js").Place} place
 * @returns {import("../app/types.js").Page}
 */
export default function browse({ query, signal }) {
  const results = new Results(query, signal);
  const panel = filters(query, (wanted, push) => void results.want(wanted, push), signal);
  const words = query.get("q");
  if (words) void recent.searched(words);
  const content = h("section", { class: "wide browse" }, results.heading, panel, results.element);
  return { title: results.title, content, ready: results.show() };
}

class Results {
  heading = h("h1");
  element = h("div", { class: "results" });
  #latest = new Latest();
  #list = h("ul", { class: "books" });
  #more = h("p", { class: "more" });
  /** @type {string | null} */
  #cursor = null;
  #unasked = UNASKED;

  /** @param {URLSearchParams} query @param {AbortSignal} signal */
  constructor(query, signal) {
    this.query = new URLSearchParams(query);
    signal.addEventListener("abort", () => (this.#latest.cancel(), this.watcher.disconnect()));
    this.watcher = new IntersectionObserver(
      ([entry]) => entry.isIntersecting && this.#unasked-- > 0 && void this.#grow(),
      { rootMargin: "400px" },
    );
    this.#entitle();
  }

  get title() {
    const [q, category, author] = ["q", "category", "author"].map((name) => this.query.get(name));
    if (q) return `“${q}”${category ? ` in ${category}` : ""}`;
    if (author) return `Books by ${author}`;
    return category || "All books";
  }

  get #shown() {
    return Math.max(pageSize, Math.min(Number(this.query.get("shown")) || 0, 2000));
  }

  /** @param {URLSearchParams} wanted @param {boolean} push */
  async want(wanted, push) {
    this.query = wanted;
    rename(this.#place(), { push });
    this.#entitle();
    this.element.setAttribute("aria-busy", "true");
    await this.show();
  }

  async show() {
    if (!this.#list.children.length) this.element.replaceChildren(bookSkeletons(pageSize / 2));
    try {
      const page = await this.#latest.ask((signal) => readBooks(this.#filter(), null, this.#shown, signal));
      this.#unasked = UNASKED;
      this.#list.replaceChildren(...page.books.map(bookCard));
      this.#finish(page.next_cursor);
      announce(this.#count());
    } catch (error) {
      if (!isAborted(error)) this.#failed(error);
    }
  }

  async #grow(focus = false) {
    const before = this.#list.children.length;
    try {
      const page = await this.#latest.ask((signal) => readBooks(this.#filter(), this.#cursor, pageSize, signal));
      this.#list.append(...page.books.map(bookCard));
      this.query.set("shown", String(this.#list.children.length));
      rename(this.#place());
      this.#finish(page.next_cursor);
      announce(this.#count());
      if (focus) this.#list.children[before]?.querySelector("a")?.focus();
    } catch (error) {
      if (!isAborted(error)) this.#more.replaceChildren(failure(explain(error), () => void this.#grow(true)));
    }
  }

  /** @param {string | null} cursor */
  #finish(cursor) {
    this.#cursor = cursor;
    const count = h("p", { class: "count" }, this.#count());
    this.element.replaceChildren(count, this.#list.children.length ? this.#list : this.#nothing(), this.#more);
    this.element.removeAttribute("aria-busy");
    this.#more.replaceChildren(...(cursor ? [this.#moreLink()] : []));
    this.watcher.disconnect();
    if (cursor) this.watcher.observe(this.#more);
  }

  /** A real link, so that "more" can be opened, kept and sent like any other place. */
  #moreLink() {
    const query = this.#filter();
    query.set("shown", String(this.#list.children.length + pageSize));
    const onclick = (/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void this.#grow(true);
    };
    return h("a", { class: "button", href: `#/browse?${query}`, onclick }, "Show more books");
  }

  #count() {
    const count = this.#list.children.length;
    return this.#cursor ? `The first ${plural(count, "book")}` : plural(count, "book");
  }

  #nothing() {
    return h(
      "div",
      { class: "notice" },
      h(
        "p",
        null,
        this.#cursor
          ? "Nothing yet: the catalogue is large. Go on looking, or use fewer words."
          : "No book matches. Try fewer words, or take a filter away.",
      ),
      h("p", null, h("a", { class: "button", href: "#/browse" }, "Show all books")),
    );
  }

  /** @param {unknown} error */
  #failed(error) {
    this.#list.replaceChildren();
    this.element.removeAttribute("aria-busy");
    const unsorted = this.#filter();
    unsorted.delete("sort");
    const sortRefused = error instanceof Problem && error.status === 501 && this.query.has("sort");
    this.element.replaceChildren(
      sortRefused
        ? h(
            "div",
            { class: "notice" },
            h("p", null, error.message),
            h("a", { class: "button", href: `#/browse?${unsorted}` }, "Show them unsorted"),
          )
        : failure(explain(error), () => void this.show()),
    );
  }

  #filter() {
    return new URLSearchParams(NAMES.map((name) => [name, this.query.get(name) ?? ""]).filter(([, value]) => value));
  }

  #place() {
    const query = this.#filter();
    if (this.#shown > pageSize && this.query.has("shown")) query.set("shown", String(this.#shown));
    return query.size ? `/browse?${query}` : "/browse";
  }

  #entitle() {
    this.heading.textContent = this.title;
    entitle(this.title);
  }
}
