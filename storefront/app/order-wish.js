/**
 * One wish to buy: an Idempotency-Key and what it was first sent with. It is kept over retries and reloads until the
 * API has answered, so that a wish can never become two orders.
 */

const KEY = "cloudshelf.wish";

/** @typedef {{key: string, body: string}} Wish */

/**
 * The key for these contents: the same for the same wish, a new one for another.
 *
 * @param {object} contents
 */
export function keyFor(contents) {
  const body = JSON.stringify(contents);
  const kept = read();
  if (kept?.body === body) return kept.key;
  const key = crypto.randomUUID();
  sessionStorage.setItem(KEY, JSON.stringify({ key, body }));
  return key;
}

export const answered = () => sessionStorage.removeItem(KEY);

/** @returns {Wish | null} */
function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}
