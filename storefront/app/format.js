/** Amounts, dates and words as the shopper's language writes them. */

/** The shop speaks English; numbers and dates are written as the shopper's kind of English has them. */
export const locale = navigator.languages.find((language) => /^en\b/.test(language)) ?? "en";

let currency = "USD";

/** @param {string} code ISO 4217, from the stack's configuration */
export function useCurrency(code) {
  currency = code;
}

/** @param {number} amount */
export const money = (amount) =>
  new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(amount);

/** @param {string} iso a timestamp, or a day such as 2026-11-21 */
export function day(iso) {
  const isDay = iso.length === "2026-11-21".length;
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: isDay ? "UTC" : undefined });
  return format.format(new Date(iso));
}

/**
 * "1 copy", "3 copies".
 *
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export const plural = (count, one, many = `${one}s`) =>
  `${new Intl.NumberFormat(locale).format(count)} ${count === 1 ? one : many}`;

/**
 * The amount of a sum in whole cents, so that sums of prices are exact.
 *
 * @param {{price: number, quantity: number}[]} lines
 */
export const sum = (lines) =>
  lines.reduce((cents, line) => cents + Math.round(line.price * 100) * line.quantity, 0) / 100;
