/** Fetching again when it is likely to help: the network, a busy or a restarting server. */

import { Problem } from "./problem.js";

const ATTEMPTS = 4;
const FIRST_WAIT_MS = 300;
/** A longer Retry-After than this is told to the shopper instead of being waited for. */
const LONGEST_WAIT_MS = 8000;
const BUSY = 429;
const DOWN = new Set([502, 503, 504]);

/**
 * `fetch` with retries. A request that is refused as one too many (429) never ran, so it is always repeated; after
 * any other failure only a `repeatable` one is. The wait doubles, is jittered and honours Retry-After.
 *
 * @param {string} url
 * @param {RequestInit} options
 * @param {boolean} repeatable
 * @returns {Promise<Response>}
 */
export async function fetchWithRetry(url, options, repeatable) {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(url, options).catch(given);
    const again = answer ? answer.status === BUSY || (DOWN.has(answer.status) && repeatable) : repeatable;
    const wait = pause(answer, attempt);
    if (!again || attempt === ATTEMPTS || wait > LONGEST_WAIT_MS) return answer ?? fail();
    await delay(wait, options.signal);
  }
}

/**
 * Null for a network failure; an abort goes on up.
 *
 * @param {unknown} error
 * @returns {null}
 */
function given(error) {
  if (error instanceof TypeError) return null;
  throw error;
}

/** @returns {never} */
function fail() {
  throw new Problem({ code: navigator.onLine ? "unavailable" : "offline" });
}

/**
 * @param {Response | null} answer
 * @param {number} attempt
 */
function pause(answer, attempt) {
  const asked = Number(answer?.headers.get("Retry-After") ?? 0) * 1000;
  const backoff = FIRST_WAIT_MS * 2 ** (attempt - 1);
  return Math.max(Number.isFinite(asked) ? asked : 0, backoff * (0.5 + Math.random()));
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal | null | undefined} signal
 */
function delay(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}
