/** What the pages behind the counter have in common. */

import { h } from "../app/dom.js";
import { capabilities } from "../app/phase.js";
import * as session from "../app/session.js";
import { stylesheet } from "../components/stylesheet.js";

const PLACES = [
  ["#/admin", "Catalogue"],
  ["#/admin/orders", "Orders"],
  ["#/admin/books/new", "Add a book"],
];
/** Only where the stack can count them. */
const REPORTS = ["#/admin/reports", "Sales"];

/**
 * A page of the office, or for everybody else where to go instead. The API decides what is allowed; this is courtesy.
 *
 * @param {string} title
 * @param {() => {content: import("../app/dom.js").Child, ready?: Promise<unknown>}} build
 * @returns {import("../app/types.js").Page}
 */
export function office(title, build) {
  if (!session.shopper()?.admin) return { title, content: closed() };
  const { content, ready } = build();
  const styles = Promise.all([stylesheet("/styles/checkout.css"), stylesheet("/styles/admin.css")]);
  return {
    title,
    content: h("section", { class: "wide office" }, tabs(), h("h1", null, title), content),
    ready: Promise.all([styles, ready]),
  };
}

function tabs() {
  const bar = h("nav", { class: "tabs", "aria-label": "Run the shop" }, PLACES.map(tab));
  const offer = (/** @type {{reports: boolean}} */ { reports }) => reports && bar.append(tab(REPORTS));
  void capabilities().then(offer, () => undefined);
  return bar;
}

/** @param {string[]} place */
const tab = ([href, words]) => h("a", { href, "aria-current": location.hash.split("?")[0] === href && "page" }, words);

const closed = () =>
  h(
    "section",
    { class: "wide narrow" },
    h("h1", null, "Staff only"),
    h("p", null, "This part of the shop is for those who run it. If that is you, sign in with your staff account."),
    h("p", null, h("a", { class: "button", href: "#/" }, "Back to the shop")),
  );
