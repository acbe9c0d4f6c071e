/**
 * From addresses to pages. The place is in the fragment (`/#/books/book-978…?x=y`): the shop is served as plain files,
 * so every link, reload, back and forward works wherever index.html does.
 */

import { find } from "./dom.js";
import { entitle, focusHeading, go, here, signInFirst } from "./navigation.js";
import { explain, isAborted } from "./problem.js";
import { match } from "./routes.js";
import { keepScroll, restoreScroll } from "./scroll.js";
import * as session from "./session.js";

let leaving = new AbortController();
let first = true;

/** Shows the page of the address and follows the address from now on. */
export function start() {
  addEventListener("hashchange", () => void show());
  session.onChange(leaveShoppersPage);
  keepScroll();
  return show();
}

async function show() {
  if (location.hash && !location.hash.startsWith("#/")) return;
  leaving.abort(new DOMException("The page was left.", "AbortError"));
  leaving = new AbortController();
  const { signal } = leaving;
  try {
    await present(signal);
  } catch (error) {
    if (!isAborted(error) && !signal.aborted) await failed(error);
  }
}

/** @param {AbortSignal} signal */
async function present(signal) {
  const { route, path, params, query } = match(here());
  if (route.user) await session.ready;
  if (signal.aborted) return;
  if (route.user && !session.shopper()) return go(signInFirst(), { replace: true });
  const build = (await route.load()).default;
  if (signal.aborted) return;
  const page = build({ path, params, query, signal });
  const focused = mount(page);
  await restoreScroll(page.ready);
  const waiting = focused === find("#main") && document.activeElement === focused;
  if (waiting && !signal.aborted) focusHeading();
}

/**
 * @param {import("./types.js").Page} page
 * @returns {HTMLElement | null} what has the focus now, if it was moved: it stays where it is on the first page
 */
function mount({ title, content }) {
  entitle(title);
  find("#main").replaceChildren(content);
  markCurrent();
  const focused = first ? null : focusHeading();
  first = false;
  return focused;
}

/** Marks the link of the navigation that leads to this page. */
function markCurrent() {
  const place = here().split("?")[0];
  for (const link of document.querySelectorAll("header nav a")) {
    if (link.getAttribute("href") === `#${place}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** @param {unknown} error */
async function failed(error) {
  console.error(error);
  const { failure } = await import("../components/failure.js");
  mount({ title: "Something went wrong", content: failure(explain(error), () => void show()) });
}

/** A page for shoppers is left when the sign-in ends. */
function leaveShoppersPage() {
  if (match(here()).route.user && !session.shopper()) go(signInFirst(), { replace: true });
}
