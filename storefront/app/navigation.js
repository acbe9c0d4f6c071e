/**
 * The present place, ways to another, and what a page tells the browser about itself. A place is what stands in the
 * address's fragment, such as `/browse?q=sea`.
 */

import { find } from "./dom.js";

const NAME = "CloudShelf";
/** Sign-in never leads back to one of these. */
const SIGN_IN_PAGES = ["/sign-in", "/sign-up", "/confirm", "/forgotten-password"];

/** The present place, as `go` takes it. */
export const here = () => (location.hash.startsWith("#/") ? location.hash.slice(1) : "/");

/**
 * Goes to a place; the router shows it. To go to the present place shows it anew. `replace` leaves no way back to this one.
 *
 * @param {string} place such as `/browse?q=sea`
 * @param {{replace?: boolean}} [options]
 */
export function go(place, { replace = false } = {}) {
  if (`#${place}` === location.hash) dispatchEvent(new HashChangeEvent("hashchange"));
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
 * A place whose query has those of the values that are not empty.
 *
 * @param {string} path
 * @param {Record<string, string>} values
 */
export function placeWith(path, values) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value));
  return query.size ? `${path}?${query}` : path;
}

/** @param {string} place */
const isSignInPage = (place) => SIGN_IN_PAGES.some((path) => place.startsWith(path));

/**
 * Where to go after sign-in: only ever a place in this shop.
 *
 * @param {URLSearchParams} query
 */
export function next(query) {
  const place = query.get("next") ?? "/";
  return place.startsWith("/") && !isSignInPage(place) ? place : "/";
}

/** The place of the sign-in page that leads back here. */
export const signInFirst = () => (isSignInPage(here()) ? "/sign-in" : `/sign-in?next=${encodeURIComponent(here())}`);

/** @param {string} title shown in the browser's tab */
export function entitle(title) {
  document.title = title ? `${title} · ${NAME}` : `${NAME}, a bookshop`;
}

/** Moves the focus, and with it a screen reader, to the heading, or to the page while it has none. */
export function focusHeading() {
  const main = find("#main");
  const heading = main.querySelector("h1") ?? main;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return heading;
}
