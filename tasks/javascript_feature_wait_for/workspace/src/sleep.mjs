import { MAX_DELAY, systemTimers } from './timers.mjs';

/**
 * Resolves after `ms` milliseconds. Rejects with the signal's reason as soon as the signal is aborted.
 *
 * @param {number} ms 0 to 2147483647
 * @param {{ signal?: AbortSignal, timers?: import('./timers.mjs').Timers }} [options]
 * @returns {Promise<void>}
 */
export async function sleep(ms, { signal, timers = systemTimers } = {}) {
  if (!(ms >= 0 && ms <= MAX_DELAY)) {
    throw new RangeError(`ms must be between 0 and ${MAX_DELAY}, got ${ms}`);
  }
  signal?.throwIfAborted();
  let handle;
  let stop;
  try {
    await new Promise((resolve, reject) => {
      handle = timers.setTimeout(resolve, ms);
      stop = () => reject(signal.reason);
      signal?.addEventListener('abort', stop);
    });
  } finally {
    timers.clearTimeout(handle);
    signal?.removeEventListener('abort', stop);
  }
}
