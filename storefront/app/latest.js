/**
 * Only the newest of overlapping requests counts: asking again aborts the one before, and an answer or a failure that
 * comes late all the same is thrown away.
 */
export class Latest {
  #current = new AbortController();

  /**
   * @template T
   * @param {(signal: AbortSignal) => Promise<T>} ask
   * @returns {Promise<T>} rejected with an AbortError once there is a newer question
   */
  async ask(ask) {
    this.cancel();
    const mine = this.#current;
    return ask(mine.signal).finally(() => mine.signal.throwIfAborted());
  }

  cancel() {
    this.#current.abort(new DOMException("There is a newer question.", "AbortError"));
    this.#current = new AbortController();
  }
}

/**
 * Waits until the shopper has paused.
 *
 * @param {() => void} action
 * @param {number} milliseconds
 */
export function afterPause(action, milliseconds) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
}
