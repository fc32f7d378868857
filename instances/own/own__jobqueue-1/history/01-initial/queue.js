'use strict';

/** Runs jobs, functions that return a promise, at most `limit` of them at a time. */
class Queue {
  constructor(limit) {
    this.limit = limit;
    this.running = 0;
    this.waiting = [];
  }

  /** Adds a job; the promise that comes back settles as the job's does. */
  add(job) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, resolve, reject });
      this._next();
    });
  }

  _next() {
    if (this.running >= this.limit || this.waiting.length === 0) return;
    const { job, resolve, reject } = this.waiting.pop();
    this.running += 1;
    job().then((value) => {
      this.running -= 1;
      resolve(value);
      this._next();
    }, reject);
  }
}

module.exports = { Queue };
