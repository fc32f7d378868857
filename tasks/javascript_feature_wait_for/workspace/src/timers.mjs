/** The longest delay that Node's setTimeout keeps; it turns a longer one into 1 ms. */
export const MAX_DELAY = 2 ** 31 - 1;

/**
 * @typedef {object} Timers
 * @property {() => number} now
 * @property {(callback: () => void, ms: number) => unknown} setTimeout
 * @property {(handle: unknown) => void} clearTimeout
 */

/** @type {Timers} */
export const systemTimers = Object.freeze({
  now: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (handle) => clearTimeout(handle),
});
