import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import {
  backoffDelay,
  CancelledError,
  ClosedError,
  Scheduler,
  TimeoutError,
} from '../src/index.mjs';
import { deferred, FakeTimers, settle, watch } from './fake-timers.mjs';

const listeners = (signal) => getEventListeners(signal, 'abort').length;
const NONE = { queued: 0, running: 0, delayed: 0, done: 0, failed: 0, cancelled: 0 };

/** A scheduler on fake time, and works that end when the test says so. */
function setUp(options = {}) {
  const timers = new FakeTimers();
  const scheduler = new Scheduler({ timers, ...options });
  const started = [];
  const calls = {};
  const add = (name, settings) => {
    const work = (call) => {
      started.push(name);
      const gate = deferred();
      calls[name] = { ...call, ...gate };
      return gate.promise;
    };
    return scheduler.submit(work, settings);
  };
  const end = async (name) => {
    calls[name].resolve(name);
    await settle();
  };
  const fail = async (name, error = new Error(name)) => {
    calls[name].reject(error);
    await settle();
  };
  /** Ends whatever runs until nothing is left; gives the order of all starts. */
  const order = async () => {
    await settle();
    for (let at = 0; at < started.length; at += 1) {
      await end(started[at]);
    }
    return started.join(' ');
  };
  return { timers, scheduler, started, calls, add, end, fail, order };
}

const quick = (value) => () => value;
const failing = (log) => (call) => {
  log.push(call.attempt);
  throw new Error(`failure ${call.attempt}`);
};

describe('running jobs', () => {
  it('resolves with what the work gives', async () => {
    const { scheduler } = setUp();
    const thenable = { then: (resolve) => resolve('thenable') };
    const jobs = [quick('plain'), async () => 'async', quick(thenable), quick(undefined)];
    const seen = jobs.map((work) => watch(scheduler.submit(work).promise));
    await settle();
    assert.deepEqual(
      seen.map(({ value }) => value),
      ['plain', 'async', 'thenable', undefined],
    );
  });

  it('rejects with what the work throws or rejects with', async () => {
    const { scheduler, timers } = setUp();
    const error = new Error('mine');
    const thrown = watch(
      scheduler.submit(() => {
        throw error;
      }).promise,
    );
    const job = scheduler.submit(() => Promise.reject('text'));
    const rejected = watch(job.promise);
    await settle();
    assert.equal(thrown.error, error);
    assert.deepEqual(rejected, { state: 'rejected', error: 'text' });
    assert.equal(job.state, 'failed');
    assert.equal(timers.pending, 0);
  });

  it('starts nothing inside of submit', async () => {
    const { add, started } = setUp({ concurrency: 3 });
    const job = add('a');
    assert.deepEqual([started.length, job.state], [0, 'queued']);
    await settle();
    assert.deepEqual([started.length, job.state], [1, 'running']);
  });

  it('keeps to the concurrency', async () => {
    const { add, end, started } = setUp({ concurrency: 2 });
    ['a', 'b', 'c', 'd'].forEach((name) => add(name));
    await settle();
    assert.deepEqual(started, ['a', 'b']);
    await end('b');
    assert.deepEqual(started, ['a', 'b', 'c']);
    await end('a');
    await end('c');
    assert.deepEqual(started, ['a', 'b', 'c', 'd']);
  });

  it('runs one at a time unless told otherwise', async () => {
    const { add, started } = setUp();
    add('a');
    add('b');
    await settle();
    assert.deepEqual(started, ['a']);
  });

  it('leaves no rejection unhandled', async () => {
    const { scheduler } = setUp();
    const job = scheduler.submit(() => Promise.reject(new Error('nobody looks')));
    scheduler.submit(quick(1)).cancel();
    await settle(10);
    assert.equal(job.state, 'failed');
  });

  it('refuses wrong arguments', () => {
    for (const concurrency of [0, -1, 1.5, Infinity, '2']) {
      assert.throws(() => new Scheduler({ concurrency }), RangeError);
    }
    for (const aging of [0, -5, NaN, '10']) {
      assert.throws(() => new Scheduler({ aging }), RangeError);
    }
    const { scheduler } = setUp();
    assert.throws(() => scheduler.submit('work'), TypeError);
    const wrong = [{ priority: NaN }, { priority: Infinity }, { priority: '1' }, { retries: -1 }];
    for (const options of [...wrong, { retries: 1.5 }, { timeout: 0 }, { timeout: NaN }]) {
      assert.throws(() => scheduler.submit(quick(1), options), RangeError);
    }
    assert.deepEqual(scheduler.stats(), NONE);
  });
});

describe('choosing', () => {
  it('takes the highest priority first', async () => {
    const { add, order } = setUp();
    add('low', { priority: -1 });
    add('normal');
    add('high', { priority: 2.5 });
    assert.equal(await order(), 'high normal low');
  });

  it('takes the job submitted first among equals', async () => {
    const { add, order } = setUp();
    ['a', 'b', 'c', 'd'].forEach((name) => add(name, { priority: 1 }));
    assert.equal(await order(), 'a b c d');
  });

  it('lets a later urgent job pass those that wait', async () => {
    const { add, end, order } = setUp();
    add('a');
    add('b');
    await settle();
    add('c', { priority: 1 });
    await end('a');
    assert.equal(await order(), 'a c b');
  });

  it('serves groups in turn', async () => {
    const { add, order } = setUp();
    ['a1', 'a2', 'a3'].forEach((name) => add(name, { group: 'a' }));
    ['b1', 'b2'].forEach((name) => add(name, { group: 'b' }));
    add('c1', { group: 'c' });
    assert.equal(await order(), 'a1 b1 c1 a2 b2 a3');
  });

  it('serves the group next that has waited longest, also after a gap', async () => {
    const { add, end, order } = setUp();
    add('a1', { group: 'a' });
    add('b1', { group: 'b' });
    await settle();
    await end('a1');
    add('a2', { group: 'a' });
    add('b2', { group: 'b' });
    add('c1', { group: 'c' });
    assert.equal(await order(), 'a1 b1 c1 a2 b2');
  });

  it('counts starts of any priority for the turn of a group', async () => {
    const { add, order } = setUp();
    add('a-urgent', { group: 'a', priority: 5 });
    add('a1', { group: 'a' });
    add('b1', { group: 'b' });
    assert.equal(await order(), 'a-urgent b1 a1');
  });

  it('puts priority before the turn of a group', async () => {
    const { add, order } = setUp();
    add('a1', { group: 'a', priority: 1 });
    add('a2', { group: 'a', priority: 1 });
    add('b1', { group: 'b' });
    assert.equal(await order(), 'a1 a2 b1');
  });

  it('compares groups like the keys of a map', async () => {
    const { add, order } = setUp();
    add('n1', { group: 1 });
    add('n2', { group: 1 });
    add('s1', { group: '1' });
    add('o1', { group: 'constructor' });
    assert.equal(await order(), 'n1 s1 o1 n2');
  });
});

describe('aging', () => {
  it('raises the priority step by step', async () => {
    const { add, end, order, timers } = setUp({ aging: 100 });
    add('first');
    await settle();
    add('old');
    await timers.advance(199);
    add('new', { priority: 2 });
    await end('first');
    assert.equal(await order(), 'first new old');
  });

  it('counts only full steps, and equal ranks go by age', async () => {
    const { add, end, order, timers } = setUp({ aging: 100 });
    add('first');
    await settle();
    add('old');
    await timers.advance(200);
    add('new', { priority: 2 });
    await end('first');
    assert.equal(await order(), 'first old new');
  });

  it('within the same step leaves the turn to the groups', async () => {
    const { add, end, order, timers } = setUp({ aging: 100 });
    add('a1', { group: 'a' });
    await settle();
    add('a2', { group: 'a' });
    await timers.advance(50);
    add('b1', { group: 'b' });
    await timers.advance(149);
    await end('a1');
    assert.equal(await order(), 'a1 b1 a2');
  });

  it('is off unless told otherwise', async () => {
    const { add, end, order, timers } = setUp();
    add('first');
    await settle();
    add('old');
    await timers.advance(1e9);
    add('new', { priority: 0.001 });
    await end('first');
    assert.equal(await order(), 'first new old');
  });

  it('begins anew after a delay', async () => {
    const { add, end, fail, order, started, timers } = setUp({ aging: 100 });
    add('again', { retries: 1, backoff: { base: 150 } });
    await settle();
    await fail('again');
    add('blocker', { priority: 9 });
    await settle();
    await timers.advance(50);
    add('rival', { priority: 1 });
    // At 150 the delay ends; at 249 no full step has passed since then, though 249 ms since the submission.
    await timers.advance(199);
    await end('blocker');
    assert.deepEqual(started, ['again', 'blocker', 'rival']);
    assert.equal(await order(), 'again blocker rival again');
  });
});

describe('retries', () => {
  it('stop after as many as allowed, with the last error', async () => {
    const { scheduler, timers } = setUp();
    const log = [];
    const job = scheduler.submit(failing(log), { retries: 2, backoff: { base: 10, factor: 3 } });
    const seen = watch(job.promise);
    await timers.advance(9);
    assert.deepEqual(log, [1]);
    assert.equal(job.state, 'delayed');
    await timers.advance(1);
    assert.deepEqual(log, [1, 2]);
    await timers.advance(29);
    assert.deepEqual(log, [1, 2]);
    await timers.advance(1);
    assert.deepEqual(log, [1, 2, 3]);
    assert.equal(seen.error.message, 'failure 3');
    assert.equal(job.state, 'failed');
    assert.equal(timers.pending, 0);
  });

  it('end with a success', async () => {
    const { scheduler, timers } = setUp();
    const work = ({ attempt }) => (attempt < 3 ? Promise.reject(attempt) : `attempt ${attempt}`);
    const seen = watch(scheduler.submit(work, { retries: 5 }).promise);
    await timers.advance(299);
    assert.equal(seen.state, 'pending');
    await timers.advance(1);
    assert.deepEqual(seen, { state: 'resolved', value: 'attempt 3' });
    assert.deepEqual(timers.delays, [100, 200]);
  });

  it('leave their place to others while they are delayed', async () => {
    const { add, fail, started, timers } = setUp();
    add('a', { retries: 1 });
    add('b');
    await settle();
    await fail('a');
    assert.deepEqual(started, ['a', 'b']);
    await timers.advance(100);
    assert.deepEqual(started, ['a', 'b']);
  });

  it('keep the rank of their submission', async () => {
    const { add, end, fail, started, timers } = setUp();
    add('a', { retries: 1, group: 'x' });
    add('b', { group: 'x' });
    await settle();
    add('c', { group: 'x' });
    await fail('a');
    await timers.advance(100);
    await end('b');
    assert.deepEqual(started, ['a', 'b', 'a']);
  });

  it('count as a start of their group', async () => {
    const { add, end, fail, started, timers } = setUp();
    add('a1', { group: 'a', retries: 1, backoff: { base: 0 } });
    add('b1', { group: 'b' });
    await settle();
    await fail('a1');
    await timers.advance(0);
    add('b2', { group: 'b' });
    add('a2', { group: 'a' });
    await end('b1');
    await end('a1');
    assert.deepEqual(started, ['a1', 'b1', 'a1', 'b2']);
  });

  it('wait for a timer even when the delay is zero', async () => {
    const { scheduler, timers } = setUp();
    const log = [];
    const job = scheduler.submit(failing(log), { retries: 1, backoff: { base: 0 } });
    await settle();
    assert.deepEqual([log.length, job.state, timers.pending], [1, 'delayed', 1]);
    await timers.advance(0);
    assert.deepEqual([log.length, job.state], [2, 'failed']);
  });

  it('happen only if retryIf agrees', async () => {
    const { scheduler, timers } = setUp();
    const log = [];
    const asked = [];
    const retryIf = (error, attempt) => {
      asked.push(`${error.message}/${attempt}`);
      return attempt < 2;
    };
    const seen = watch(scheduler.submit(failing(log), { retries: 5, retryIf }).promise);
    await timers.advance(10_000);
    assert.deepEqual(log, [1, 2]);
    assert.deepEqual(asked, ['failure 1/1', 'failure 2/2']);
    assert.equal(seen.error.message, 'failure 2');
  });

  it('end when retryIf throws', async () => {
    const { scheduler, timers } = setUp();
    const broken = new Error('broken');
    const retryIf = () => {
      throw broken;
    };
    const job = scheduler.submit(failing([]), { retries: 5, retryIf });
    const seen = watch(job.promise);
    await settle();
    assert.equal(seen.error, broken);
    assert.deepEqual([job.state, timers.pending], ['failed', 0]);
    assert.deepEqual(scheduler.stats(), { ...NONE, failed: 1 });
  });

  it('give each attempt a signal of its own', async () => {
    const { scheduler, timers } = setUp();
    const signals = [];
    const work = ({ signal }) => {
      signals.push(signal);
      throw new Error('no');
    };
    scheduler.submit(work, { retries: 1 });
    await timers.advance(100);
    assert.equal(signals.length, 2);
    assert.notEqual(signals[0], signals[1]);
    assert.deepEqual([signals[0].aborted, signals[1].aborted], [false, false]);
  });
});

describe('timeouts', () => {
  it('fail the attempt, abort its signal and free its place', async () => {
    const { add, calls, started, timers } = setUp();
    const job = add('slow', { timeout: 50 });
    add('next');
    const seen = watch(job.promise);
    await timers.advance(49);
    assert.equal(seen.state, 'pending');
    await timers.advance(1);
    assert.ok(seen.error instanceof TimeoutError);
    assert.equal(seen.error.message, 'attempt 1 timed out after 50 ms');
    assert.equal(calls.slow.signal.reason, seen.error);
    assert.deepEqual(started, ['slow', 'next']);
    assert.equal(job.state, 'failed');
  });

  it('are retried like any failure', async () => {
    const { add, calls, end, started, timers } = setUp();
    const asked = [];
    const retryIf = (error) => asked.push(error.message);
    const seen = watch(add('slow', { timeout: 50, retries: 1, retryIf }).promise);
    await timers.advance(50);
    const first = calls.slow;
    await timers.advance(100);
    assert.deepEqual(started, ['slow', 'slow']);
    assert.equal(calls.slow.attempt, 2);
    first.resolve('too late');
    await settle();
    assert.equal(seen.state, 'pending');
    await end('slow');
    assert.equal(seen.value, 'slow');
    assert.deepEqual(asked, ['attempt 1 timed out after 50 ms']);
    assert.equal(timers.pending, 0);
  });

  it('ignore a late failure of the work', async () => {
    const { add, calls, scheduler, timers } = setUp();
    add('slow', { timeout: 50, retries: 1 });
    await timers.advance(50);
    calls.slow.reject(new Error('late'));
    await settle();
    assert.deepEqual(scheduler.stats(), { ...NONE, delayed: 1 });
    assert.equal(timers.pending, 1);
  });

  it('do not outlive the attempt', async () => {
    const { add, end, scheduler, timers } = setUp({ concurrency: 2 });
    add('a', { timeout: 50 });
    scheduler.submit(failing([]), { timeout: 50 });
    await settle();
    await end('a');
    assert.equal(timers.pending, 0);
  });

  it('count from the start of the attempt', async () => {
    const { add, end, timers } = setUp();
    add('a');
    const job = add('b', { timeout: 50 });
    await timers.advance(500);
    await end('a');
    await timers.advance(49);
    assert.equal(job.state, 'running');
    await timers.advance(1);
    assert.equal(job.state, 'failed');
  });
});

describe('cancellation', () => {
  const isCancelled = (seen, cause) => {
    assert.ok(seen.error instanceof CancelledError, String(seen.error));
    assert.equal(seen.error.message, 'the job was cancelled');
    assert.ok(Object.hasOwn(seen.error, 'cause'));
    assert.equal(seen.error.cause, cause);
  };

  it('of a queued job: it never starts', async () => {
    const { add, end, started, scheduler } = setUp();
    add('a');
    const job = add('b');
    const seen = watch(job.promise);
    await settle();
    assert.equal(job.cancel('not needed'), true);
    assert.equal(job.state, 'cancelled');
    await settle();
    isCancelled(seen, 'not needed');
    await end('a');
    assert.deepEqual(started, ['a']);
    assert.deepEqual(scheduler.stats(), { ...NONE, done: 1, cancelled: 1 });
  });

  it('right after submit: it never starts', async () => {
    const { add, started } = setUp();
    const job = add('a');
    const seen = watch(job.promise);
    job.cancel();
    await settle();
    isCancelled(seen, undefined);
    assert.deepEqual(started, []);
  });

  it('of a running job: its place is free at once', async () => {
    const { add, calls, started, timers } = setUp();
    const job = add('a', { timeout: 500, retries: 3 });
    add('b');
    const seen = watch(job.promise);
    await settle();
    job.cancel('stop');
    assert.equal(calls.a.signal.aborted, true);
    await settle();
    isCancelled(seen, 'stop');
    assert.equal(calls.a.signal.reason, seen.error);
    assert.deepEqual(started, ['a', 'b']);
    calls.a.reject(new Error('late'));
    await settle();
    assert.equal(timers.pending, 0);
    assert.equal(job.state, 'cancelled');
  });

  it('of a delayed job: its timer is gone', async () => {
    const { add, fail, started, timers } = setUp();
    const job = add('a', { retries: 1 });
    const seen = watch(job.promise);
    await settle();
    await fail('a');
    assert.equal(job.cancel(), true);
    assert.equal(timers.pending, 0);
    await timers.advance(1000);
    isCancelled(seen, undefined);
    assert.deepEqual(started, ['a']);
  });

  it('of a job that has ended changes nothing', async () => {
    const { add, end, scheduler } = setUp();
    const job = add('a');
    const seen = watch(job.promise);
    await settle();
    await end('a');
    assert.equal(job.cancel(), false);
    const other = add('b');
    assert.deepEqual([other.cancel(1), other.cancel(2)], [true, false]);
    assert.deepEqual([seen.value, job.state], ['a', 'done']);
    assert.deepEqual(scheduler.stats(), { ...NONE, done: 1, cancelled: 1 });
  });

  it('by a signal, and no listener is left', async () => {
    const { add, end, scheduler } = setUp({ concurrency: 2 });
    const controller = new AbortController();
    const { signal } = controller;
    scheduler.submit(failing([]), { signal, priority: 1 });
    add('a', { signal });
    const running = watch(add('b', { signal }).promise);
    add('c', { signal });
    const queued = watch(add('d', { signal }).promise);
    await settle();
    await end('a');
    assert.equal(listeners(signal), 3);
    controller.abort('all');
    await settle();
    isCancelled(running, 'all');
    isCancelled(queued, 'all');
    assert.equal(listeners(signal), 0);
    assert.deepEqual(scheduler.stats(), { ...NONE, done: 1, failed: 1, cancelled: 3 });
  });

  it('by a signal that is aborted already', async () => {
    const { add, scheduler, started } = setUp();
    const job = add('a', { signal: AbortSignal.abort('early') });
    const seen = watch(job.promise);
    assert.equal(job.state, 'cancelled');
    await scheduler.onIdle();
    await settle();
    isCancelled(seen, 'early');
    assert.deepEqual(started, []);
  });

  it('of a job inside of its own work', async () => {
    const { scheduler, timers } = setUp();
    const outcomes = [
      () => 'value',
      () => {
        throw new Error('thrown');
      },
    ];
    for (const outcome of outcomes) {
      const job = scheduler.submit(
        () => {
          job.cancel('myself');
          return outcome();
        },
        { timeout: 10, retries: 2 },
      );
      const seen = watch(job.promise);
      await settle();
      isCancelled(seen, 'myself');
      assert.equal(timers.pending, 0);
    }
    assert.deepEqual(scheduler.stats(), { ...NONE, cancelled: 2 });
  });

  it('of a job inside of its retryIf', async () => {
    const { scheduler, timers } = setUp();
    const retryIf = () => job.cancel('in between');
    const job = scheduler.submit(failing([]), { retries: 2, retryIf });
    const seen = watch(job.promise);
    await settle();
    isCancelled(seen, 'in between');
    assert.equal(timers.pending, 0);
    assert.deepEqual(scheduler.stats(), { ...NONE, cancelled: 1 });
  });
});

describe('the scheduler as a whole', () => {
  it('counts the states of its jobs', async () => {
    const { add, end, fail, scheduler } = setUp({ concurrency: 2 });
    add('done');
    add('delayed', { retries: 1 });
    await settle();
    await end('done');
    await fail('delayed');
    add('failed');
    await settle();
    await fail('failed');
    ['r1', 'r2', 'q1'].forEach((name) => add(name));
    add('c').cancel();
    await settle();
    const expected = { queued: 1, running: 2, delayed: 1, done: 1, failed: 1, cancelled: 1 };
    assert.deepEqual(scheduler.stats(), expected);
  });

  it('starts nothing while it is paused', async () => {
    const { add, end, scheduler, started } = setUp();
    add('a');
    add('b');
    await settle();
    scheduler.pause();
    scheduler.pause();
    await end('a');
    assert.deepEqual(started, ['a']);
    scheduler.resume();
    scheduler.resume();
    await settle();
    assert.deepEqual(started, ['a', 'b']);
  });

  it('lets delays go on while it is paused', async () => {
    const { add, fail, scheduler, started, timers } = setUp();
    const job = add('a', { retries: 1 });
    await settle();
    scheduler.pause();
    await fail('a');
    await timers.advance(100);
    assert.deepEqual([started.length, job.state], [1, 'queued']);
    scheduler.resume();
    await settle();
    assert.equal(started.length, 2);
  });

  it('pause right after submit comes in time', async () => {
    const { add, scheduler, started } = setUp();
    add('a');
    scheduler.pause();
    await settle();
    assert.deepEqual(started, []);
  });

  it('is idle when all jobs have ended', async () => {
    const { add, end, fail, scheduler, timers } = setUp();
    const atOnce = watch(scheduler.onIdle());
    await settle();
    assert.deepEqual(atOnce, { state: 'resolved', value: undefined });
    add('a');
    add('b', { retries: 1 });
    const seen = [watch(scheduler.onIdle()), watch(scheduler.onIdle())];
    await settle();
    await end('a');
    await fail('b');
    assert.equal(seen[0].state, 'pending');
    await timers.advance(100);
    assert.equal(seen[0].state, 'pending');
    await fail('b');
    assert.deepEqual([seen[0].state, seen[1].state], ['resolved', 'resolved']);
  });

  it('is not idle when it is paused with queued jobs', async () => {
    const { add, scheduler } = setUp();
    scheduler.pause();
    const job = add('a');
    const seen = watch(scheduler.onIdle());
    await settle();
    assert.equal(seen.state, 'pending');
    job.cancel();
    await settle();
    assert.equal(seen.state, 'resolved');
  });

  it('close lets all jobs end, retries included', async () => {
    const { add, end, fail, scheduler, started, timers } = setUp();
    add('a', { retries: 1 });
    add('b');
    await settle();
    scheduler.pause();
    const closed = watch(scheduler.close());
    assert.throws(() => add('c'), ClosedError);
    assert.throws(() => add('c'), /^ClosedError: the scheduler is closed$/);
    assert.throws(() => scheduler.submit(7), TypeError);
    await fail('a');
    await end('b');
    assert.equal(closed.state, 'pending');
    await timers.advance(100);
    await end('a');
    assert.deepEqual(closed, { state: 'resolved', value: undefined });
    assert.deepEqual(started, ['a', 'b', 'a']);
    assert.deepEqual(scheduler.stats(), { ...NONE, done: 2 });
  });

  it('close can cancel everything, also later', async () => {
    const { add, fail, scheduler, timers } = setUp();
    const jobs = [add('delayed', { retries: 1 })];
    await settle();
    await fail('delayed');
    jobs.push(add('running', { timeout: 9 }), add('queued'));
    const seen = jobs.map(({ promise }) => watch(promise));
    await settle();
    const first = watch(scheduler.close());
    await settle();
    assert.equal(first.state, 'pending');
    const second = watch(scheduler.close({ cancel: true, reason: 'shutdown' }));
    await settle();
    assert.deepEqual([first.state, second.state], ['resolved', 'resolved']);
    for (const { error } of seen) {
      assert.ok(error instanceof CancelledError);
      assert.equal(error.cause, 'shutdown');
    }
    assert.deepEqual(scheduler.stats(), { ...NONE, cancelled: 3 });
    assert.equal(timers.pending, 0);
  });

  it('takes jobs from inside of works', async () => {
    const { scheduler } = setUp();
    const log = [];
    const outer = scheduler.submit(() => {
      scheduler.submit(() => log.push('inner'));
      log.push('outer');
    });
    await outer.promise;
    await scheduler.onIdle();
    assert.deepEqual(log, ['outer', 'inner']);
  });

  it('works with the system timers', async () => {
    const scheduler = new Scheduler();
    const work = ({ attempt }) => (attempt === 1 ? Promise.reject(new Error('once')) : 'real');
    const job = scheduler.submit(work, { retries: 1, backoff: { base: 1 } });
    assert.equal(await job.promise, 'real');
  });
});

describe('beside it', () => {
  it('the back-off is as before', () => {
    assert.deepEqual([backoffDelay(1), backoffDelay(3), backoffDelay(99)], [100, 400, 30_000]);
  });
});
