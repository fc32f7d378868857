import { backoffDelay } from './backoff.mjs';
import { CancelledError, ClosedError, TimeoutError } from './errors.mjs';
import { systemTimers } from './timers.mjs';

const LIVE = ['queued', 'running', 'delayed'];
const STATES = [...LIVE, 'done', 'failed', 'cancelled'];

/** Runs jobs by priority, fairly among groups, with retries, timeouts and cancellation. */
export class Scheduler {
  #concurrency;
  #aging;
  #timers;
  #counts = Object.fromEntries(STATES.map((state) => [state, 0]));
  #live = new Set();
  #submitted = 0;
  #starts = 0;
  #lastStart = new Map();
  #paused = false;
  #closed = false;
  #pumping = false;
  #idleWaiters = [];

  /**
   * @param {object} [options]
   * @param {number} [options.concurrency] jobs that run at once
   * @param {number} [options.aging] milliseconds in the queue that are worth one step of priority
   * @param {import('./timers.mjs').Timers} [options.timers]
   */
  constructor({ concurrency = 1, aging = Infinity, timers = systemTimers } = {}) {
    assertRange(Number.isInteger(concurrency) && concurrency > 0, 'concurrency', concurrency);
    assertRange(typeof aging === 'number' && aging > 0, 'aging', aging);
    this.#concurrency = concurrency;
    this.#aging = aging;
    this.#timers = timers;
  }

  /**
   * Queues a job; it starts in a later microtask at the earliest.
   *
   * @template T
   * @param {(attempt: { attempt: number, signal: AbortSignal }) => T | PromiseLike<T>} work
   * @param {object} [options]
   * @returns {{ promise: Promise<T>, readonly state: string, cancel: (reason?: unknown) => boolean }}
   */
  submit(work, options = {}) {
    const { priority = 0, group = 'default', retries = 0, timeout = Infinity } = options;
    if (typeof work !== 'function') {
      throw new TypeError('work must be a function');
    }
    assertRange(Number.isFinite(priority), 'priority', priority);
    assertRange(Number.isInteger(retries) && retries >= 0, 'retries', retries);
    assertRange(typeof timeout === 'number' && timeout > 0, 'timeout', timeout);
    if (this.#closed) {
      throw new ClosedError('the scheduler is closed');
    }
    const settings = { ...options, priority, group, retries, timeout };
    const job = new Job(work, settings, this.#submitted++, this.#timers, this.#onChange);
    this.#live.add(job);
    this.#counts.queued += 1;
    job.follow(options.signal);
    this.#pump();
    return job.handle;
  }

  stats() {
    return { ...this.#counts };
  }

  pause() {
    this.#paused = true;
  }

  resume() {
    this.#paused = false;
    this.#pump();
  }

  /** Resolves as soon as every job has ended. */
  onIdle() {
    if (this.#live.size === 0) {
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Takes no more jobs; resolves as soon as every job has ended. */
  close({ cancel = false, reason } = {}) {
    this.#closed = true;
    if (cancel) {
      [...this.#live].forEach((job) => job.cancel(reason));
    } else {
      this.resume();
    }
    return this.onIdle();
  }

  #onChange = (job, before, after) => {
    this.#counts[before] -= 1;
    this.#counts[after] += 1;
    if (!LIVE.includes(after)) {
      this.#live.delete(job);
    }
    if (this.#live.size === 0) {
      this.#idleWaiters.splice(0).forEach((resolve) => resolve());
    }
    this.#pump();
  };

  /** Starts what may start, in a microtask: whoever submits several jobs lets them compete. */
  #pump() {
    if (this.#pumping) {
      return;
    }
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      while (!this.#paused && this.#counts.running < this.#concurrency && this.#counts.queued > 0) {
        const job = this.#choose();
        this.#lastStart.set(job.group, (this.#starts += 1));
        job.start();
      }
    });
  }

  #choose() {
    const now = this.#timers.now();
    const rank = (job) => [
      -job.priority - Math.floor((now - job.queuedAt) / this.#aging),
      this.#lastStart.get(job.group) ?? 0,
      job.number,
    ];
    const queued = [...this.#live].filter((job) => job.state === 'queued');
    return queued
      .map((job) => ({ job, rank: rank(job) }))
      .reduce((best, other) => (compareRanks(other.rank, best.rank) < 0 ? other : best)).job;
  }
}

/** One job from queue to end. Each attempt is an object of its own: events of a former one are ignored. */
class Job {
  state = 'queued';
  #work;
  #settings;
  #timers;
  #onChange;
  #attempts = 0;
  #current = null;
  #timer;
  #settle;

  constructor(work, settings, number, timers, onChange) {
    this.#work = work;
    this.#settings = settings;
    this.#timers = timers;
    this.#onChange = onChange;
    this.number = number;
    this.priority = settings.priority;
    this.group = settings.group;
    this.queuedAt = timers.now();
    const promise = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    promise.catch(() => {});
    this.handle = makeHandle(this, promise);
  }

  /** Obeys the signal until the job has ended. */
  follow(signal) {
    if (signal?.aborted) {
      this.cancel(signal.reason);
    } else {
      signal?.addEventListener('abort', this.#onAbort);
    }
  }

  start() {
    this.#attempts += 1;
    const number = this.#attempts;
    const attempt = { controller: new AbortController() };
    this.#current = attempt;
    this.#change('running');
    const { timeout } = this.#settings;
    if (timeout !== Infinity) {
      this.#timer = this.#timers.setTimeout(() => {
        const error = new TimeoutError(`attempt ${number} timed out after ${timeout} ms`);
        this.#fail(attempt, error);
        attempt.controller.abort(error);
      }, timeout);
    }
    const call = { attempt: number, signal: attempt.controller.signal };
    new Promise((resolve) => resolve(this.#work(call))).then(
      (value) => this.#current === attempt && this.#end('done', () => this.#settle.resolve(value)),
      (error) => this.#fail(attempt, error),
    );
  }

  cancel(reason) {
    if (!LIVE.includes(this.state)) {
      return false;
    }
    const error = new CancelledError('the job was cancelled', { cause: reason });
    const controller = this.#current?.controller;
    this.#end('cancelled', () => this.#settle.reject(error));
    controller?.abort(error);
    return true;
  }

  #onAbort = () => this.cancel(this.#settings.signal.reason);

  #fail(attempt, error) {
    if (this.#current !== attempt) {
      return;
    }
    let again;
    try {
      again = this.#deservesRetry(error);
    } catch (broken) {
      // retryIf may have cancelled the job before it threw.
      if (this.#current === attempt) {
        this.#end('failed', () => this.#settle.reject(broken));
      }
      return;
    }
    if (this.#current !== attempt) {
      return;
    }
    if (again) {
      this.#delay();
    } else {
      this.#end('failed', () => this.#settle.reject(error));
    }
  }

  #deservesRetry(error) {
    const { retries, retryIf } = this.#settings;
    return this.#attempts <= retries && (!retryIf || retryIf(error, this.#attempts));
  }

  #delay() {
    this.#leaveAttempt();
    const ms = backoffDelay(this.#attempts, this.#settings.backoff);
    this.#timer = this.#timers.setTimeout(() => {
      this.queuedAt = this.#timers.now();
      this.#change('queued');
    }, ms);
    this.#change('delayed');
  }

  #end(state, settle) {
    this.#leaveAttempt();
    this.#settings.signal?.removeEventListener('abort', this.#onAbort);
    settle();
    this.#change(state);
  }

  #leaveAttempt() {
    this.#current = null;
    this.#timers.clearTimeout(this.#timer);
  }

  #change(state) {
    const before = this.state;
    this.state = state;
    this.#onChange(this, before, state);
  }
}

/** What the caller sees of a job. */
function makeHandle(job, promise) {
  return Object.freeze({
    promise,
    get state() {
      return job.state;
    },
    cancel: (reason) => job.cancel(reason),
  });
}

function compareRanks(a, b) {
  const different = a.findIndex((part, place) => part !== b[place]);
  return different === -1 ? 0 : a[different] - b[different];
}

function assertRange(valid, name, value) {
  if (!valid) {
    throw new RangeError(`${name} is out of range: ${String(value)}`);
  }
}
