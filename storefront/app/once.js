/**
 * One answer for all who ask. After a failure the next one asks again.
 *
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {() => Promise<T>}
 */
export function once(ask) {
  /** @type {Promise<T> | undefined} */
  let answer;
  const forget = (/** @type {unknown} */ error) => {
    answer = undefined;
    throw error;
  };
  return () => (answer ??= ask().catch(forget));
}
