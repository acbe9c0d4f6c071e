/** A guest's cart where the stack has no sessions: kept by this browser, priced by the catalogue. */

import { api } from "./api.js";
import { sum } from "./format.js";
import * as storage from "./guest-storage.js";
import { Problem } from "./problem.js";

/** As many different books as one order can hold. */
const MOST_BOOKS = 97;

/** @typedef {import("./types.js").Cart} Cart */
/** @typedef {import("./types.js").CartItem} CartItem */
/** @typedef {import("./guest-cart.js").Wanted} Wanted */

export const peek = async () => cartOf(storage.load());

/** @returns {Promise<Cart>} */
export async function load() {
  const items = storage.load();
  const books = await Promise.all(items.map((item) => api.book(item.book_id).catch(absent)));
  const known = items.map((item, index) => {
    const book = books[index];
    return book ? line(book, item.quantity) : { ...item, available: 0 };
  });
  return kept(known);
}

/** @param {Wanted} book @param {number} quantity @returns {Promise<Cart>} */
export async function setQuantity(book, quantity) {
  const items = storage.load();
  const at = items.findIndex((item) => item.book_id === book.book_id);
  if (at < 0 && items.length >= MOST_BOOKS) {
    throw new Problem({ code: "cart_full", detail: `A cart holds ${MOST_BOOKS} different books at most.` });
  }
  if (at < 0) items.push(line(book, quantity));
  else items[at] = line({ ...items[at], ...book }, quantity);
  return kept(items.filter((item) => item.quantity > 0));
}

/** @returns {Promise<Cart | null>} */
export async function merge() {
  const waiting = storage.takeForMerge();
  if (!waiting) return null;
  const items = waiting.items.map(({ book_id, quantity }) => ({ book_id, quantity }));
  const merged = await api.mergeCart({ merge_id: waiting.merge_id, items });
  storage.settleMerge();
  return merged;
}

export const giveUp = async () => storage.settleMerge();

/** @param {unknown} error @returns {null} */
function absent(error) {
  if (error instanceof Problem && error.status === 404) return null;
  throw error;
}

/** @param {CartItem[]} items */
function kept(items) {
  storage.save(items);
  return cartOf(items);
}

/** @param {Wanted} book @param {number} quantity @returns {CartItem} */
function line(book, quantity) {
  const { book_id, category, title, author, image_url, price } = book;
  const available = "stock_quantity" in book ? book.stock_quantity : book.available;
  const line_total = sum([{ price, quantity }]);
  return { book_id, category, title, author, image_url, price, quantity, line_total, available };
}

/** @param {CartItem[]} items @returns {Cart} */
function cartOf(items) {
  const item_count = items.reduce((count, item) => count + item.quantity, 0);
  return { items, item_count, total_amount: sum(items), updated_at: null };
}
