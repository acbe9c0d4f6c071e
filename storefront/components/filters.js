/** What to look for on the shelves. */

import { api } from "../app/api.js";
import { h } from "../app/dom.js";
import { afterPause } from "../app/latest.js";
import { capabilities } from "../app/phase.js";

const PAUSE_MS = 250;
const WIDE = "(min-width: 60rem)";
const ORDERS = [
  ["", "By category"],
  ["title", "Title, A to Z"],
  ["price", "Price, low to high"],
  ["-price", "Price, high to low"],
  ["newest", "Newest first"],
];
const FIELDS = ["category", "author", "min_price", "max_price", "in_stock", "sort"];

/**
 * @param {URLSearchParams} query what the address asks for
 * @param {(wanted: URLSearchParams, push: boolean) => void} onChange `push` for a choice, not for typing
 * @param {AbortSignal} signal
 */
export function filters(query, onChange, signal) {
  const value = (/** @type {string} */ name) => query.get(name) ?? "";
  const category = select(
    "category",
    value("category")
      ? [
          ["", "All categories"],
          [value("category"), value("category")],
        ]
      : [["", "All categories"]],
    value("category"),
  );
  const sort = select("sort", ORDERS, value("sort"));
  void offerCategories(category, signal);
  if (query.has("q")) void offerBestMatch(sort);
  const amount = { type: "number", min: 0, max: 99999.99, step: 0.01, inputmode: "decimal" };
  const prices = h(
    "fieldset",
    { class: "prices" },
    h("legend", null, "Price"),
    labelled("From", h("input", { name: "min_price", value: value("min_price"), ...amount })),
    labelled("To", h("input", { name: "max_price", value: value("max_price"), ...amount })),
  );
  const inStock = h("input", { name: "in_stock", type: "checkbox", checked: value("in_stock") === "true" });
  const form = h(
    "form",
    { onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    labelled("Category", category),
    labelled("Sort", sort),
    labelled(
      "Author",
      h("input", { name: "author", type: "text", maxlength: 100, value: value("author"), autocomplete: "off" }),
    ),
    prices,
    h("label", { class: "check" }, inStock, "Only what is in stock"),
    h("a", { href: "#/browse" }, "Clear filters"),
  );
  const tell = (/** @type {boolean} */ push) => form.checkValidity() && onChange(read(form, query), push);
  const typed = afterPause(() => tell(false), PAUSE_MS);
  form.addEventListener("input", (event) => (isChoice(event.target) ? tell(true) : typed()));
  return h(
    "details",
    { class: "filters", open: matchMedia(WIDE).matches },
    h("summary", null, "Filter and sort"),
    form,
  );
}

/** @param {EventTarget | null} control */
const isChoice = (control) =>
  control instanceof HTMLSelectElement || (control instanceof HTMLInputElement && control.type === "checkbox");

/** @param {HTMLSelectElement} category @param {AbortSignal} signal */
async function offerCategories(category, signal) {
  try {
    const { categories } = await api.categories(signal);
    const chosen = category.value;
    const missing = chosen && !categories.some(({ name }) => name === chosen) ? [option(chosen, chosen, chosen)] : [];
    const options = categories.map(({ name, count }) => option(name, `${name} (${count})`, chosen));
    category.replaceChildren(option("", "All categories", chosen), ...missing, ...options);
  } catch {
    // The rest of the filters works without them, and the results say that the API does not answer.
  }
}

/** Full-text search puts the best match first, unless it is told otherwise. @param {HTMLSelectElement} sort */
async function offerBestMatch(sort) {
  const { search } = await capabilities().catch(() => ({ search: "basic" }));
  if (search === "full-text") sort.options[0].textContent = "Best match first";
}

/** @param {HTMLFormElement} form @param {URLSearchParams} query */
function read(form, query) {
  const data = new FormData(form);
  const wanted = new URLSearchParams();
  const words = query.get("q");
  if (words) wanted.set("q", words);
  for (const name of FIELDS) {
    const value = String(data.get(name) ?? "").trim();
    if (value) wanted.set(name, name === "in_stock" ? "true" : value);
  }
  return wanted;
}

/** @param {string} name @param {string[][]} choices values and their words @param {string} chosen */
const select = (name, choices, chosen) =>
  h(
    "select",
    { name },
    choices.map(([value, words]) => option(value, words, chosen)),
  );

/** @param {string} value @param {string} words @param {string} chosen */
const option = (value, words, chosen) => h("option", { value, selected: value === chosen }, words);

/** @param {string} words @param {HTMLElement} control */
function labelled(words, control) {
  control.id = `filter-${control.getAttribute("name")}`;
  return h("div", null, h("label", { for: control.id }, words), control);
}
