import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { sleep, systemTimers, TimeoutError, waitFor } from '../src/index.mjs';
import { deferred, FakeTimers, settle, watch } from './fake-timers.mjs';

const listeners = (signal) => getEventListeners(signal, 'abort').length;

/** A condition that plays a list of outcomes, the last one for ever; an Error is thrown. */
function script(...outcomes) {
  const condition = ({ attempt }) => {
    condition.calls += 1;
    const outcome = outcomes[Math.min(attempt, outcomes.length) - 1];
    if (outcome instanceof Error) {
      throw outcome;
    }
    return outcome;
  };
  condition.calls = 0;
  return condition;
}

async function timedOut(condition, options, ms = options.timeout) {
  const timers = options.timers ?? new FakeTimers();
  const seen = watch(waitFor(condition, { ...options, timers }));
  await timers.advance(ms);
  assert.equal(seen.state, 'rejected');
  assert.ok(seen.error instanceof TimeoutError, String(seen.error));
  assert.equal(timers.pending, 0);
  return seen.error;
}

describe('checks', () => {
  it('the first one happens before waitFor returns', async () => {
    const timers = new FakeTimers();
    const condition = script('here');
    const waiting = waitFor(condition, { timers });
    assert.equal(condition.calls, 1);
    const seen = watch(waiting);
    await settle();
    assert.deepEqual(seen, { state: 'resolved', value: 'here' });
    assert.equal(timers.pending, 0);
  });

  it('resolve with exactly the truthy value', async () => {
    const timers = new FakeTimers();
    for (const value of [{ row: 1 }, [], 'x', -1, Infinity, Symbol.iterator, () => 0]) {
      const seen = watch(waitFor(() => value, { timers }));
      await settle();
      assert.equal(seen.value, value);
    }
  });

  it('go on after every kind of falsy value', async () => {
    const timers = new FakeTimers();
    const condition = script(false, 0, '', null, undefined, NaN, 0n, 'at last');
    const seen = watch(waitFor(condition, { timers, interval: 10 }));
    await timers.advance(69);
    assert.equal(seen.state, 'pending');
    assert.equal(condition.calls, 7);
    await timers.advance(1);
    assert.deepEqual(seen, { state: 'resolved', value: 'at last' });
  });

  it('count their attempts from one', async () => {
    const timers = new FakeTimers();
    const attempts = [];
    const condition = ({ attempt }) => attempts.push(attempt) === 3;
    const seen = watch(waitFor(condition, { timers, interval: 5 }));
    await timers.advance(10);
    assert.deepEqual(seen, { state: 'resolved', value: true });
    assert.deepEqual(attempts, [1, 2, 3]);
  });

  it('may be asynchronous', async () => {
    const timers = new FakeTimers();
    const condition = async ({ attempt }) => attempt === 2 && 'second';
    const seen = watch(waitFor(condition, { timers }));
    await timers.advance(50);
    assert.deepEqual(seen, { state: 'resolved', value: 'second' });
  });

  it('may give a thenable of another kind', async () => {
    const timers = new FakeTimers();
    const thenable = (value) => ({ then: (resolve) => resolve(value) });
    const condition = script(thenable(0), thenable('good'));
    const seen = watch(waitFor(condition, { timers }));
    await settle();
    assert.equal(seen.state, 'pending');
    await timers.advance(50);
    assert.deepEqual(seen, { state: 'resolved', value: 'good' });
  });

  it('never overlap', async () => {
    const timers = new FakeTimers();
    const slow = deferred();
    const condition = script(slow.promise, true);
    const seen = watch(waitFor(condition, { timers, interval: 10 }));
    await timers.advance(500);
    assert.equal(condition.calls, 1);
    slow.resolve(false);
    await timers.advance(9);
    assert.equal(condition.calls, 1);
    await timers.advance(1);
    assert.equal(condition.calls, 2);
    assert.equal(seen.state, 'resolved');
  });
});

describe('interval', () => {
  it('is 50 milliseconds unless told otherwise', async () => {
    const timers = new FakeTimers();
    const condition = script(false);
    watch(waitFor(condition, { timers }));
    await timers.advance(49);
    assert.equal(condition.calls, 1);
    await timers.advance(1);
    assert.equal(condition.calls, 2);
  });

  it('counts from the end of a check that throws', async () => {
    const timers = new FakeTimers();
    const condition = ({ attempt }) => {
      if (attempt === 1) {
        timers.spend(30);
        throw new Error('slow and bad');
      }
      return attempt;
    };
    const seen = watch(waitFor(condition, { timers, interval: 20 }));
    await timers.advance(19);
    assert.equal(seen.state, 'pending');
    await timers.advance(1);
    assert.deepEqual(seen, { state: 'resolved', value: 2 });
  });

  it('may be zero', async () => {
    const timers = new FakeTimers();
    const seen = watch(waitFor(script(false, false, 'third'), { timers, interval: 0 }));
    await timers.advance(0);
    assert.deepEqual(seen, { state: 'resolved', value: 'third' });
  });

  it('may be a function of the attempt that has ended', async () => {
    const timers = new FakeTimers();
    const condition = script(false, new Error('no'), false, 'done');
    const seen = watch(waitFor(condition, { timers, interval: (attempt) => attempt * 100 }));
    const calls = [];
    for (const step of [99, 1, 199, 1, 299]) {
      await timers.advance(step);
      calls.push(condition.calls);
    }
    assert.deepEqual(calls, [1, 2, 2, 3, 3]);
    await timers.advance(1);
    assert.deepEqual(seen, { state: 'resolved', value: 'done' });
  });

  it('as a function is not called after a success', async () => {
    const timers = new FakeTimers();
    const asked = [];
    const seen = watch(
      waitFor(script(false, true), { timers, interval: (n) => asked.push(n) * 10 }),
    );
    await timers.advance(100);
    assert.equal(seen.state, 'resolved');
    assert.deepEqual(asked, [1]);
  });

  it('as a function that throws ends the wait', async () => {
    const timers = new FakeTimers();
    const bad = new Error('no idea');
    const interval = () => {
      throw bad;
    };
    const seen = watch(waitFor(script(false), { timers, interval }));
    await settle();
    assert.equal(seen.error, bad);
    assert.equal(timers.pending, 0);
  });

  it('as a function that gives nonsense ends the wait', async () => {
    const table = [
      ['7', TypeError, 'interval must give a number'],
      [undefined, TypeError, 'interval must give a number'],
      [NaN, RangeError, 'interval must be 0 to 2147483647, got NaN'],
      [-1, RangeError, 'interval must be 0 to 2147483647, got -1'],
      [2 ** 31, RangeError, 'interval must be 0 to 2147483647, got 2147483648'],
    ];
    for (const [pause, kind, message] of table) {
      const timers = new FakeTimers();
      const seen = watch(waitFor(script(false), { timers, interval: () => pause }));
      await settle();
      assert.ok(seen.error instanceof kind, String(seen.error));
      assert.equal(seen.error.message, message);
      assert.equal(timers.pending, 0);
    }
  });
});

describe('timeout', () => {
  it('rejects with an error that tells all', async () => {
    const error = await timedOut(script(false), { timeout: 100, interval: 40 });
    assert.equal(error.name, 'TimeoutError');
    assert.equal(error.message, 'Timed out after 100 ms (3 attempts)');
    assert.equal(error.timeout, 100);
    assert.equal(error.attempts, 3);
  });

  it('comes not a millisecond early', async () => {
    const timers = new FakeTimers();
    const seen = watch(waitFor(script(false), { timers, timeout: 100 }));
    await timers.advance(99);
    assert.equal(seen.state, 'pending');
    await timers.advance(1);
    assert.equal(seen.state, 'rejected');
  });

  it('is one second unless told otherwise', async () => {
    const error = await timedOut(script(false), {}, 1000);
    assert.equal(error.message, 'Timed out after 1000 ms (20 attempts)');
  });

  it('counts a single attempt in the singular', async () => {
    const error = await timedOut(script(false), { timeout: 10, interval: 60 });
    assert.equal(error.message, 'Timed out after 10 ms (1 attempt)');
  });

  it('puts the message in front', async () => {
    const error = await timedOut(script(false), { timeout: 60, message: 'server is up' });
    assert.equal(error.message, 'server is up: Timed out after 60 ms (2 attempts)');
  });

  it('comes while a check is running and forgets its failure', async () => {
    const slow = deferred();
    const error = await timedOut(() => slow.promise, { timeout: 100 });
    assert.equal(error.attempts, 1);
    // An unhandled rejection would fail the test run.
    slow.reject(new Error('too late'));
    await settle();
    assert.equal(Object.hasOwn(error, 'cause'), false);
  });

  it('is not undone by a check that holds later', async () => {
    const timers = new FakeTimers();
    const slow = deferred();
    const asked = [];
    const condition = script(slow.promise);
    const options = { timers, timeout: 100, rethrow: () => asked.push('rethrow') };
    const seen = watch(waitFor(condition, { ...options, interval: () => asked.push('interval') }));
    await timers.advance(100);
    slow.resolve('late');
    await timers.advance(500);
    assert.equal(seen.state, 'rejected');
    assert.equal(condition.calls, 1);
    assert.deepEqual(asked, []);
    assert.equal(timers.pending, 0);
  });

  it('allows no check at the deadline', async () => {
    const condition = script(false, false, 'too late');
    const error = await timedOut(condition, { timeout: 100, interval: 50 });
    assert.equal(error.attempts, 2);
    assert.equal(condition.calls, 2);
  });

  it('allows no check after the deadline when timers come late', async () => {
    const timers = new FakeTimers();
    const condition = script(false, 'too late');
    const seen = watch(waitFor(condition, { timers, timeout: 100, interval: 50 }));
    await timers.leap(300);
    await timers.advance(0);
    assert.equal(seen.state, 'rejected');
    assert.equal(seen.error.message, 'Timed out after 100 ms (1 attempt)');
    assert.equal(condition.calls, 1);
  });

  it('of zero allows exactly one check', async () => {
    const error = await timedOut(script(false, true), { timeout: 0, interval: 0 });
    assert.equal(error.message, 'Timed out after 0 ms (1 attempt)');
    const timers = new FakeTimers();
    const seen = watch(waitFor(async () => 'quick', { timers, timeout: 0 }));
    await timers.advance(0);
    assert.deepEqual(seen, { state: 'resolved', value: 'quick' });
  });

  it('of Infinity needs no timer', async () => {
    const timers = new FakeTimers();
    const condition = script(false, false, 'third');
    const options = { timers, timeout: Infinity, interval: 2147483647 };
    const seen = watch(waitFor(condition, options));
    await timers.advance(2 * 2147483647);
    assert.deepEqual(seen, { state: 'resolved', value: 'third' });
    assert.deepEqual(timers.delays, [2147483647, 2147483647]);
  });
});

describe('errors of the condition', () => {
  it('mean not yet', async () => {
    const timers = new FakeTimers();
    const rejecting = Promise.reject(new Error('async'));
    rejecting.catch(() => {});
    const condition = script(new Error('sync'), rejecting, 'fine');
    const seen = watch(waitFor(condition, { timers }));
    await timers.advance(100);
    assert.deepEqual(seen, { state: 'resolved', value: 'fine' });
  });

  it('the last one is the cause of the timeout', async () => {
    const last = new Error('last');
    const error = await timedOut(script(new Error('first'), last), { timeout: 75 });
    assert.equal(error.cause, last);
    assert.equal(error.attempts, 2);
  });

  it('an older one is no cause when the last check was only falsy', async () => {
    const error = await timedOut(script(new Error('old'), false), { timeout: 75 });
    assert.equal(Object.hasOwn(error, 'cause'), false);
  });

  it('a check that is still running leaves the cause as it is', async () => {
    const old = new Error('old');
    const slow = deferred();
    const error = await timedOut(script(old, slow.promise), { timeout: 75 });
    assert.equal(error.cause, old);
    assert.equal(error.attempts, 2);
  });

  it('an odd one is a cause too', async () => {
    const condition = async () => {
      throw undefined;
    };
    const error = await timedOut(condition, { timeout: 20 });
    assert.ok(Object.hasOwn(error, 'cause'));
    assert.equal(error.cause, undefined);
  });

  it('end the wait when rethrow says so', async () => {
    const timers = new FakeTimers();
    const fatal = new RangeError('fatal');
    const condition = script(new Error('weak'), fatal, true);
    const rethrow = (error) => error instanceof RangeError;
    const seen = watch(waitFor(condition, { timers, rethrow }));
    await timers.advance(50);
    assert.equal(seen.error, fatal);
    assert.equal(timers.pending, 0);
    assert.equal(condition.calls, 2);
  });

  it('end the wait when rethrow says so of a rejection', async () => {
    const timers = new FakeTimers();
    const condition = async () => {
      throw 'a string';
    };
    const seen = watch(waitFor(condition, { timers, rethrow: (error) => error.length }));
    await settle();
    assert.deepEqual(seen, { state: 'rejected', error: 'a string' });
    assert.equal(timers.pending, 0);
  });

  it('end the wait when rethrow itself throws', async () => {
    const timers = new FakeTimers();
    const broken = new TypeError('broken rethrow');
    const rethrow = () => {
      throw broken;
    };
    const seen = watch(waitFor(script(new Error('any')), { timers, rethrow }));
    await settle();
    assert.equal(seen.error, broken);
    assert.equal(timers.pending, 0);
  });
});

describe('abort', () => {
  it('before the call: the condition is never called', async () => {
    const timers = new FakeTimers();
    const reason = new Error('not today');
    const condition = script(true);
    await assert.rejects(waitFor(condition, { timers, signal: AbortSignal.abort(reason) }), reason);
    assert.equal(condition.calls, 0);
    assert.equal(timers.pending, 0);
  });

  it('during a pause: at once, and nothing is left behind', async () => {
    const timers = new FakeTimers();
    const controller = new AbortController();
    const condition = script(false);
    const seen = watch(waitFor(condition, { timers, signal: controller.signal }));
    await timers.advance(60);
    controller.abort('enough');
    await settle();
    assert.deepEqual(seen, { state: 'rejected', error: 'enough' });
    assert.equal(timers.pending, 0);
    assert.equal(listeners(controller.signal), 0);
    await timers.advance(500);
    assert.equal(condition.calls, 2);
  });

  it('during a check: at once, and its outcome no longer matters', async () => {
    const timers = new FakeTimers();
    const controller = new AbortController();
    const slow = deferred();
    const seen = watch(waitFor(() => slow.promise, { timers, signal: controller.signal }));
    await timers.advance(10);
    controller.abort();
    await settle();
    assert.equal(seen.state, 'rejected');
    assert.equal(seen.error.name, 'AbortError');
    slow.reject(new Error('too late'));
    await timers.advance(500);
    assert.equal(seen.error.name, 'AbortError');
    assert.equal(timers.pending, 0);
  });

  it('by the condition itself comes before its value', async () => {
    const timers = new FakeTimers();
    const controller = new AbortController();
    const condition = () => {
      controller.abort('from inside');
      return true;
    };
    const seen = watch(waitFor(condition, { timers, signal: controller.signal }));
    await settle();
    assert.deepEqual(seen, { state: 'rejected', error: 'from inside' });
    assert.equal(timers.pending, 0);
    assert.equal(listeners(controller.signal), 0);
  });

  it('by the condition itself ends a wait that would go on', async () => {
    const timers = new FakeTimers();
    const controller = new AbortController();
    const condition = () => {
      controller.abort('from inside');
      return false;
    };
    const seen = watch(waitFor(condition, { timers, signal: controller.signal }));
    await settle();
    assert.equal(seen.error, 'from inside');
    assert.equal(timers.pending, 0);
  });

  it('after a success changes nothing', async () => {
    const timers = new FakeTimers();
    const controller = new AbortController();
    let inner;
    const condition = ({ signal }) => {
      inner = signal;
      return 'yes';
    };
    const seen = watch(waitFor(condition, { timers, signal: controller.signal }));
    await settle();
    assert.equal(listeners(controller.signal), 0);
    controller.abort();
    await settle();
    assert.equal(seen.value, 'yes');
    assert.equal(inner.aborted, false);
  });
});

describe('the signal of the condition', () => {
  async function signalsOf(options, act) {
    const timers = new FakeTimers();
    const signals = [];
    const condition = ({ signal }) => {
      signals.push(signal);
      return false;
    };
    const seen = watch(waitFor(condition, { timers, ...options }));
    await timers.advance(60);
    assert.ok(signals[0] instanceof AbortSignal);
    assert.equal(signals[0].aborted, false);
    await act(timers);
    assert.equal(new Set(signals).size, 1);
    assert.equal(seen.state, 'rejected');
    assert.ok(signals[0].aborted);
    assert.equal(signals[0].reason, seen.error);
    return signals[0];
  }

  it('is aborted by a timeout', async () => {
    const signal = await signalsOf({ timeout: 100 }, (timers) => timers.advance(40));
    assert.ok(signal.reason instanceof TimeoutError);
  });

  it('is aborted with the signal of the caller', async () => {
    const controller = new AbortController();
    const signal = await signalsOf({ signal: controller.signal }, async () => {
      controller.abort(new Error('outer'));
      await settle();
    });
    assert.notEqual(signal, controller.signal);
    assert.equal(signal.reason.message, 'outer');
  });

  it('is aborted by a bad interval', async () => {
    const interval = (attempt) => (attempt === 1 ? 61 : -5);
    const signal = await signalsOf({ interval }, (timers) => timers.advance(1));
    assert.ok(signal.reason instanceof RangeError);
  });
});

describe('wrong arguments', () => {
  async function rejected(condition, options) {
    const timers = new FakeTimers();
    const seen = watch(waitFor(condition, { timers, ...options }));
    await settle();
    assert.equal(seen.state, 'rejected');
    assert.equal(timers.delays.length, 0);
    return `${seen.error.name}: ${seen.error.message}`;
  }

  it('a condition that is no function', async () => {
    for (const condition of [undefined, null, true, {}]) {
      assert.equal(await rejected(condition, {}), 'TypeError: condition must be a function');
    }
    await assert.rejects(waitFor(), TypeError);
  });

  it('a timeout that is no number or out of range', async () => {
    const range = 'RangeError: timeout must be 0 to 2147483647 or Infinity, got ';
    const condition = script(true);
    assert.equal(
      await rejected(condition, { timeout: '5' }),
      'TypeError: timeout must be a number',
    );
    assert.equal(
      await rejected(condition, { timeout: null }),
      'TypeError: timeout must be a number',
    );
    for (const timeout of [-1, NaN, -Infinity, 2147483648]) {
      assert.equal(await rejected(condition, { timeout }), range + timeout);
    }
    assert.equal(condition.calls, 0);
  });

  it('an interval that is neither number nor function, or out of range', async () => {
    const range = 'RangeError: interval must be 0 to 2147483647, got ';
    const condition = script(true);
    for (const interval of ['5', null, {}]) {
      assert.equal(
        await rejected(condition, { interval }),
        'TypeError: interval must be a number or a function',
      );
    }
    for (const interval of [-0.5, NaN, Infinity, 2147483648]) {
      assert.equal(await rejected(condition, { interval }), range + interval);
    }
    assert.equal(condition.calls, 0);
  });

  it('are reported in order, even when the signal is aborted', async () => {
    const signal = AbortSignal.abort('stop');
    assert.match(await rejected(7, { timeout: -1, interval: -1, signal }), /condition must/);
    assert.match(await rejected(() => 1, { timeout: -1, interval: -1, signal }), /timeout must/);
    assert.match(await rejected(() => 1, { interval: -1, signal }), /interval must/);
  });
});

describe('beside it', () => {
  it('the system timers are the default', async () => {
    let calls = 0;
    const value = await waitFor(() => (calls += 1) === 3 && 'real', {
      timeout: Infinity,
      interval: 1,
    });
    assert.equal(value, 'real');
    assert.equal(typeof systemTimers.now(), 'number');
  });

  it('sleep works as before', async () => {
    const timers = new FakeTimers();
    const seen = watch(sleep(100, { timers }));
    await timers.advance(99);
    assert.equal(seen.state, 'pending');
    await timers.advance(1);
    assert.equal(seen.state, 'resolved');
    await assert.rejects(sleep(-1, { timers }), RangeError);
    assert.equal(timers.pending, 0);
  });
});
