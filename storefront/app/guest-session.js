/**
 * The session of a visitor, begun when there is something to keep. A cookie leads to it that scripts cannot see; this
 * browser notes only that there is one, so that nobody is asked in vain.
 */

import { api } from "./api.js";
import { Problem } from "./problem.js";

const KEY = "cloudshelf.visit";

/** @param {unknown} error */
const isOver = (error) => error instanceof Problem && error.status === 401;

/**
 * Asks in the session, where there is one.
 *
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {Promise<T | undefined>} undefined without a live session
 */
export async function within(ask) {
  if (!localStorage.getItem(KEY)) return undefined;
  try {
    return await ask();
  } catch (error) {
    if (!isOver(error)) throw error;
    localStorage.removeItem(KEY);
    return undefined;
  }
}

/**
 * Asks in the session, and begins one where there is none.
 *
 * @template {object} T
 * @param {() => Promise<T>} ask
 * @returns {Promise<T>}
 * @throws {Problem} no_cookies, where the browser keeps none
 */
export async function inSession(ask) {
  const answer = await within(ask);
  if (answer) return answer;
  await begin();
  try {
    return await ask();
  } catch (error) {
    if (!isOver(error)) throw error;
    localStorage.removeItem(KEY);
    throw new Problem({
      code: "no_cookies",
      detail: "Your browser keeps no cookies for this shop. Please allow them, or sign in.",
    });
  }
}

/** Two at once, in this tab or beside it, begin one session: the cookie of a second would hide the first. */
const begin = () =>
  navigator.locks.request(KEY, async () => {
    if (localStorage.getItem(KEY)) return;
    await api.createSession();
    localStorage.setItem(KEY, "begun");
  });

/** Ends the session, if there is one. Nothing of it is left. */
export async function end() {
  await within(api.endSession);
  localStorage.removeItem(KEY);
}
