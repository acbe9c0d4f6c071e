/** The cart: one interface over the guest's cart in this browser and the shopper's at the API. */

import { api } from "./api.js";
import { sum } from "./format.js";
import * as guest from "./guest-cart.js";
import { Problem } from "./problem.js";
import * as session from "./session.js";

/** @typedef {import("./types.js").Cart} Cart */

export const MOST_COPIES = 99;

const events = new EventTarget();
const channel = new BroadcastChannel("cloudshelf.cart");

/** @type {Cart} */
let cart = fromItems(guest.load());
/** Changes run one after another, so that the last one wins. @type {Promise<unknown>} */
let queue = Promise.resolve();

/** The cart as last seen. */
export const current = () => cart;

/** @param {() => void} listener @param {AbortSignal} [signal] */
export const onChange = (listener, signal) => events.addEventListener("change", listener, { signal });

/** Keeps the cart in step with sign-in, sign-out and the other tabs. */
export function start() {
  const reload = () => void refresh().catch(() => undefined);
  session.onChange(reload);
  addEventListener("storage", (event) => guest.concerns(event) && !session.shopper() && show(fromItems(guest.load())));
  channel.onmessage = () => session.shopper() && reload();
  void session.ready.then(() => session.shopper() && reload());
}

/** The cart at today's prices; after sign-in the guest's items are merged into it first. @returns {Promise<Cart>} */
export function refresh() {
  return inTurn(async () => {
    await session.ready;
    if (!session.shopper()) return show(await repriced(guest.load()));
    return show((await mergeGuest()) ?? (await api.cart()));
  });
}

/**
 * @param {import("./types.js").Book | import("./types.js").CartItem} book
 * @param {number} quantity absolute; 0 takes the book out
 * @returns {Promise<Cart>}
 */
export function setQuantity(book, quantity) {
  return inTurn(async () => {
    await session.ready;
    if (!session.shopper()) return show(setGuestItem(book, quantity));
    const id = book.book_id;
    show(quantity ? await api.setItem(id, quantity) : await api.removeItem(id));
    channel.postMessage("changed");
    return cart;
  });
}

/** @param {import("./types.js").Book} book */
export const add = (book) => setQuantity(book, Math.min(quantityOf(book.book_id) + 1, MOST_COPIES));

/** @param {string} bookId */
export const quantityOf = (bookId) => cart.items.find((item) => item.book_id === bookId)?.quantity ?? 0;

/** After an order: the API has emptied the cart. */
export function emptied() {
  show(fromItems([]));
  channel.postMessage("changed");
}

/**
 * @template T
 * @param {() => Promise<T>} change
 * @returns {Promise<T>}
 */
function inTurn(change) {
  const turn = queue.then(change);
  queue = turn.catch(() => undefined);
  return turn;
}

/** @param {Cart} next */
function show(next) {
  cart = next;
  events.dispatchEvent(new Event("change"));
  return cart;
}

/** @returns {Promise<Cart | null>} null where there was nothing to merge */
async function mergeGuest() {
  const merge = guest.takeForMerge();
  if (!merge) return null;
  const items = merge.items.map(({ book_id, quantity }) => ({ book_id, quantity }));
  try {
    const merged = await api.mergeCart({ merge_id: merge.merge_id, items });
    guest.settleMerge();
    return merged;
  } catch (error) {
    if (!(error instanceof Problem) || error.status < 400 || error.status >= 500 || error.status === 401) throw error;
    guest.settleMerge();
    events.dispatchEvent(new CustomEvent("refused", { detail: error }));
    return null;
  }
}

/** Told when the API would not take the guest's items. @param {(error: Problem) => void} listener */
export const onRefused = (listener) =>
  events.addEventListener("refused", (event) => listener(/** @type {CustomEvent} */ (event).detail));

/**
 * @param {import("./types.js").Book | import("./types.js").CartItem} book
 * @param {number} quantity
 */
function setGuestItem(book, quantity) {
  const items = guest.load();
  const at = items.findIndex((item) => item.book_id === book.book_id);
  if (at < 0 && items.length >= guest.MOST_BOOKS) {
    throw new Problem({ code: "cart_full", detail: `A cart holds ${guest.MOST_BOOKS} different books at most.` });
  }
  if (at < 0) items.push(line(book, quantity));
  else items[at] = line({ ...items[at], ...book }, quantity);
  const kept = items.filter((item) => item.quantity > 0);
  guest.save(kept);
  return fromItems(kept);
}

/** @param {import("./types.js").CartItem[]} items */
async function repriced(items) {
  const books = await Promise.all(items.map((item) => api.book(item.book_id).catch(absent)));
  const known = items.map((item, index) => {
    const book = books[index];
    return book ? line(book, item.quantity) : { ...item, available: 0 };
  });
  guest.save(known);
  return fromItems(known);
}

/** @param {unknown} error @returns {null} */
function absent(error) {
  if (error instanceof Problem && error.status === 404) return null;
  throw error;
}

/**
 * @param {import("./types.js").Book | import("./types.js").CartItem} book
 * @param {number} quantity
 * @returns {import("./types.js").CartItem}
 */
function line(book, quantity) {
  const { book_id, category, title, author, image_url, price } = book;
  const available = "stock_quantity" in book ? book.stock_quantity : book.available;
  const line_total = sum([{ price, quantity }]);
  return { book_id, category, title, author, image_url, price, quantity, line_total, available };
}

/**
 * @param {import("./types.js").CartItem[]} items
 * @returns {Cart}
 */
function fromItems(items) {
  const item_count = items.reduce((count, item) => count + item.quantity, 0);
  return { items, item_count, total_amount: sum(items), updated_at: null };
}
