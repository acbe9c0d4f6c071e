/**
 * The cart before sign-in: the session's where the stack has sessions, else this browser's.
 *
 * @typedef {import("./types.js").Cart} Cart
 * @typedef {import("./types.js").Book | import("./types.js").CartItem} Wanted
 *
 * What both kinds can do. `peek` is the cheap look, `load` the one at today's prices; `merge` adds the cart to the
 * shopper's who has just signed in and answers with that, or with null where there was nothing to add; `giveUp` drops
 * what the API refused to add.
 * @typedef {{
 *   peek: () => Promise<Cart>, load: () => Promise<Cart>,
 *   setQuantity: (book: Wanted, quantity: number) => Promise<Cart>,
 *   merge: () => Promise<Cart | null>, giveUp: () => Promise<unknown>,
 * }} GuestCart
 */

import { once } from "./once.js";
import { capabilities } from "./phase.js";

/** @type {() => Promise<GuestCart>} */
export const guestCart = once(async () => {
  const { sessions } = await capabilities();
  return sessions ? import("./session-cart.js") : import("./browser-cart.js");
});
