/**
 * A guest's cart in this browser's localStorage. Titles and prices in it are copies for display.
 *
 * It has an id from its first book on, which becomes the merge_id: two tabs that merge it at the same moment, or one
 * that tries again, say the same id, and the API adds it once.
 */

const KEY = "cloudshelf.cart";
const MERGE_KEY = "cloudshelf.merge";

/** @typedef {import("./types.js").CartItem} CartItem */
/** @typedef {{merge_id: string, items: CartItem[]}} KeptCart */

/** @returns {CartItem[]} */
export const load = () => read(KEY)?.items ?? [];

/** @param {CartItem[]} items */
export const save = (items) =>
  write(KEY, items.length ? { merge_id: read(KEY)?.merge_id ?? crypto.randomUUID(), items } : null);

/**
 * Puts the guest's cart on its way into a shopper's. It stays there until the merge is settled; what a guest chooses
 * meanwhile is another cart.
 *
 * @returns {KeptCart | null}
 */
export function takeForMerge() {
  const merge = read(MERGE_KEY) ?? read(KEY);
  if (merge && !read(MERGE_KEY)) {
    write(MERGE_KEY, merge);
    write(KEY, null);
  }
  return merge;
}

/** Forgets a merge that the API has answered. */
export const settleMerge = () => write(MERGE_KEY, null);

/** @param {string} key @returns {KeptCart | null} */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} key @param {KeptCart | null} cart */
function write(key, cart) {
  if (cart) localStorage.setItem(key, JSON.stringify(cart));
  else localStorage.removeItem(key);
}
