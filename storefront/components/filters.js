/** What to look for on the shelves. */

import { api } from "../app/api.js";
import { h } from "../app/dom.js";
import { afterPause } from "../app/latest.js";

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
  const form = h("form", { onsubmit: (/** @type {Event} */ event) => event.preventDefault() });
  const tell = (/** @type {boolean} */ push) => form.checkValidity() && onChange(read(form, query), push);
  const category = h(
    "select",
    { name: "category" },
    option("", "All categories", query.get("category")),
    option(query.get("category") ?? "", query.get("category") ?? "", query.get("category")),
  );
  void offerCategories(category, query.get("category") ?? "", signal);
  form.append(
    labelled("Category", category),
    labelled(
      "Sort",
      h(
        "select",
        { name: "sort" },
        ORDERS.map(([value, words]) => option(value, words, query.get("sort"))),
      ),
    ),
    labelled(
      "Author",
      h("input", {
        name: "author",
        type: "text",
        maxlength: 100,
        value: query.get("author") ?? "",
        autocomplete: "off",
      }),
    ),
    h(
      "fieldset",
      { class: "prices" },
      h("legend", null, "Price"),
      price("min_price", "from", query),
      price("max_price", "to", query),
    ),
    h(
      "label",
      { class: "check" },
      h("input", { name: "in_stock", type: "checkbox", checked: query.get("in_stock") === "true" }),
      "Only what is in stock",
    ),
    h("a", { href: "#/browse" }, "Clear filters"),
  );
  form.addEventListener(
    "input",
    afterPause(() => tell(false), PAUSE_MS),
  );
  form.addEventListener("change", (event) => event.target instanceof HTMLSelectElement && tell(true));
  return h(
    "details",
    { class: "filters", open: matchMedia(WIDE).matches },
    h("summary", null, "Filter and sort"),
    form,
  );
}

/** @param {HTMLSelectElement} select @param {string} chosen @param {AbortSignal} signal */
async function offerCategories(select, chosen, signal) {
  try {
    const { categories } = await api.categories(signal);
    const options = categories.map(({ name, count }) => option(name, `${name} (${count})`, chosen));
    select.replaceChildren(option("", "All categories", chosen), ...options);
    select.value = chosen;
  } catch {
    // The rest of the filters works without them, and the results say that the API does not answer.
  }
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

/** @param {string} value @param {string} words @param {string | null} chosen */
const option = (value, words, chosen) => h("option", { value, selected: value === (chosen ?? "") }, words);

/** @param {string} words @param {HTMLElement} control */
const labelled = (words, control) => h("label", null, h("span", null, words), control);

/** @param {string} name @param {string} words @param {URLSearchParams} query */
const price = (name, words, query) =>
  labelled(
    words,
    h("input", {
      name,
      type: "number",
      min: 0,
      max: 99999.99,
      step: 0.01,
      inputmode: "decimal",
      value: query.get(name) ?? "",
    }),
  );
