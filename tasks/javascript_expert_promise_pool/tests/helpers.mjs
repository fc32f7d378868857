/** Lets everything that is ready run. */
export async function settle(turns = 3) {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What has become of a promise so far. */
export function watch(promise) {
  const seen = { state: 'pending' };
  promise.then(
    (value) => Object.assign(seen, { state: 'resolved', value }),
    (error) => Object.assign(seen, { state: 'rejected', error }),
  );
  return seen;
}

/** A promise that must settle without any further help; a run that hangs is an error, not a wait for ever. */
export async function ended(promise, turns = 200) {
  const seen = watch(promise);
  for (let turn = 0; turn < turns && seen.state === 'pending'; turn += 1) {
    await settle(1);
  }
  if (seen.state === 'pending') {
    throw new Error('the promise is still pending');
  }
  return seen;
}

/** A worker whose calls end when the test says so. */
export function gated() {
  const calls = [];
  const worker = (item, { index, signal }) =>
    new Promise((resolve, reject) => {
      calls.push({ item, index, signal, resolve, reject });
    });
  return { worker, calls, items: () => calls.map(({ item }) => item) };
}

/** An iterable that keeps a record of what is done to it; `step(number)` gives the result of each `next()`. */
export function recorded(step, { async = false, onReturn, onOpen } = {}) {
  const log = { opened: 0, next: 0, pending: 0, overlap: 0, returned: 0 };
  const count = () => {
    log.overlap = Math.max(log.overlap, log.pending + 1);
    log.next += 1;
    return step(log.next - 1);
  };
  const iterator = {
    next: () => {
      if (!async) {
        return count();
      }
      const result = count();
      log.pending += 1;
      const over = () => (log.pending -= 1);
      Promise.resolve(result).then(over, over);
      return result;
    },
    return: () => {
      log.returned += 1;
      return onReturn ? onReturn() : { done: true };
    },
  };
  const open = () => {
    log.opened += 1;
    onOpen?.();
    return iterator;
  };
  return { log, [async ? Symbol.asyncIterator : Symbol.iterator]: open };
}

/** An endless recorded source of 0, 1, 2 ... */
export const numbers = (options) => recorded((value) => ({ done: false, value }), options);
