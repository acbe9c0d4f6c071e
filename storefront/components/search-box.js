/** Search in the shopfront: suggestions while typing (the ARIA combobox pattern), all results with Enter. */

import { announce } from "../app/announce.js";
import { api } from "../app/api.js";
import { h } from "../app/dom.js";
import { plural } from "../app/format.js";
import { afterPause, Latest } from "../app/latest.js";
import { isAborted } from "../app/problem.js";
import { go, here } from "../app/navigation.js";
import { cover } from "./covers/cover.js";

const PAUSE_MS = 180;
const SUGGESTIONS = 6;
const LONGEST = 100;

class SearchBox extends HTMLElement {
  #latest = new Latest();
  #at = -1;
  #input = h("input", {
    id: "q",
    type: "search",
    name: "q",
    maxlength: LONGEST,
    placeholder: "Title or author",
    autocomplete: "off",
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": "suggestions",
    "aria-autocomplete": "list",
    "aria-label": "Search for a title or an author",
    enterkeyhint: "search",
  });
  #list = h("ul", {
    id: "suggestions",
    role: "listbox",
    "aria-label": "Suggestions",
    hidden: true,
    // The box keeps the focus while a suggestion is clicked.
    onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
  });

  connectedCallback() {
    const button = h("button", { type: "submit" }, "Search");
    const form = h(
      "form",
      { role: "search", onsubmit: (/** @type {Event} */ event) => this.#submit(event) },
      this.#input,
      button,
      this.#list,
    );
    this.replaceChildren(form);
    this.#input.addEventListener(
      "input",
      afterPause(() => void this.#suggest(), PAUSE_MS),
    );
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener(
      "focusout",
      (event) => !this.contains(/** @type {Node | null} */ (event.relatedTarget)) && this.#close(),
    );
    addEventListener("hashchange", () => this.#follow());
    this.#follow();
  }

  /** The box says what the page searches for. */
  #follow() {
    this.#close();
    this.#input.value = new URLSearchParams(here().split("?")[1]).get("q") ?? "";
  }

  get #words() {
    return this.#input.value.trim();
  }

  async #suggest() {
    const words = this.#words;
    if (words.length < 2 || document.activeElement !== this.#input) return this.#close();
    try {
      const { books } = await this.#latest.ask((signal) => api.books({ q: words, limit: SUGGESTIONS }, signal));
      this.#open(books);
    } catch (error) {
      if (!isAborted(error)) this.#close();
    }
  }

  /** @param {import("../app/types.js").Book[]} books */
  #open(books) {
    this.#list.replaceChildren(...books.map((book, index) => option(book, index)));
    this.#list.hidden = books.length === 0;
    this.#input.setAttribute("aria-expanded", String(books.length > 0));
    this.#select(-1);
    announce(books.length ? `${plural(books.length, "suggestion")}. Use the arrow keys.` : "No suggestions.");
  }

  #close() {
    this.#latest.cancel();
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#select(-1);
  }

  /** @param {number} index */
  #select(index) {
    this.#at = index;
    for (const [at, item] of [...this.#list.children].entries()) {
      item.setAttribute("aria-selected", String(at === index));
      if (at === index) item.scrollIntoView({ block: "nearest" });
    }
    if (index < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", `suggestion-${index}`);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const count = this.#list.hidden ? 0 : this.#list.children.length;
    if (event.key === "Escape" && count) this.#close();
    else if (event.key === "ArrowDown" && count) this.#select((this.#at + 1) % count);
    else if (event.key === "ArrowUp" && count) this.#select(this.#at < 0 ? count - 1 : this.#at - 1);
    else return;
    event.preventDefault();
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const chosen = this.#list.children[this.#at]?.getAttribute("data-place");
    const words = this.#words;
    this.#close();
    go(chosen ?? (words ? `/browse?q=${encodeURIComponent(words)}` : "/browse"));
  }
}

/**
 * @param {import("../app/types.js").Book} book
 * @param {number} index
 */
const option = (book, index) =>
  h(
    "li",
    {
      id: `suggestion-${index}`,
      role: "option",
      "aria-selected": "false",
      "data-place": place(book),
      onclick: () => go(place(book)),
    },
    cover(book),
    h("span", null, h("b", { dir: "auto" }, book.title), h("span", { dir: "auto" }, book.author)),
  );

/** @param {import("../app/types.js").Book} book */
const place = ({ book_id }) => `/books/${encodeURIComponent(book_id)}`;

customElements.define("search-box", SearchBox);
