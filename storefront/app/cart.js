/** The cart: one interface over the guest's and the shopper's. */

import { api } from "./api.js";
import { guestCart } from "./guest-cart.js";
import { isRefused } from "./problem.js";
import * as session from "./session.js";

/** @typedef {import("./types.js").Cart} Cart */
/** @typedef {import("./problem.js").Problem} Problem */

export const MOST_COPIES = 99;
/** @type {Cart} */
const EMPTY = { items: [], item_count: 0, total_amount: 0, updated_at: null };

const events = new EventTarget();
const channel = new BroadcastChannel("cloudshelf.cart");

let cart = EMPTY;
/** Whether the cart was seen at all yet. */
let known = false;
/** Changes run one after another, so that the last one wins. @type {Promise<unknown>} */
let queue = Promise.resolve();

/** The cart as last seen. */
export const current = () => cart;

/** @param {() => void} listener @param {AbortSignal} [signal] */
export const onChange = (listener, signal) => events.addEventListener("change", listener, { signal });

/** Told when the API would not take the guest's items. @param {(error: Problem) => void} listener */
export const onRefused = (listener) =>
  events.addEventListener("refused", (event) => listener(/** @type {CustomEvent} */ (event).detail));

/** Keeps the cart in step with sign-in, sign-out and the other tabs. */
export function start() {
  const look = () => void inTurn(() => see((guest) => guest.peek())).catch(() => undefined);
  session.onChange(look);
  channel.onmessage = look;
  // What another tab has kept in this browser may be seen here only after its message has arrived.
  addEventListener("storage", look);
  look();
}

/** The cart at today's prices; after sign-in the guest's items are merged into it first. @returns {Promise<Cart>} */
export const refresh = () => inTurn(() => see((guest) => guest.load()));

/**
 * @param {import("./guest-cart.js").Wanted} book
 * @param {number} quantity absolute; 0 takes the book out
 * @returns {Promise<Cart>}
 */
export const setQuantity = (book, quantity) => inTurn(() => put(book, quantity));

/**
 * Adds copies, as many as there are and as a cart may hold.
 *
 * @param {import("./types.js").Book} book
 * @param {number} copies
 * @returns {Promise<boolean>} whether there are more of them in the cart now
 */
export function add(book, copies) {
  return inTurn(async () => {
    if (!known) await see((guest) => guest.peek());
    const held = cart.items.find((item) => item.book_id === book.book_id)?.quantity ?? 0;
    const wanted = Math.min(held + copies, MOST_COPIES, book.stock_quantity);
    if (wanted > held) await put(book, wanted);
    return wanted > held;
  });
}

/** After an order: the API has emptied the cart. */
export function emptied() {
  show(EMPTY);
  channel.postMessage("changed");
}

/**
 * @template T
 * @param {() => Promise<T>} change
 * @returns {Promise<T>}
 */
function inTurn(change) {
  const turn = queue.then(() => session.ready).then(change);
  queue = turn.catch(() => undefined);
  return turn;
}

/** @param {(guest: import("./guest-cart.js").GuestCart) => Promise<Cart>} ask */
async function see(ask) {
  const guest = await guestCart();
  if (!session.shopper()) return show(await ask(guest));
  return show((await merged(guest)) ?? (await api.cart()));
}

/** @param {import("./guest-cart.js").Wanted} book @param {number} quantity */
async function put(book, quantity) {
  if (session.shopper()) show(await (quantity ? api.setItem(book.book_id, quantity) : api.removeItem(book.book_id)));
  else show(await (await guestCart()).setQuantity(book, quantity));
  channel.postMessage("changed");
  return cart;
}

/** @param {import("./guest-cart.js").GuestCart} guest */
async function merged(guest) {
  try {
    return await guest.merge();
  } catch (error) {
    if (!isRefused(error)) throw error;
    await guest.giveUp();
    events.dispatchEvent(new CustomEvent("refused", { detail: error }));
    return null;
  }
}

/** @param {Cart} next */
function show(next) {
  [cart, known] = [next, true];
  events.dispatchEvent(new Event("change"));
  return cart;
}
