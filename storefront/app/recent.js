/** What this visitor looked at and searched for: the session remembers it, where the stack has sessions. */

import { api } from "./api.js";
import * as session from "./guest-session.js";
import { capabilities } from "./phase.js";

const events = new EventTarget();

/** @param {() => void} listener @param {AbortSignal} signal */
export const onForgotten = (listener, signal) => events.addEventListener("forgotten", listener, { signal });

/** @param {string} bookId */
export const viewed = (bookId) => remember({ viewed: bookId });

/** @param {string} words */
export const searched = (words) => remember({ searched: words });

/**
 * A page does not wait for it, and goes without where it fails.
 *
 * @param {{viewed?: string, searched?: string}} change
 */
async function remember(change) {
  try {
    if ((await capabilities()).sessions) await session.inSession(() => api.updateSession(change));
  } catch {
    // The shop works as well for somebody it does not remember.
  }
}

/** The latest first. @returns {Promise<{books: string[], searches: string[]}>} ids of books, and words */
export async function recall() {
  const kept = (await capabilities()).sessions ? await session.within(api.visitorSession) : undefined;
  return { books: kept?.browsing_history ?? [], searches: kept?.search_history ?? [] };
}

/** Forgets it for good. The cart stays. */
export async function forget() {
  if (!(await capabilities()).sessions) return;
  const { forget } = await import("./session-cart.js");
  await forget();
  events.dispatchEvent(new Event("forgotten"));
}
