/**
 * From addresses to pages. The place is in the fragment (`/#/books/book-978…?x=y`): the shop is served as plain files,
 * so every link, reload, back and forward works wherever index.html does.
 */

import { find } from "./dom.js";
import { explain, isAborted } from "./problem.js";
import { match } from "./routes.js";
import * as session from "./session.js";

const NAME = "CloudShelf";
const SAVE_SCROLL_MS = 120;

/** @typedef {import("./types.js").Place} Place */

let leaving = new AbortController();
let keepFocus = false;
let first = true;

/** Shows the page of the address and follows the address from now on. */
export function start() {
  history.scrollRestoration = "manual";
  addEventListener("hashchange", () => void show());
  session.onChange(() => void checkShopper());
  rememberScroll();
  return show();
}

/**
 * Goes to a place. `replace` leaves no way back to this one; `quiet` leaves the focus where it is.
 *
 * @param {string} place such as `/browse?q=sea`
 * @param {{replace?: boolean, quiet?: boolean}} [options]
 */
export function go(place, { replace = false, quiet = false } = {}) {
  keepFocus = quiet;
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

/** The present place, as `go` takes it. */
export const here = () => (location.hash.startsWith("#/") ? location.hash.slice(1) : "/");

/**
 * Where to go after sign-in: only ever a place in this shop.
 *
 * @param {URLSearchParams} query
 */
export function next(query) {
  const place = query.get("next") ?? "/";
  return place.startsWith("/") && !place.startsWith("/sign-in") ? place : "/";
}

/** The way to sign-in that leads back here. */
export const signInFirst = () => `/sign-in?next=${encodeURIComponent(here())}`;

async function show() {
  if (location.hash && !location.hash.startsWith("#/")) return;
  leaving.abort(new DOMException("The page was left.", "AbortError"));
  leaving = new AbortController();
  const { signal } = leaving;
  const quiet = keepFocus;
  keepFocus = false;
  try {
    await present(signal, quiet);
  } catch (error) {
    if (!isAborted(error) && !signal.aborted) failed(error);
  }
}

/**
 * @param {AbortSignal} signal
 * @param {boolean} quiet
 */
async function present(signal, quiet) {
  const { route, path, params, query } = match(here());
  if (route.user) await session.ready;
  if (signal.aborted) return;
  if (route.user && !session.shopper()) return go(signInFirst(), { replace: true });
  const page = (await route.load()).default({ path, params, query, signal });
  if (signal.aborted) return;
  mount(page, quiet);
  await page.ready;
  if (signal.aborted) return;
  if (history.state?.scroll) scrollTo(0, history.state.scroll);
  const main = find("#main");
  if (document.activeElement === main) focusOn(main.querySelector("h1") ?? main);
}

/**
 * @param {import("./types.js").Page} page
 * @param {boolean} quiet
 */
function mount({ title, content }, quiet) {
  const main = find("#main");
  document.title = title ? `${title} · ${NAME}` : `${NAME}, a bookshop`;
  main.replaceChildren(content);
  markCurrent();
  if (!quiet && !history.state?.scroll) scrollTo(0, 0);
  if (!quiet && !first) focusOn(main.querySelector("h1") ?? main);
  first = false;
}

/** @param {HTMLElement} element */
function focusOn(element) {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
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
function failed(error) {
  void import("../components/failure.js").then(({ failure }) => {
    mount({ title: "Something went wrong", content: failure(explain(error), () => void show()) }, false);
  });
}

/** A page for shoppers is left when the sign-in ends. */
async function checkShopper() {
  const { route } = match(here());
  if (route.user && !session.shopper()) go(signInFirst(), { replace: true });
}

function rememberScroll() {
  let timer = 0;
  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState({ scroll: scrollY }, ""), SAVE_SCROLL_MS);
  }, { passive: true });
}
