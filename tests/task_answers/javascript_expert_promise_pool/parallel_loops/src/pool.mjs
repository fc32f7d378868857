const POLICIES = ['stop', 'collect', 'settle'];

export async function runPool(source, worker, options = {}) {
  const { concurrency = 4, onError = 'stop', maxErrors = Infinity, signal, onProgress } = options;
  checkArguments(source, worker, concurrency, onError, maxErrors);
  signal?.throwIfAborted();
  const total = lengthOf(source);
  const inner = new AbortController();
  const outcomes = [];
  let stopped = null;
  let finished = false;
  let started = 0;
  let active = 0;
  let completed = 0;
  let failed = 0;
  let iterator;
  const aggregate = () => {
    const errors = outcomes.filter((o) => o.status === 'rejected').map((o) => o.reason);
    const error = new AggregateError(errors, `${errors.length} of ${outcomes.length} calls failed`);
    error.results = outcomes.map((o) => o.value);
    return error;
  };
  const stop = (reason, make = () => reason, close = true) => {
    if (stopped) return;
    stopped = make;
    if (close && !finished) {
      Promise.resolve()
        .then(() => iterator.return?.())
        .catch(() => {});
    }
    inner.abort(reason);
  };
  const onAbort = () => stop(signal.reason);
  signal?.addEventListener('abort', onAbort);

  async function loop() {
    while (!stopped && !finished) {
      let step;
      try {
        step = await iterator.next();
        if (Object(step) !== step) throw new TypeError('next() gave no object');
      } catch (error) {
        stop(error, () => error, false);
        return;
      }
      if (step.done) finished = true;
      if (stopped || finished) return;
      const index = started++;
      active += 1;
      let ok = true;
      try {
        const value = await worker(step.value, { index, signal: inner.signal });
        outcomes[index] = { status: 'fulfilled', value };
      } catch (reason) {
        ok = false;
        outcomes[index] = { status: 'rejected', reason };
      }
      active -= 1;
      completed += 1;
      const silent = stopped;
      if (!ok) {
        failed += 1;
        if (onError === 'stop') stop(outcomes[index].reason);
        else if (failed > maxErrors) stop(outcomes[index].reason, aggregate);
      }
      try {
        if (!silent) onProgress?.({ index, ok, completed, failed, active, total });
      } catch (error) {
        stop(error);
      }
    }
  }

  try {
    iterator = (source[Symbol.asyncIterator] ?? source[Symbol.iterator]).call(source);
    const count = Math.min(concurrency, total ?? 1000);
    await Promise.all(Array.from({ length: count }, loop));
    if (stopped) throw stopped();
    if (onError === 'settle') return outcomes;
    if (failed > 0) throw aggregate();
    return outcomes.map((outcome) => outcome.value);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
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
