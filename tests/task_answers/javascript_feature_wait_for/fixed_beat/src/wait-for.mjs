import { TimeoutError } from './errors.mjs';
import { MAX_DELAY, systemTimers } from './timers.mjs';

/**
 * Calls a condition until it gives something truthy, and resolves with that.
 *
 * Errors of the condition count as "not yet" unless `rethrow` says otherwise. Rejects with a TimeoutError after
 * `timeout` milliseconds, with the signal's reason on abort, and with a TypeError or RangeError for wrong arguments.
 *
 * @template T
 * @param {(check: { attempt: number, signal: AbortSignal }) => T | PromiseLike<T>} condition
 * @param {object} [options]
 * @param {number} [options.timeout] milliseconds; Infinity for no deadline
 * @param {number | ((attempt: number) => number)} [options.interval] milliseconds between two checks
 * @param {AbortSignal} [options.signal]
 * @param {(error: unknown) => boolean} [options.rethrow]
 * @param {string} [options.message]
 * @param {import('./timers.mjs').Timers} [options.timers]
 * @returns {Promise<T>}
 */
export async function waitFor(condition, options = {}) {
  const { timeout = 1000, interval = 50, signal } = options;
  checkArguments(condition, timeout, interval);
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    new Wait(condition, { ...options, timeout, interval }, { resolve, reject }).start();
  });
}

/** One call of waitFor: `#end` is the only way out, and only the first call of it counts. */
class Wait {
  #condition;
  #options;
  #timers;
  #promise;
  #deadline;
  #deadlineTimer;
  #pauseTimer;
  #attempts = 0;
  #failure = {};
  #ended = false;
  #inner = new AbortController();

  constructor(condition, options, promise) {
    this.#condition = condition;
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#promise = promise;
  }

  start() {
    const { timeout, signal } = this.#options;
    signal?.addEventListener('abort', this.#onAbort);
    this.#deadline = this.#timers.now() + timeout;
    if (timeout !== Infinity) {
      this.#deadlineTimer = this.#timers.setTimeout(this.#onTimeout, timeout);
    }
    this.#check();
  }

  #onAbort = () => this.#fail(this.#options.signal.reason);

  #onTimeout = () => this.#fail(this.#timeoutError());

  #onPauseOver = () => {
    // A late timer must not start a check that comes after the deadline.
    if (this.#timers.now() >= this.#deadline) {
      this.#onTimeout();
    } else {
      this.#check();
    }
  };

  #check() {
    this.#attempts += 1;
    try {
      const outcome = this.#condition({ attempt: this.#attempts, signal: this.#inner.signal });
      if (typeof outcome?.then === 'function') {
        Promise.resolve(outcome).then(
          (value) => value && this.#onValue(value),
          (error) => {
            this.#failure = { cause: error };
          },
        );
        this.#pause();
      } else {
        this.#onValue(outcome);
      }
    } catch (error) {
      this.#onError(error);
    }
  }

  #onValue = (value) => {
    if (this.#ended) {
      return;
    }
    this.#failure = {};
    if (value) {
      this.#end(() => this.#promise.resolve(value));
    } else {
      this.#pause();
    }
  };

  #onError = (error) => {
    if (this.#ended) {
      return;
    }
    this.#failure = { cause: error };
    try {
      if (this.#options.rethrow?.(error)) {
        this.#fail(error);
        return;
      }
    } catch (broken) {
      this.#fail(broken);
      return;
    }
    this.#pause();
  };

  #pause() {
    let ms;
    try {
      ms = pauseAfter(this.#options.interval, this.#attempts);
    } catch (error) {
      this.#fail(error);
    }
    if (!this.#ended) {
      this.#pauseTimer = this.#timers.setTimeout(this.#onPauseOver, ms);
    }
  }

  #fail(error) {
    this.#end(() => {
      this.#promise.reject(error);
      this.#inner.abort(error);
    });
  }

  #end(settle) {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    this.#timers.clearTimeout(this.#deadlineTimer);
    this.#timers.clearTimeout(this.#pauseTimer);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    settle();
  }

  #timeoutError() {
    const { timeout, message } = this.#options;
    const count = `${this.#attempts} ${this.#attempts === 1 ? 'attempt' : 'attempts'}`;
    const text = `Timed out after ${timeout} ms (${count})`;
    return new TimeoutError(message === undefined ? text : `${message}: ${text}`, {
      timeout,
      attempts: this.#attempts,
      ...this.#failure,
    });
  }
}

function checkArguments(condition, timeout, interval) {
  if (typeof condition !== 'function') {
    throw new TypeError('condition must be a function');
  }
  if (typeof timeout !== 'number') {
    throw new TypeError('timeout must be a number');
  }
  if (timeout !== Infinity && !isDelay(timeout)) {
    throw new RangeError(`timeout must be 0 to ${MAX_DELAY} or Infinity, got ${timeout}`);
  }
  if (typeof interval !== 'number' && typeof interval !== 'function') {
    throw new TypeError('interval must be a number or a function');
  }
  if (typeof interval === 'number') {
    checkInterval(interval);
  }
}

function pauseAfter(interval, attempt) {
  if (typeof interval === 'number') {
    return interval;
  }
  const pause = interval(attempt);
  if (typeof pause !== 'number') {
    throw new TypeError('interval must give a number');
  }
  return checkInterval(pause);
}

function checkInterval(ms) {
  if (!isDelay(ms)) {
    throw new RangeError(`interval must be 0 to ${MAX_DELAY}, got ${ms}`);
  }
  return ms;
}

const isDelay = (ms) => ms >= 0 && ms <= MAX_DELAY;
