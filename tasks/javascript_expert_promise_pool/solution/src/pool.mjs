const POLICIES = ['stop', 'collect', 'settle'];
/** Stands for an item that is not asked for because the source was closed while it was being opened. */
const DROPPED = { done: false };

/**
 * Calls a worker for each item of a source, a few at a time, and resolves with the results in the order of the source.
 *
 * The source is read lazily. A run that is stopped (by an error, the signal, the source or onProgress) aborts the
 * workers' signal, closes the source, and rejects after all running calls have ended.
 *
 * @template T, R
 * @param {Iterable<T> | AsyncIterable<T>} source
 * @param {(item: T, call: { index: number, signal: AbortSignal }) => R | PromiseLike<R>} worker
 * @param {object} [options]
 * @param {number} [options.concurrency] calls at once; Infinity for no bound
 * @param {'stop' | 'collect' | 'settle'} [options.onError]
 * @param {number} [options.maxErrors] more errors than these stop the run
 * @param {AbortSignal} [options.signal]
 * @param {(progress: object) => void} [options.onProgress]
 * @returns {Promise<R[] | PromiseSettledResult<R>[]>}
 */
export async function runPool(source, worker, options = {}) {
  const { concurrency = 4, onError = 'stop', maxErrors = Infinity, signal, onProgress } = options;
  checkArguments(source, worker, concurrency, onError, maxErrors);
  signal?.throwIfAborted();
  const run = new Run(source, worker, { concurrency, onError, maxErrors, onProgress });
  const onAbort = () => run.stop(signal.reason);
  signal?.addEventListener('abort', onAbort);
  try {
    return await run.finish();
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** One call of runPool. Everything happens in three events: an item arrives, a call ends, the run is stopped. */
class Run {
  #worker;
  #options;
  #total;
  #reader;
  #outcomes = [];
  #active = 0;
  #completed = 0;
  #failed = 0;
  /** Makes the error to reject with, once the run has been stopped. */
  #makeError = null;
  #controller = new AbortController();
  #promise;

  constructor(source, worker, options) {
    this.#worker = worker;
    this.#options = options;
    this.#total = lengthOf(source);
    this.#reader = new Reader(source);
  }

  finish() {
    return new Promise((resolve, reject) => {
      this.#promise = { resolve, reject };
      this.#fill();
    });
  }

  stop(reason, makeError = () => reason) {
    if (this.#makeError) {
      return;
    }
    this.#makeError = makeError;
    this.#reader.close();
    this.#controller.abort(reason);
    this.#settle();
  }

  /** Asks for items as long as there is a free place for a call. */
  #fill() {
    const { concurrency } = this.#options;
    let again = true;
    while (again && !this.#makeError && this.#active < concurrency && this.#reader.isReady()) {
      // A source that gives its items later comes back through `#fill` itself.
      again = false;
      this.#reader.read({
        item: (item, later) => {
          if (!this.#makeError) {
            this.#start(item);
          }
          again = true;
          if (later) {
            this.#fill();
          }
        },
        end: () => this.#settle(),
        error: (error) => this.stop(error),
      });
    }
    this.#settle();
  }

  #start(item) {
    const index = this.#outcomes.push(undefined) - 1;
    this.#active += 1;
    new Promise((resolve) => {
      resolve(this.#worker(item, { index, signal: this.#controller.signal }));
    }).then(
      (value) => this.#end(index, { status: 'fulfilled', value }),
      (reason) => this.#end(index, { status: 'rejected', reason }),
    );
  }

  #end(index, outcome) {
    const ok = outcome.status === 'fulfilled';
    const reported = this.#makeError === null;
    this.#outcomes[index] = outcome;
    this.#active -= 1;
    this.#completed += 1;
    if (!ok) {
      this.#failed += 1;
      this.#judge(outcome.reason);
    }
    if (reported) {
      this.#report(index, ok);
    }
    this.#fill();
  }

  #judge(reason) {
    const { onError, maxErrors } = this.#options;
    if (onError === 'stop') {
      this.stop(reason);
    } else if (this.#failed > maxErrors) {
      this.stop(reason, () => this.#aggregate());
    }
  }

  #report(index, ok) {
    try {
      this.#options.onProgress?.({
        index,
        ok,
        completed: this.#completed,
        failed: this.#failed,
        active: this.#active,
        total: this.#total,
      });
    } catch (error) {
      this.stop(error);
    }
  }

  /** Settles the promise if nothing is left to wait for; to do so twice does no harm. */
  #settle() {
    if (this.#active > 0) {
      return;
    }
    if (this.#makeError) {
      this.#promise.reject(this.#makeError());
    } else if (this.#reader.ended) {
      if (this.#options.onError === 'settle') {
        this.#promise.resolve(this.#outcomes);
      } else if (this.#failed > 0) {
        this.#promise.reject(this.#aggregate());
      } else {
        this.#promise.resolve(this.#results());
      }
    }
  }

  #results() {
    return this.#outcomes.map(({ value }) => value);
  }

  #aggregate() {
    const errors = this.#outcomes.filter(({ status }) => status === 'rejected');
    return Object.assign(
      new AggregateError(
        errors.map(({ reason }) => reason),
        `${errors.length} of ${this.#outcomes.length} calls failed`,
      ),
      { results: this.#results() },
    );
  }
}

/** One way to read both kinds of iterables, never two items at once. */
class Reader {
  ended = false;
  #source;
  #async;
  #iterator = null;
  #busy = false;
  #inside = false;
  #closed = false;
  /** The source was closed while its own code was running: `return()` must wait until that has come back. */
  #owesReturn = false;

  constructor(source) {
    this.#source = source;
    this.#async = typeof source[Symbol.asyncIterator] === 'function';
  }

  isReady() {
    return !this.#busy && !this.ended && !this.#closed;
  }

  /** Asks for one item; exactly one of the callbacks is called, now or later. */
  read({ item, end, error }) {
    const take = (step, later) => {
      this.#busy = false;
      let next;
      try {
        next = unpack(step);
      } catch (broken) {
        fail(broken);
        return;
      }
      if (next.done) {
        this.ended = true;
        end();
      } else {
        item(next.value, later);
      }
    };
    const fail = (broken) => {
      this.#busy = false;
      this.ended = true;
      error(broken);
    };

    this.#busy = true;
    let step;
    try {
      step = this.#advance();
    } catch (broken) {
      fail(broken);
      return;
    }
    if (this.#async) {
      Promise.resolve(step).then((result) => take(result, true), fail);
    } else {
      take(step, false);
    }
    if (this.#owesReturn && !this.ended) {
      this.#return();
    }
  }

  /** Tells the source that nobody reads on, as soon as its own code is not running. */
  close() {
    if (this.ended || this.#closed) {
      return;
    }
    this.#closed = true;
    this.#owesReturn = this.#inside;
    if (!this.#inside && this.#iterator) {
      this.#return();
    }
  }

  #advance() {
    this.#inside = true;
    try {
      this.#iterator ??= this.#source[this.#async ? Symbol.asyncIterator : Symbol.iterator]();
      return this.#closed ? DROPPED : this.#iterator.next();
    } finally {
      this.#inside = false;
    }
  }

  #return() {
    this.#owesReturn = false;
    const iterator = this.#iterator;
    new Promise((resolve) => resolve(iterator.return?.())).catch(() => {});
  }
}

function unpack(step) {
  if ((typeof step !== 'object' && typeof step !== 'function') || step === null) {
    throw new TypeError(`the source's next() gave ${String(step)}, which is no object`);
  }
  return step.done ? { done: true } : { done: false, value: step.value };
}

function lengthOf(source) {
  if (Array.isArray(source)) {
    return source.length;
  }
  return source instanceof Set || source instanceof Map ? source.size : undefined;
}

function checkArguments(source, worker, concurrency, onError, maxErrors) {
  const methods = [source?.[Symbol.asyncIterator], source?.[Symbol.iterator]];
  if (!methods.some((method) => typeof method === 'function')) {
    throw new TypeError('source must be iterable');
  }
  if (typeof worker !== 'function') {
    throw new TypeError('worker must be a function');
  }
  if (concurrency !== Infinity && !(Number.isInteger(concurrency) && concurrency > 0)) {
    const given = String(concurrency);
    throw new RangeError(`concurrency must be a positive integer or Infinity, got ${given}`);
  }
  if (!POLICIES.includes(onError)) {
    const given = String(onError);
    throw new RangeError(`onError must be 'stop', 'collect' or 'settle', got '${given}'`);
  }
  if (maxErrors !== Infinity && !(Number.isInteger(maxErrors) && maxErrors >= 0)) {
    const given = String(maxErrors);
    throw new RangeError(`maxErrors must be an integer from 0 or Infinity, got ${given}`);
  }
}
