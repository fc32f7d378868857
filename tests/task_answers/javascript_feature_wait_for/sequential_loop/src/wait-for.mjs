import { sleep } from './sleep.mjs';
import { TimeoutError } from './errors.mjs';
import { MAX_DELAY, systemTimers } from './timers.mjs';

function check(condition, timeout, interval) {
  if (typeof condition !== 'function') throw new TypeError('condition must be a function');
  if (typeof timeout !== 'number') throw new TypeError('timeout must be a number');
  if (timeout !== Infinity && !(timeout >= 0 && timeout <= MAX_DELAY)) {
    throw new RangeError(`timeout must be 0 to ${MAX_DELAY} or Infinity, got ${timeout}`);
  }
  if (typeof interval === 'function') return;
  if (typeof interval !== 'number') throw new TypeError('interval must be a number or a function');
  checkInterval(interval);
}

function checkInterval(interval) {
  if (typeof interval !== 'number') throw new TypeError('interval must give a number');
  if (!(interval >= 0 && interval <= MAX_DELAY)) {
    throw new RangeError(`interval must be 0 to ${MAX_DELAY}, got ${interval}`);
  }
}

export async function waitFor(condition, options = {}) {
  const {
    timeout = 1000,
    interval = 50,
    signal,
    rethrow,
    message,
    timers = systemTimers,
  } = options;
  check(condition, timeout, interval);
  signal?.throwIfAborted();
  const deadline = timers.now() + timeout;
  const inner = new AbortController();
  let details = {};
  let attempt = 0;
  try {
    for (;;) {
      attempt += 1;
      try {
        const value = await condition({ attempt, signal: inner.signal });
        if (value) return value;
        details = {};
      } catch (error) {
        if (rethrow?.(error)) throw error;
        details = { cause: error };
      }
      const pause = typeof interval === 'function' ? interval(attempt) : interval;
      checkInterval(pause);
      const left = deadline - timers.now();
      await sleep(Math.min(pause, left), { signal, timers });
      if (timers.now() >= deadline) {
        const text = `Timed out after ${timeout} ms (${attempt} attempt${attempt === 1 ? '' : 's'})`;
        throw new TimeoutError(message ? `${message}: ${text}` : text, {
          timeout,
          attempts: attempt,
          ...details,
        });
      }
    }
  } catch (error) {
    inner.abort(error);
    throw error;
  }
}
