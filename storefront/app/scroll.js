/**
 * Where the shopper was on a page, for back and forward. The browser cannot know it: pages grow after they are shown.
 */

const PAUSE_MS = 120;

let restoring = false;
let timer = 0;

/** Notes the position in the entry of the history that it belongs to. */
export function keepScroll() {
  history.scrollRestoration = "manual";
  addEventListener("scroll", later, { passive: true });
}

function later() {
  clearTimeout(timer);
  if (!restoring) timer = setTimeout(() => history.replaceState({ scroll: scrollY }, ""), PAUSE_MS);
}

/**
 * To the top of a new page; on the way back, to where this entry of the history was left.
 *
 * @param {Promise<unknown>} [ready] settled once the page has its full height
 */
export async function restoreScroll(ready) {
  clearTimeout(timer);
  const wanted = history.state?.scroll ?? 0;
  restoring = true;
  if (!wanted) scrollTo(0, 0);
  const entry = location.hash;
  await ready;
  if (entry !== location.hash) return;
  if (wanted) scrollTo(0, wanted);
  requestAnimationFrame(() => (restoring = false));
}
