'use strict';

/** Runs jobs, functions that return a promise, at most `limit` of them at a time. */
class Queue {
  constructor(limit) {
    this.limit = limit;
    this.running = 0;
    this.waiting = [];
    this.idlers = [];
  }

  /** Adds a job; the promise that comes back settles as the job's does. */
  add(job) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, resolve, reject });
      this._next();
    });
  }

  /** Returns a promise that resolves when nothing is running and nothing waits. */
  idle() {
    if (this.running === 0 && this.waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.idlers.push(resolve));
  }

  _next() {
    if (this.running === 0 && this.waiting.length === 0) {
      this.idlers.forEach((resolve) => resolve());
    }
    if (this.running >= this.limit || this.waiting.length === 0) return;
    const { job, resolve, reject } = this.waiting.shift();
    this.running += 1;
    job().then((value) => {
      this.running -= 1;
      resolve(value);
      this._next();
    }, reject);
  }
}

module.exports = { Queue };
