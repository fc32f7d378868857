'use strict';

const assert = require('assert');
const { Queue } = require('../queue');

/** A job that ends when it is told to. */
function manual() {
  const job = () => {
    job.started = true;
    return new Promise((resolve, reject) => Object.assign(job, { resolve, reject }));
  };
  job.started = false;
  return job;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const checks = {
  async 'add gives the result of the job'() {
    assert.strictEqual(await new Queue(1).add(async () => 42), 42);
  },

  async 'jobs wait for a free place'() {
    const queue = new Queue(2);
    const jobs = [manual(), manual(), manual()];
    jobs.forEach((job) => queue.add(job));
    await turn();
    assert.deepStrictEqual(jobs.map((job) => job.started), [true, true, false]);
    jobs[0].resolve();
    await turn();
    assert.ok(jobs[2].started);
  },

  async 'jobs start in the order they were added'() {
    const queue = new Queue(1);
    const seen = [];
    await Promise.all([1, 2, 3].map((n) => queue.add(async () => seen.push(n))));
    assert.deepStrictEqual(seen, [1, 2, 3]);
  },

  async 'idle resolves at once when there is nothing to do'() {
    await new Queue(1).idle();
  },

  async 'idle waits for all jobs'() {
    const queue = new Queue(1);
    const jobs = [manual(), manual()];
    jobs.forEach((job) => queue.add(job));
    let idle = false;
    queue.idle().then(() => (idle = true));
    jobs[0].resolve();
    await turn();
    assert.ok(!idle);
    jobs[1].resolve();
    await turn();
    assert.ok(idle);
  },
};

async function main() {
  for (const [name, check] of Object.entries(checks)) {
    let late;
    const limit = new Promise((_, reject) => {
      late = setTimeout(() => reject(new Error('took too long')), 500);
    });
    try {
      await Promise.race([check(), limit]);
      console.log(`ok - ${name}`);
    } catch (error) {
      console.log(`not ok - ${name}`);
      console.log(`# ${error.message.split('\n')[0]}`);
      process.exitCode = 1;
    } finally {
      clearTimeout(late);
    }
  }
}

main();
