/**
 * From addresses to pages. The place is in the fragment (`/#/books/book-978…?x=y`): the shop is served as plain files,
 * so every link, reload, back and forward works wherever index.html does.
 */

import { find } from "./dom.js";
import { explain, isAborted } from "./problem.js";
import { match } from "./routes.js";
import { keepScroll, restoreScroll } from "./scroll.js";
import * as session from "./session.js";

const NAME = "CloudShelf";
/** After sign-in nobody wants to be back on one of these. */
const ON_THE_WAY_IN = ["/sign-in", "/sign-up", "/confirm", "/forgotten-password"];

let leaving = new AbortController();
let first = true;

/** Shows the page of the address and follows the address from now on. */
export function start() {
  addEventListener("hashchange", () => void show());
  session.onChange(leaveShoppersPage);
  keepScroll();
  return show();
}

/**
 * Goes to a place. `replace` leaves no way back to this one.
 *
 * @param {string} place such as `/browse?q=sea`
 * @param {{replace?: boolean}} [options]
 */
export function go(place, { replace = false } = {}) {
  if (`#${place}` === location.hash) void show();
  else if (replace) location.replace(`#${place}`);
  else location.hash = place;
}

/**
 * Changes the address of the page that is shown, without showing it anew. `push` makes a way back to the old one.
 *
 * @param {string} place
 * @param {{push?: boolean}} [options]
 */
export function rename(place, { push = false } = {}) {
  if (push) history.pushState(null, "", `#${place}`);
  else history.replaceState(history.state, "", `#${place}`);
}

/**
 * A place with what is given of these values in its query.
 *
 * @param {string} path
 * @param {Record<string, string>} values
 */
export function placeWith(path, values) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value));
  return query.size ? `${path}?${query}` : path;
}

/** The present place, as `go` takes it. */
export const here = () => (location.hash.startsWith("#/") ? location.hash.slice(1) : "/");

/** @param {string} place */
const isOnTheWayIn = (place) => ON_THE_WAY_IN.some((path) => place.startsWith(path));

/**
 * Where to go after sign-in: only ever a place in this shop.
 *
 * @param {URLSearchParams} query
 */
export function next(query) {
  const place = query.get("next") ?? "/";
  return place.startsWith("/") && !isOnTheWayIn(place) ? place : "/";
}

/** The way to sign-in that leads back here. */
export const signInFirst = () => (isOnTheWayIn(here()) ? "/sign-in" : `/sign-in?next=${encodeURIComponent(here())}`);

/** @param {string} title shown in the browser's tab */
export function entitle(title) {
  document.title = title ? `${title} · ${NAME}` : `${NAME}, a bookshop`;
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

/** Tells a screen reader where it is: the heading, or the page while it has none. */
export function focusHeading() {
  const main = find("#main");
  const heading = main.querySelector("h1") ?? main;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return heading;
}

/** Tells which link of the shopfront leads to this page. */
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
