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
  const inner = new AbortController();
  return new Promise((resolve, reject) => {
    let attempt = 0;
    let details = {};
    let done = false;
    let last;
    const finish = () => {
      done = true;
      timers.clearTimeout(deadline);
      timers.clearTimeout(last);
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error) => {
      if (done) return;
      finish();
      inner.abort(error);
      reject(error);
    };
    const onAbort = () => fail(signal.reason);
    signal?.addEventListener('abort', onAbort);
    const deadline = timers.setTimeout(() => {
      const text = `Timed out after ${timeout} ms (${attempt} attempt${attempt === 1 ? '' : 's'})`;
      const full = message ? `${message}: ${text}` : text;
      fail(new TimeoutError(full, { timeout, attempts: attempt, ...details }));
    }, timeout);
    const poll = async () => {
      attempt += 1;
      try {
        const value = await condition({ attempt, signal: inner.signal });
        if (value && !done) {
          finish();
          resolve(value);
        }
      } catch (error) {
        if (rethrow?.(error)) fail(error);
        details = { cause: error };
      }
      if (done) return;
      try {
        const pause = typeof interval === 'function' ? interval(attempt) : interval;
        checkInterval(pause);
        last = timers.setTimeout(poll, pause);
      } catch (error) {
        fail(error);
      }
    };
    poll();
  });
}
