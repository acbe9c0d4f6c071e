/** A guest's cart where the stack has sessions: the API keeps it, and the session's cookie leads to it. */

import { api } from "./api.js";
import * as browserCart from "./browser-cart.js";
import * as session from "./guest-session.js";
import * as storage from "./guest-storage.js";
import { isRefused } from "./problem.js";

/** Noted from the first book on until the cart is merged, so that a shopper's cart waits for no look at an empty one. */
const FILLED = "cloudshelf.visit-cart";

/** @typedef {import("./types.js").Cart} Cart */

/** @returns {Promise<Cart>} */
export async function load() {
  await adopt();
  return (await session.within(api.guestCart)) ?? { items: [], item_count: 0, total_amount: 0, updated_at: null };
}

export const peek = load;

/** @param {import("./guest-cart.js").Wanted} book @param {number} quantity @returns {Promise<Cart>} */
export function setQuantity({ book_id }, quantity) {
  localStorage.setItem(FILLED, "yes");
  return session.inSession(() => (quantity ? api.setGuestItem(book_id, quantity) : api.removeGuestItem(book_id)));
}

/** What is merged is taken out of the session's cart by the API in the same step. @returns {Promise<Cart | null>} */
export async function merge() {
  const kept = await browserCart.merge();
  const waiting = localStorage.getItem(FILLED) && (await session.within(api.guestCart));
  const merged = waiting && waiting.items.length ? await mergeSession() : kept;
  localStorage.removeItem(FILLED);
  return merged;
}

/** @returns {Promise<Cart>} */
const mergeSession = () => api.mergeCart({ merge_id: crypto.randomUUID(), session: true });

export async function giveUp() {
  await browserCart.giveUp();
  await session.within(api.clearGuestCart);
  localStorage.removeItem(FILLED);
}

/** Ends the session with all that it remembers of the visitor. The cart moves on into the next one. */
export async function forget() {
  const { items } = await load();
  storage.save(items);
  await session.end();
  await adopt();
}

/** Moves what this browser keeps, such as a cart from before the shop had sessions, into the session. */
async function adopt() {
  const items = storage.load();
  for (const item of items) {
    try {
      await setQuantity(item, item.quantity);
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }
  if (items.length) storage.save([]);
}
