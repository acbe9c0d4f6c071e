/** What went wrong, in the API's words (RFC 9457) or, where the network failed, in ours. */

export class Problem extends Error {
  /** @param {Partial<import("./types.js").ProblemBody>} body */
  constructor({ status = 0, code = "unavailable", title = "", detail = "", request_id, errors = [], changes = [] }) {
    super(detail || title || code);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.requestId = request_id;
    this.errors = errors;
    this.changes = changes;
  }
}

/** Where our words help a shopper more than the API's. */
const WORDS = /** @type {Record<string, string>} */ ({
  offline: "You seem to be offline. Check your connection and try again.",
  unavailable: "The shop is not answering right now. Nothing was lost: please try again in a moment.",
  internal_error: "Something broke on our side. Nothing was lost: please try again in a moment.",
  too_many_requests: "The shop is very busy right now. Please wait a few seconds and try again.",
  unauthorized: "Your sign-in has ended. Please sign in again.",
  forbidden: "Your account may not do this.",
  blocked: "The shop's firewall took this for an attack. Please try it in other words.",
});

/**
 * One or two sentences for the shopper.
 *
 * @param {unknown} error
 */
export function explain(error) {
  if (error instanceof Problem) return WORDS[error.code] ?? error.message;
  return "Something went wrong on this page. Please reload it.";
}

/**
 * Whether the API has decided against it, so that asking the same again is no use. Signing in, or waiting, is.
 *
 * @param {unknown} error
 * @returns {error is Problem}
 */
export const isRefused = (error) =>
  error instanceof Problem && error.status >= 400 && error.status < 500 && ![401, 429].includes(error.status);

/**
 * Whether a request was given up on purpose, because its page was left or a newer one replaced it.
 *
 * @param {unknown} error
 */
export const isAborted = (error) => error instanceof DOMException && error.name === "AbortError";
