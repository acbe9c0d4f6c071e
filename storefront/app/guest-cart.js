/** The cart before sign-in, kept by this browser. Titles and prices in it are copies for display. */

const KEY = "cloudshelf.cart";
const MERGE_KEY = "cloudshelf.merge";
/** As many different books as one order can hold. */
export const MOST_BOOKS = 97;

/** @typedef {import("./types.js").CartItem} CartItem */
/** @typedef {{merge_id: string, items: CartItem[]}} Merge what is on its way into a shopper's cart */

/** @returns {CartItem[]} */
export const load = () => read(KEY, []);

/** @param {CartItem[]} items */
export const save = (items) => write(KEY, items.length ? items : null);

/**
 * Takes the guest's items out for a merge. The same merge, with the same id, is returned until it is settled, so that
 * two tabs or a retry cannot add them twice.
 *
 * @returns {Merge | null}
 */
export function takeForMerge() {
  const pending = read(MERGE_KEY, null);
  if (pending) return pending;
  const items = load();
  if (!items.length) return null;
  const merge = { merge_id: crypto.randomUUID(), items };
  write(MERGE_KEY, merge);
  save([]);
  return merge;
}

/** Forgets a merge that the API has answered. */
export const settleMerge = () => write(MERGE_KEY, null);

/** Whether a storage event is about the guest's cart. @param {StorageEvent} event */
export const concerns = (event) => event.key === KEY || event.key === null;

/** @param {string} key @param {any} otherwise */
function read(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** @param {string} key @param {unknown} value */
function write(key, value) {
  if (value === null) localStorage.removeItem(key);
  else localStorage.setItem(key, JSON.stringify(value));
}
