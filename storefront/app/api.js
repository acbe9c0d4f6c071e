/** The shop's API: one function for each operation of the contract that the storefront uses. */

import { config } from "./config.js";
import { Problem } from "./problem.js";
import { fetchWithRetry } from "./retry.js";
import * as session from "./session.js";

/**
 * @typedef {{
 *   method?: string, query?: Record<string, unknown> | URLSearchParams, body?: unknown, user?: boolean,
 *   key?: string, once?: boolean, fresh?: boolean, signal?: AbortSignal,
 * }} Call
 * `user` sends the ID token, `key` an Idempotency-Key; `once` marks what must not be repeated after a lost answer;
 * `fresh` asks the server even where the browser holds a copy that is good for a while.
 */

/**
 * @param {string} path
 * @param {Call} [call]
 * @returns {Promise<any>} the answer's JSON, `undefined` for an empty one
 * @throws {Problem}
 */
async function request(path, call = {}) {
  const url = (await config()).apiBaseUrl + path + suffix(call.query);
  let answer = await send(url, call);
  if (answer.status === 401 && call.user && (await session.renew())) answer = await send(url, call);
  if (answer.ok) return answer.status === 204 ? undefined : answer.json();
  const problem = new Problem(await problemBody(answer));
  if (answer.status === 401 && call.user) session.end();
  throw problem;
}

/**
 * @param {string} url
 * @param {Call} call
 */
async function send(url, { method = "GET", body, user, key, once, fresh, signal }) {
  const headers = new Headers({ Accept: "application/json" });
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (key) headers.set("Idempotency-Key", key);
  if (user) headers.set("Authorization", `Bearer ${await session.idToken()}`);
  const cache = /** @type {RequestCache} */ (fresh ? "no-cache" : "default");
  const options = { method, headers, signal, cache, body: body === undefined ? undefined : JSON.stringify(body) };
  return fetchWithRetry(url, options, !once);
}

/** @param {Call["query"]} query */
function suffix(query) {
  const pairs = query instanceof URLSearchParams ? [...query] : Object.entries(query ?? {});
  const given = pairs.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : "";
}

/**
 * @param {Response} answer
 * @returns {Promise<Partial<import("./types.js").ProblemBody>>}
 */
async function problemBody(answer) {
  const code = answer.status === 429 ? "too_many_requests" : answer.status >= 500 ? "unavailable" : "invalid_request";
  const body = await answer.json().catch(() => ({}));
  return { code, ...body, status: answer.status };
}

/** @param {string} id */
const segment = (id) => encodeURIComponent(id);

/** @param {string} id */
const guestItem = (id) => `/sessions/me/cart/items/${segment(id)}`;

export const api = {
  /**
   * @param {Call["query"]} query @param {AbortSignal} [signal] @param {boolean} [fresh]
   * @returns {Promise<import("./types.js").BookPage>}
   */
  books: (query, signal, fresh) => request("/books", { query, signal, fresh }),
  /** @param {string} id @param {AbortSignal} [signal] @returns {Promise<import("./types.js").Book>} */
  book: (id, signal) => request(`/books/${segment(id)}`, { signal }),
  /** @param {string} id @param {AbortSignal} [signal] @returns {Promise<{books: import("./types.js").Book[]}>} */
  related: (id, signal) => request(`/books/${segment(id)}/related`, { query: { limit: 6 }, signal }),
  /** @param {AbortSignal} [signal] @returns {Promise<{categories: import("./types.js").Category[]}>} */
  categories: (signal) => request("/categories", { signal }),
  /** @param {number} limit @param {AbortSignal} [signal] @returns {Promise<{books: import("./types.js").Book[]}>} */
  bestsellers: (limit, signal) => request("/bestsellers", { query: { limit }, signal }),
  /** @returns {Promise<import("./types.js").Meta>} */
  meta: () => request("/meta"),

  /** @param {AbortSignal} [signal] @returns {Promise<import("./types.js").User>} */
  me: (signal) => request("/users/me", { user: true, signal }),
  /** @param {object} changes @returns {Promise<import("./types.js").User>} */
  updateMe: (changes) => request("/users/me", { method: "PATCH", user: true, body: changes }),
  eraseMe: () => request("/users/me", { method: "DELETE", user: true }),

  /** @returns {Promise<import("./types.js").Cart>} */
  cart: () => request("/cart", { user: true }),
  /** @param {string} id @param {number} quantity @returns {Promise<import("./types.js").Cart>} */
  setItem: (id, quantity) => request(`/cart/items/${segment(id)}`, { method: "PUT", user: true, body: { quantity } }),
  /** @param {string} id @returns {Promise<import("./types.js").Cart>} */
  removeItem: (id) => request(`/cart/items/${segment(id)}`, { method: "DELETE", user: true }),
  /** @param {object} body @returns {Promise<import("./types.js").Cart>} */
  mergeCart: (body) => request("/cart/merge", { method: "POST", user: true, body }),

  /** @returns {Promise<import("./types.js").VisitorSession>} */
  createSession: () => request("/sessions", { method: "POST" }),
  /** @returns {Promise<import("./types.js").VisitorSession>} */
  visitorSession: () => request("/sessions/me"),
  /** @param {{viewed?: string, searched?: string}} change @returns {Promise<import("./types.js").VisitorSession>} */
  updateSession: (change) => request("/sessions/me", { method: "PATCH", body: change }),
  /** @returns {Promise<void>} */
  endSession: () => request("/sessions/me", { method: "DELETE" }),
  /** @returns {Promise<import("./types.js").Cart>} */
  guestCart: () => request("/sessions/me/cart"),
  /** @param {string} id @param {number} quantity @returns {Promise<import("./types.js").Cart>} */
  setGuestItem: (id, quantity) => request(guestItem(id), { method: "PUT", body: { quantity } }),
  /** @param {string} id @returns {Promise<import("./types.js").Cart>} */
  removeGuestItem: (id) => request(guestItem(id), { method: "DELETE" }),
  /** @returns {Promise<void>} */
  clearGuestCart: () => request("/sessions/me/cart", { method: "DELETE" }),

  /** @returns {Promise<import("./types.js").Quote>} */
  quote: () => request("/checkout/quote", { method: "POST", user: true }),
  /** @param {string} key @param {object} body @returns {Promise<import("./types.js").Order>} */
  createOrder: (key, body) => request("/orders", { method: "POST", user: true, key, body }),
  /** @param {Call["query"]} query @param {AbortSignal} [signal] @returns {Promise<import("./types.js").OrderPage>} */
  orders: (query, signal) => request("/orders", { query, user: true, signal }),
  /** @param {string} id @param {AbortSignal} [signal] @returns {Promise<import("./types.js").Order>} */
  order: (id, signal) => request(`/orders/${segment(id)}`, { user: true, signal }),
  /** @param {string} id @returns {Promise<import("./types.js").Order>} */
  cancelOrder: (id) => request(`/orders/${segment(id)}/cancel`, { method: "POST", user: true, once: true }),
};

export { request };
