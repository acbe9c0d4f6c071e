/** Reading a list of books over the API's pages. */

import { api } from "../app/api.js";

export const pageSize = 24;
const LARGEST_PAGE = 100;
/** A basic search may answer with a short page and a cursor; this is how far it is followed for one look. */
const MOST_REQUESTS = 25;

/**
 * @param {URLSearchParams} filter
 * @param {string | null} cursor where to go on, null for the beginning
 * @param {number} wanted
 * @param {AbortSignal} signal
 * @param {boolean} [fresh] not from the browser's cache
 * @returns {Promise<import("../app/types.js").BookPage>}
 */
export async function readBooks(filter, cursor, wanted, signal, fresh = false) {
  /** @type {import("../app/types.js").Book[]} */
  const books = [];
  for (let requests = 0; requests < MOST_REQUESTS; requests += 1) {
    const query = new URLSearchParams(filter);
    query.set("limit", String(Math.min(wanted - books.length, LARGEST_PAGE)));
    if (cursor) query.set("cursor", cursor);
    const page = await api.books(query, signal, fresh);
    books.push(...page.books);
    cursor = page.next_cursor;
    if (!cursor || books.length >= wanted) break;
  }
  return { books, next_cursor: cursor };
}
