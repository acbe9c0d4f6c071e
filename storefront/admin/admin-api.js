/** The operations of the API for those who run the shop. */

import { request } from "../app/api.js";

/** @typedef {import("../app/types.js").Book} Book */
/** @typedef {import("../app/types.js").Order} Order */

/** @param {string} id */
const book = (id) => `/admin/books/${encodeURIComponent(id)}`;
/** @param {string} id */
const order = (id) => `/admin/orders/${encodeURIComponent(id)}`;

export const admin = {
  /** @param {string} id @param {AbortSignal} signal @returns {Promise<Book>} */
  book: (id, signal) => request(`/books/${encodeURIComponent(id)}`, { fresh: true, user: true, signal }),
  /** @param {object} body @returns {Promise<Book>} */
  createBook: (body) => request("/admin/books", { method: "POST", user: true, once: true, body }),
  /** @param {string} id @param {object} body @returns {Promise<Book>} */
  putBook: (id, body) => request(book(id), { method: "PUT", user: true, body }),
  /** @param {string} id */
  deleteBook: (id) => request(book(id), { method: "DELETE", user: true }),
  /**
   * Refused if the stock is not what was seen, so a repeated request cannot count twice.
   *
   * @param {string} id @param {number} delta @param {number} expected @returns {Promise<Book>}
   */
  changeStock: (id, delta, expected) =>
    request(`${book(id)}/stock`, { method: "PATCH", user: true, once: true, body: { delta, expected } }),
  /** @param {Record<string, unknown>} query @param {AbortSignal} signal @returns {Promise<import("../app/types.js").OrderPage>} */
  orders: (query, signal) => request("/admin/orders", { query, user: true, signal }),
  /**
   * @param {string} name @param {Record<string, unknown>} query @param {AbortSignal} signal
   * @returns {Promise<import("../app/types.js").Report>}
   */
  report: (name, query, signal) => request(`/admin/reports/${name}`, { query, user: true, signal }),
  /** @param {string} id @param {string} status @returns {Promise<Order>} */
  moveOrder: (id, status) => request(order(id), { method: "PATCH", user: true, once: true, body: { status } }),
};
