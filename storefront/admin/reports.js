/** What was sold, and what runs out. */

import { h } from "../app/dom.js";
import { day, money, plural } from "../app/format.js";
import { capabilities } from "../app/phase.js";
import { placeWith, rename } from "../app/navigation.js";
import { region } from "../components/region.js";
import { bars } from "../components/skeletons.js";
import { admin } from "./admin-api.js";
import { bar, columns } from "./charts.js";
import { figureTable } from "./figure-table.js";
import { office } from "./office.js";

/** @typedef {import("../app/types.js").ReportRow} Row */
/** @typedef {{from: string, to: string}} Period empty for the API's own, the last 30 days */

const MOST = 10;

/** @param {import("../app/types.js").Place} place */
export default ({ query, signal }) =>
  office("Sales", () => {
    const period = { from: query.get("from") ?? "", to: query.get("to") ?? "" };
    const whole = region({
      skeleton: bars(9),
      load: capabilities,
      build: ({ reports }) => (reports ? desk(period, signal) : none()),
    });
    return { content: whole.element, ready: whole.ready };
  });

const none = () =>
  h(
    "p",
    { class: "notice" },
    "This phase of the shop has no reports: they are counted by SQL, and it has no such database.",
  );

/** @param {Period} period @param {AbortSignal} signal */
function desk(period, signal) {
  const sales = [
    report("Sales by day", () => admin.report("sales-by-day", period, signal), byDay),
    report(
      "Sales by category",
      () => admin.report("sales-by-category", { ...period, limit: MOST }, signal),
      (rows) => ranking(rows, "Category", "revenue"),
    ),
    report(
      "Books that earned most",
      () => admin.report("sales-by-book", { ...period, limit: MOST }, signal),
      (rows) => ranking(rows, "Book", "revenue"),
    ),
    report(
      "Best sellers",
      () => admin.report("best-sellers", { ...period, limit: MOST }, signal),
      (rows) => ranking(rows, "Book", "copies"),
    ),
  ];
  const low = report("Running out", () => admin.report("low-stock", { limit: MOST }, signal), runningOut);
  const form = periodForm(period, () => {
    rename(placeWith("/admin/reports", period));
    for (const part of sales) void part.reload();
  });
  return h(
    "div",
    null,
    form,
    h(
      "div",
      { class: "reports" },
      [...sales, low].map((part) => part.element),
    ),
  );
}

/**
 * @param {string} title
 * @param {() => Promise<import("../app/types.js").Report>} load
 * @param {(rows: Row[]) => Node} draw
 */
function report(title, load, draw) {
  const part = region({
    skeleton: bars(6),
    load,
    build: ({ rows }) => (rows.length ? draw(rows) : h("p", { class: "small" }, "Nothing in these days.")),
  });
  return { ...part, element: h("section", { class: "card report" }, h("h2", null, title), part.element) };
}

/** @param {Row[]} rows */
function byDay(rows) {
  const total = (/** @type {"orders" | "copies" | "revenue"} */ name) =>
    rows.reduce((sum, row) => sum + (row[name] ?? 0), 0);
  return h(
    "div",
    null,
    h(
      "p",
      { class: "sum" },
      h("b", null, money(total("revenue"))),
      ` for ${plural(total("copies"), "copy", "copies")} in ${plural(total("orders"), "order")}, tax and shipping not counted`,
    ),
    columns({
      name: "Revenue by day",
      figures: rows.map((row) => ({ name: day(row.day ?? ""), value: row.revenue ?? 0 })),
      words: money,
      heads: ["Day", "Revenue"],
    }),
  );
}

/** @param {Row[]} rows the most first @param {string} head @param {"revenue" | "copies"} by */
function ranking(rows, head, by) {
  const words = by === "revenue" ? money : (/** @type {number} */ copies) => plural(copies, "copy", "copies");
  const most = Math.max(...rows.map((row) => row[by] ?? 0));
  const cells = rows.map((row) => {
    const value = row[by] ?? 0;
    return [named(row), [words(value), bar(value, most)]];
  });
  return figureTable(head, [head, by === "revenue" ? "Revenue" : "Copies"], cells);
}

/** @param {Row[]} rows the fewest copies first */
function runningOut(rows) {
  const most = Math.max(...rows.map((row) => row.stock_quantity ?? 0));
  const cells = rows.map((row) => {
    const copies = row.stock_quantity ?? 0;
    const words = copies ? plural(copies, "copy", "copies") : h("b", { class: "warning" }, "Sold out");
    return [named(row), [words, bar(copies, most)]];
  });
  return figureTable("Running out", ["Book", "In stock"], cells);
}

/** @param {Row} row */
const named = ({ book_id, title, category }) =>
  book_id ? h("a", { href: `#/admin/books/${encodeURIComponent(book_id)}`, dir: "auto" }, title) : category;

/** @param {Period} period is changed by the form @param {() => void} changed */
function periodForm(period, changed) {
  const date = (/** @type {"from" | "to"} */ name, /** @type {string} */ words) =>
    h("label", null, h("span", null, words), h("input", { type: "date", name, value: period[name] }));
  const form = h(
    "form",
    { class: "bar-of-fields", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    date("from", "From"),
    date("to", "To"),
    h("p", { class: "small" }, "Without dates: the last 30 days."),
  );
  form.addEventListener("change", () => {
    Object.assign(period, Object.fromEntries(new FormData(form)));
    changed();
  });
  return form;
}
