import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { inChunks, runPool } from '../src/index.mjs';
import { ended, gated, numbers, recorded, settle, watch } from './helpers.mjs';

const listeners = (signal) => getEventListeners(signal, 'abort').length;
const double = async (n) => n * 2;
const failOn =
  (...bad) =>
  async (n) => {
    if (bad.includes(n)) {
      throw new Error(`bad ${n}`);
    }
    return n * 10;
  };

describe('results', () => {
  it('come in the order of the source', async () => {
    const { worker, calls } = gated();
    const seen = watch(runPool(['a', 'b', 'c'], worker, { concurrency: 3 }));
    await settle();
    for (const call of [calls[2], calls[0], calls[1]]) {
      call.resolve(call.item.toUpperCase());
      await settle();
    }
    assert.deepEqual(seen, { state: 'resolved', value: ['A', 'B', 'C'] });
  });

  it('come from every kind of source', async () => {
    async function* later() {
      yield 1;
      yield 2;
    }
    const sources = [[1, 2], new Set([1, 2]), [1, 2].values(), later()];
    for (const source of sources) {
      assert.deepEqual((await ended(runPool(source, double))).value, [2, 4]);
    }
    assert.deepEqual((await ended(runPool('añ𝒳', (char) => char + char))).value, [
      'aa',
      'ññ',
      '𝒳𝒳',
    ]);
    assert.deepEqual((await ended(runPool([], double))).value, []);
    assert.deepEqual((await ended(runPool((async function* () {})(), double))).value, []);
  });

  it('of a source that is iterable in both ways come from the asynchronous one', async () => {
    const source = numbers();
    let left = 2;
    source[Symbol.asyncIterator] = () => ({
      next: async () => (left-- > 0 ? { done: false, value: 'async' } : { done: true }),
    });
    assert.deepEqual((await ended(runPool(source, (x) => x))).value, ['async', 'async']);
    assert.equal(source.log.opened, 0);
  });

  it('may be plain values or thenables', async () => {
    const worker = (n) => (n === 1 ? 'plain' : { then: (resolve) => resolve('thenable') });
    assert.deepEqual((await ended(runPool([1, 2], worker))).value, ['plain', 'thenable']);
    assert.deepEqual((await ended(runPool([1, 2], () => undefined))).value, [undefined, undefined]);
  });

  it('promises in a synchronous source are handed on as they are', async () => {
    const broken = Promise.reject(new Error('not for the pool'));
    broken.catch(() => {});
    const promises = [Promise.resolve(1), broken];
    const given = [];
    const { value } = await ended(runPool(promises, (item) => given.push(item)));
    assert.deepEqual(value, [1, 2]);
    assert.ok(given[0] === promises[0] && given[1] === promises[1]);
  });

  it('a long source does not overflow the stack', async () => {
    function* many() {
      for (let n = 0; n < 30_000; n += 1) {
        yield n;
      }
    }
    const one = await runPool(many(), (n) => n, { concurrency: 1 });
    assert.equal(one.length, 30_000);
    assert.equal(one[29_999], 29_999);
    const all = await runPool(many(), (n) => n, { concurrency: Infinity });
    assert.equal(all[29_999], 29_999);
  });
});

describe('concurrency', () => {
  it('is four unless told otherwise', async () => {
    const { worker, calls } = gated();
    watch(runPool([1, 2, 3, 4, 5, 6], worker));
    await settle();
    assert.equal(calls.length, 4);
  });

  it('is kept when calls end', async () => {
    const { worker, calls, items } = gated();
    const seen = watch(runPool([1, 2, 3, 4, 5], worker, { concurrency: 2 }));
    await settle();
    assert.deepEqual(items(), [1, 2]);
    calls[1].resolve('two');
    await settle();
    assert.deepEqual(items(), [1, 2, 3]);
    calls[0].resolve('one');
    calls[2].resolve('three');
    await settle();
    assert.deepEqual(items(), [1, 2, 3, 4, 5]);
    calls[3].resolve('four');
    await settle();
    assert.equal(seen.state, 'pending');
    calls[4].resolve('five');
    await settle();
    assert.deepEqual(seen.value, ['one', 'two', 'three', 'four', 'five']);
  });

  it('may be infinite', async () => {
    const { worker, calls } = gated();
    watch(runPool(Array(500).keys(), worker, { concurrency: Infinity }));
    await settle();
    assert.equal(calls.length, 500);
  });

  it('one call does not hold up the others', async () => {
    const { worker, calls } = gated();
    watch(runPool(numbers(), worker, { concurrency: 2 }));
    await settle();
    for (let n = 1; n < 20; n += 1) {
      calls[n].resolve(n);
      await settle();
    }
    assert.equal(calls.length, 21);
    assert.equal(calls[20].index, 20);
  });

  it('the calls get their index and one signal', async () => {
    const { worker, calls } = gated();
    const seen = watch(runPool(['x', 'y'], worker));
    await settle();
    assert.deepEqual(
      calls.map(({ index }) => index),
      [0, 1],
    );
    assert.ok(calls[0].signal instanceof AbortSignal);
    assert.equal(calls[0].signal, calls[1].signal);
    calls.forEach(({ resolve }) => resolve());
    await settle();
    assert.equal(seen.state, 'resolved');
    assert.equal(calls[0].signal.aborted, false);
  });
});

describe('reading the source', () => {
  it('takes no item before its call can start', async () => {
    const source = numbers();
    const { worker, calls } = gated();
    watch(runPool(source, worker, { concurrency: 3 }));
    await settle();
    assert.equal(source.log.next, 3);
    calls[0].resolve();
    await settle();
    assert.equal(source.log.next, 4);
  });

  it('takes no item of an asynchronous source before its call can start', async () => {
    const source = numbers({ async: true });
    const { worker, calls } = gated();
    watch(runPool(source, worker, { concurrency: 3 }));
    await settle(10);
    assert.equal(source.log.next, 3);
    calls[2].resolve();
    await settle(10);
    assert.equal(source.log.next, 4);
  });

  it('never asks while an answer is pending', async () => {
    const answers = [];
    const source = recorded(() => new Promise((resolve) => answers.push(resolve)), { async: true });
    const { worker, calls } = gated();
    watch(runPool(source, worker, { concurrency: 4 }));
    for (let n = 0; n < 3; n += 1) {
      await settle();
      assert.equal(answers.length, n + 1);
      answers[n]({ done: false, value: n });
    }
    await settle();
    calls[0].resolve();
    calls[1].resolve();
    await settle();
    assert.equal(source.log.overlap, 1);
    assert.equal(source.log.next, 4);
    assert.equal(calls.length, 3);
  });

  it('does not hold up running calls', async () => {
    const answers = [];
    const source = recorded(() => new Promise((resolve) => answers.push(resolve)), { async: true });
    const { worker, calls } = gated();
    const progress = [];
    const onProgress = ({ index }) => progress.push(index);
    const seen = watch(runPool(source, worker, { concurrency: 2, onProgress }));
    await settle();
    answers[0]({ done: false, value: 'first' });
    await settle();
    assert.equal(calls.length, 1);
    calls[0].resolve('ready');
    await settle();
    assert.deepEqual(progress, [0]);
    answers[1]({ done: true });
    await settle();
    assert.deepEqual(seen, { state: 'resolved', value: ['ready'] });
  });

  it('stops asking at the end and does not close the source', async () => {
    const source = recorded((n) => ({ done: n === 2, value: n }));
    const { worker, calls } = gated();
    const seen = watch(runPool(source, worker, { concurrency: 5 }));
    await settle();
    calls[0].resolve();
    await settle();
    calls[1].resolve();
    await settle();
    assert.equal(seen.state, 'resolved');
    assert.deepEqual([source.log.next, source.log.returned], [3, 0]);
  });

  it('goes wrong: all is stopped and the source is not closed', async () => {
    const broken = new Error('cursor lost');
    const source = recorded((n) => {
      if (n === 2) {
        throw broken;
      }
      return { done: false, value: n };
    });
    const { worker, calls } = gated();
    const seen = watch(runPool(source, worker, { concurrency: 3, onError: 'settle' }));
    await settle();
    assert.equal(seen.state, 'pending');
    assert.equal(calls[0].signal.reason, broken);
    calls[0].reject(new Error('because of the abort'));
    await settle();
    assert.equal(seen.state, 'pending');
    calls[1].resolve();
    await settle();
    assert.equal(seen.error, broken);
    assert.deepEqual([source.log.next, source.log.returned], [3, 0]);
  });

  it('goes wrong later: all is stopped and the source is not closed', async () => {
    const broken = new Error('cursor lost');
    const step = async (n) => {
      if (n === 1) {
        throw broken;
      }
      return { done: false, value: n };
    };
    const source = recorded(step, { async: true });
    const { worker, calls } = gated();
    const seen = watch(runPool(source, worker, { onError: 'collect' }));
    await settle();
    assert.equal(seen.state, 'pending');
    assert.equal(calls[0].signal.reason, broken);
    calls[0].resolve();
    await settle();
    assert.equal(seen.error, broken);
    assert.deepEqual([source.log.next, source.log.returned], [2, 0]);
  });

  it('goes wrong with an answer that is no object, or when it is opened', async () => {
    const odd = recorded(() => 'oops');
    assert.ok((await ended(runPool(odd, double))).error instanceof TypeError);
    const oddLater = recorded(async () => undefined, { async: true });
    assert.ok((await ended(runPool(oddLater, double))).error instanceof TypeError);
    const closed = new Error('cannot open');
    const source = numbers({
      onOpen: () => {
        throw closed;
      },
    });
    assert.equal((await ended(runPool(source, double))).error, closed);
  });
});

describe('errors with stop', () => {
  it('reject after the running calls have ended', async () => {
    const source = numbers();
    const { worker, calls } = gated();
    const first = new Error('first');
    const seen = watch(runPool(source, worker, { concurrency: 3 }));
    await settle();
    calls[1].reject(first);
    await settle();
    assert.equal(seen.state, 'pending');
    assert.equal(calls[0].signal.reason, first);
    assert.deepEqual([source.log.next, source.log.returned], [3, 1]);
    calls[0].reject(new Error('second'));
    await settle();
    assert.equal(seen.state, 'pending');
    calls[2].resolve('fine');
    await settle();
    assert.equal(seen.error, first);
    assert.equal(calls.length, 3);
    assert.equal(source.log.returned, 1);
  });

  it('count the same when the worker throws at once', async () => {
    const source = numbers();
    const worker = (n) => {
      if (n === 1) {
        throw new RangeError('at once');
      }
      return n;
    };
    const { error } = await ended(runPool(source, worker, { concurrency: 1 }));
    assert.equal(error.message, 'at once');
    assert.deepEqual([source.log.next, source.log.returned], [2, 1]);
  });

  it('may be odd values', async () => {
    for (const odd of [undefined, null, 0, 'text']) {
      const seen = await ended(runPool([1], () => Promise.reject(odd)));
      assert.deepEqual(seen, { state: 'rejected', error: odd });
    }
  });

  it('do not close a source that has ended', async () => {
    const source = recorded((n) => ({ done: n === 1, value: n }));
    const { error } = await ended(runPool(source, failOn(0)));
    assert.equal(error.message, 'bad 0');
    assert.equal(source.log.returned, 0);
  });
});

describe('errors with collect and settle', () => {
  it('collect: all errors in the order of the items, and the results', async () => {
    const { worker, calls } = gated();
    const seen = watch(runPool([0, 1, 2, 3], worker, { concurrency: 4, onError: 'collect' }));
    await settle();
    calls[3].reject('late item, early error');
    await settle();
    calls[2].resolve('two');
    calls[1].reject('early item, late error');
    await settle();
    assert.equal(seen.state, 'pending');
    calls[0].resolve('zero');
    await settle();
    assert.ok(seen.error instanceof AggregateError);
    assert.deepEqual(seen.error.errors, ['early item, late error', 'late item, early error']);
    assert.equal(seen.error.message, '2 of 4 calls failed');
    assert.deepEqual(seen.error.results, ['zero', undefined, 'two', undefined]);
    assert.equal(calls[0].signal.aborted, false);
  });

  it('collect: without errors it is as ever', async () => {
    const { value } = await ended(runPool([1, 2], double, { onError: 'collect', maxErrors: 0 }));
    assert.deepEqual(value, [2, 4]);
  });

  it('settle: what allSettled would give', async () => {
    const options = { concurrency: 2, onError: 'settle' };
    const { value } = await ended(runPool([0, 1, 2], failOn(1), options));
    assert.deepEqual(value, await Promise.allSettled([0, 1, 2].map(failOn(1))));
    assert.deepEqual((await ended(runPool([], double, options))).value, []);
  });

  it('maxErrors: as many are allowed', async () => {
    const options = { onError: 'settle', maxErrors: 2 };
    const { state, value } = await ended(runPool([0, 1, 2, 3], failOn(0, 3), options));
    assert.equal(state, 'resolved');
    assert.deepEqual(
      value.map(({ status }) => status),
      ['rejected', 'fulfilled', 'fulfilled', 'rejected'],
    );
  });

  for (const onError of ['collect', 'settle']) {
    it(`maxErrors: one more stops the run with ${onError}`, async () => {
      const source = numbers();
      const { worker, calls } = gated();
      const options = { concurrency: 4, onError, maxErrors: 1 };
      const seen = watch(runPool(source, worker, options));
      await settle();
      calls[2].reject('two');
      await settle();
      assert.equal(calls.length, 5);
      assert.equal(calls[0].signal.aborted, false);
      calls[1].reject('one');
      await settle();
      assert.equal(calls[0].signal.reason, 'one');
      assert.deepEqual([source.log.next, source.log.returned], [5, 1]);
      assert.equal(seen.state, 'pending');
      calls[0].resolve('zero');
      calls[3].reject('three');
      await settle();
      calls[4].resolve('four');
      await settle();
      assert.ok(seen.error instanceof AggregateError);
      assert.equal(seen.error.message, '3 of 5 calls failed');
      assert.deepEqual(seen.error.errors, ['one', 'two', 'three']);
      assert.deepEqual(seen.error.results, ['zero', undefined, undefined, undefined, 'four']);
    });
  }

  it('maxErrors: zero allows none', async () => {
    const options = { concurrency: 1, onError: 'collect', maxErrors: 0 };
    const { error } = await ended(runPool(numbers(), failOn(1), options));
    assert.equal(error.message, '1 of 2 calls failed');
  });

  it('maxErrors: means nothing with stop', async () => {
    const options = { concurrency: 1, maxErrors: 5 };
    const { error } = await ended(runPool(numbers(), failOn(1), options));
    assert.equal(error.message, 'bad 1');
  });
});

describe('abort', () => {
  it('before the call: the source is not touched', async () => {
    const source = numbers();
    const signal = AbortSignal.abort('early');
    const seen = await ended(runPool(source, double, { signal }));
    assert.deepEqual(seen, { state: 'rejected', error: 'early' });
    assert.deepEqual([source.log.opened, source.log.next, source.log.returned], [0, 0, 0]);
    assert.equal(listeners(signal), 0);
  });

  for (const onError of ['stop', 'collect', 'settle']) {
    it(`waits for the running calls and rejects with the reason, with ${onError}`, async () => {
      const controller = new AbortController();
      const source = numbers();
      const { worker, calls } = gated();
      const { signal } = controller;
      const seen = watch(runPool(source, worker, { concurrency: 2, onError, signal }));
      await settle();
      controller.abort('enough');
      assert.equal(calls[0].signal.aborted, true);
      assert.equal(calls[0].signal.reason, 'enough');
      assert.equal(source.log.returned, 1);
      await settle();
      assert.equal(seen.state, 'pending');
      calls[0].reject(new Error('stopped too'));
      await settle();
      assert.equal(seen.state, 'pending');
      calls[1].resolve('done anyway');
      await settle();
      assert.deepEqual(seen, { state: 'rejected', error: 'enough' });
      assert.deepEqual([source.log.next, source.log.returned], [2, 1]);
      assert.equal(listeners(signal), 0);
    });
  }

  it('does not wait for a pending answer of the source', async () => {
    const controller = new AbortController();
    let answer;
    const never = new Promise(() => {});
    const source = recorded(() => new Promise((resolve) => (answer = resolve)), {
      async: true,
      onReturn: () => never,
    });
    const { worker, calls } = gated();
    const seen = watch(runPool(source, worker, { signal: controller.signal }));
    await settle();
    controller.abort('now');
    await settle();
    assert.equal(seen.error, 'now');
    assert.equal(source.log.returned, 1);
    answer({ done: false, value: 'late' });
    await settle();
    assert.equal(calls.length, 0);
    assert.deepEqual([source.log.next, source.log.returned], [1, 1]);
  });

  it('ignores all that a closed source does', async () => {
    const outcomes = [
      () => {
        throw new Error('return throws');
      },
      () => Promise.reject(new Error('return rejects')),
    ];
    for (const onReturn of outcomes) {
      const controller = new AbortController();
      let spoil;
      const step = () => new Promise((_, reject) => (spoil = reject));
      const source = recorded(step, { async: true, onReturn });
      const seen = watch(runPool(source, double, { signal: controller.signal }));
      await settle();
      controller.abort('now');
      spoil(new Error('next rejects late'));
      await settle();
      assert.deepEqual(seen, { state: 'rejected', error: 'now' });
      assert.equal(source.log.returned, 1);
    }
  });

  it('closes sources without a return method too', async () => {
    const controller = new AbortController();
    const source = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) };
    const { worker, calls } = gated();
    const seen = watch(runPool(source, worker, { concurrency: 1, signal: controller.signal }));
    await settle();
    controller.abort('now');
    calls[0].resolve();
    await settle();
    assert.equal(seen.error, 'now');
  });

  it('inside of next: the item is dropped and the source closed afterwards', async () => {
    const controller = new AbortController();
    const log = [];
    function* source() {
      try {
        yield 'good';
        controller.abort('inside');
        yield 'dropped';
      } finally {
        log.push('closed');
      }
    }
    const { worker, calls, items } = gated();
    const seen = watch(runPool(source(), worker, { signal: controller.signal }));
    await settle();
    assert.deepEqual(items(), ['good']);
    assert.deepEqual(log, ['closed']);
    assert.equal(calls[0].signal.reason, 'inside');
    assert.equal(seen.state, 'pending');
    calls[0].resolve();
    await settle();
    assert.equal(seen.error, 'inside');
  });

  it('inside of an asynchronous next: the item is dropped', async () => {
    const controller = new AbortController();
    const log = [];
    async function* source() {
      try {
        yield 'good';
        controller.abort('inside');
        yield 'dropped';
      } finally {
        log.push('closed');
      }
    }
    const { worker, calls, items } = gated();
    const seen = watch(runPool(source(), worker, { signal: controller.signal }));
    await settle();
    calls[0].resolve();
    await settle();
    assert.deepEqual(items(), ['good']);
    assert.deepEqual(log, ['closed']);
    assert.equal(seen.error, 'inside');
  });

  it('inside of the worker: no further call starts', async () => {
    const controller = new AbortController();
    const source = numbers();
    const started = [];
    const worker = (n) => {
      started.push(n);
      if (n === 1) {
        controller.abort('inside');
      }
      return n;
    };
    const seen = await ended(runPool(source, worker, { signal: controller.signal }));
    assert.equal(seen.error, 'inside');
    assert.deepEqual(started, [0, 1]);
    assert.deepEqual([source.log.next, source.log.returned], [2, 1]);
  });

  it('inside of onProgress: no further call starts', async () => {
    const controller = new AbortController();
    const source = numbers();
    const onProgress = () => controller.abort('inside');
    const options = { concurrency: 1, signal: controller.signal, onProgress };
    const seen = await ended(runPool(source, double, options));
    assert.equal(seen.error, 'inside');
    assert.deepEqual([source.log.next, source.log.returned], [1, 1]);
  });

  it('after an error changes nothing', async () => {
    const controller = new AbortController();
    const source = numbers();
    const { worker, calls } = gated();
    const { signal } = controller;
    const seen = watch(runPool(source, worker, { concurrency: 2, signal }));
    await settle();
    calls[0].reject('error');
    await settle();
    controller.abort('abort');
    calls[1].resolve();
    await settle();
    assert.equal(seen.error, 'error');
    assert.equal(calls[1].signal.reason, 'error');
    assert.equal(source.log.returned, 1);
    assert.equal(listeners(signal), 0);
  });

  it('after the end changes nothing', async () => {
    const controller = new AbortController();
    const { worker, calls } = gated();
    const { signal } = controller;
    const seen = watch(runPool(['x'], worker, { signal }));
    await settle();
    calls[0].resolve('y');
    await settle();
    assert.equal(listeners(signal), 0);
    controller.abort();
    await settle();
    assert.deepEqual(seen, { state: 'resolved', value: ['y'] });
    assert.equal(calls[0].signal.aborted, false);
  });
});

describe('progress', () => {
  it('tells about each call as it ends', async () => {
    const { worker, calls } = gated();
    const told = [];
    const options = { concurrency: 2, onError: 'collect', onProgress: (p) => told.push(p) };
    watch(runPool(['a', 'b', 'c'], worker, options));
    await settle();
    calls[1].resolve();
    await settle();
    calls[0].reject('no');
    await settle();
    calls[2].resolve();
    await settle();
    assert.deepEqual(told, [
      { index: 1, ok: true, completed: 1, failed: 0, active: 1, total: 3 },
      { index: 0, ok: false, completed: 2, failed: 1, active: 1, total: 3 },
      { index: 2, ok: true, completed: 3, failed: 1, active: 0, total: 3 },
    ]);
  });

  it('comes before the next call starts', async () => {
    const order = [];
    const worker = (n) => order.push(`call ${n}`);
    const onProgress = ({ index }) => order.push(`progress ${index}`);
    await ended(runPool([0, 1], worker, { concurrency: 1, onProgress }));
    assert.deepEqual(order, ['call 0', 'progress 0', 'call 1', 'progress 1']);
  });

  it('knows the total of arrays, sets and maps only', async () => {
    const totals = [];
    const onProgress = ({ total }) => totals.push(total);
    const odd = Object.assign([1].values(), { length: 9, size: 9 });
    for (const source of [[1], new Set([1]), new Map([[1, 1]]), 'x', odd]) {
      await ended(runPool(source, () => 1, { onProgress }));
    }
    assert.deepEqual(totals, [1, 1, 1, undefined, undefined]);
  });

  it('reports the call that stops the run and none after it', async () => {
    const { worker, calls } = gated();
    const told = [];
    const onProgress = ({ index, ok, active }) => {
      told.push([index, ok, active]);
      if (!ok) {
        throw new Error('changes nothing');
      }
    };
    const seen = watch(runPool(numbers(), worker, { concurrency: 2, onProgress }));
    await settle();
    calls[0].resolve();
    await settle();
    calls[2].reject('stop');
    await settle();
    calls[1].resolve();
    await settle();
    assert.deepEqual(told, [
      [0, true, 1],
      [2, false, 1],
    ]);
    assert.equal(seen.error, 'stop');
  });

  it('is silent after an abort', async () => {
    const controller = new AbortController();
    const { worker, calls } = gated();
    const told = [];
    const options = { signal: controller.signal, onProgress: (p) => told.push(p) };
    const seen = watch(runPool([1], worker, options));
    await settle();
    controller.abort('now');
    calls[0].resolve();
    await settle();
    assert.equal(seen.error, 'now');
    assert.deepEqual(told, []);
  });

  it('that throws stops the run', async () => {
    const source = numbers();
    const { worker, calls } = gated();
    const bad = new Error('bad progress');
    const onProgress = () => {
      throw bad;
    };
    const options = { concurrency: 2, onError: 'settle', onProgress };
    const seen = watch(runPool(source, worker, options));
    await settle();
    calls[0].resolve();
    await settle();
    assert.equal(calls[1].signal.reason, bad);
    assert.deepEqual([source.log.next, source.log.returned], [2, 1]);
    assert.equal(seen.state, 'pending');
    calls[1].resolve();
    await settle();
    assert.equal(seen.error, bad);
  });

  it('that throws after the very last call still counts', async () => {
    const bad = new Error('bad progress');
    const onProgress = () => {
      throw bad;
    };
    assert.equal((await ended(runPool([1], double, { onProgress }))).error, bad);
  });
});

describe('wrong arguments', () => {
  const message = async (...args) => {
    const { error } = await ended(runPool(...args));
    return `${error.name}: ${error.message}`;
  };

  it('a source that is not iterable', async () => {
    for (const source of [undefined, null, 7, {}, { [Symbol.iterator]: 1 }]) {
      assert.equal(await message(source, double), 'TypeError: source must be iterable');
    }
  });

  it('a worker that is no function', async () => {
    assert.equal(await message([], undefined), 'TypeError: worker must be a function');
  });

  it('options out of range', async () => {
    const signal = AbortSignal.abort('never seen');
    const start = 'RangeError: concurrency must be a positive integer or Infinity, got ';
    for (const concurrency of [0, -1, 1.5, NaN, '2', null]) {
      assert.equal(await message([], double, { concurrency, signal }), start + concurrency);
    }
    const policy = "RangeError: onError must be 'stop', 'collect' or 'settle', got ";
    assert.equal(await message([], double, { onError: 'ignore', signal }), `${policy}'ignore'`);
    assert.equal(await message([], double, { onError: null, maxErrors: -1 }), `${policy}'null'`);
    const errors = 'RangeError: maxErrors must be an integer from 0 or Infinity, got ';
    for (const maxErrors of [-1, 0.5, NaN, '1']) {
      assert.equal(await message([], double, { maxErrors, signal }), errors + maxErrors);
    }
  });

  it('leave the source alone', async () => {
    const source = numbers();
    await message(source, double, { concurrency: 0 });
    assert.equal(source.log.opened, 0);
  });
});

describe('beside it', () => {
  it('chunks work as before', async () => {
    assert.deepEqual(await inChunks([1, 2, 3], 2, double), [2, 4, 6]);
    await assert.rejects(inChunks([1], 0, double), RangeError);
  });
});
