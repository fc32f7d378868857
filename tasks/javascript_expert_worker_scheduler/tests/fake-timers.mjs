/** Lets everything that is ready run: promises, and callbacks of the event loop. */
export async function settle(turns = 3) {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Timers whose time moves only when a test says so. */
export class FakeTimers {
  #now = 1_000_000;
  #next = 1;
  #due = new Map();
  delays = [];

  now = () => this.#now;

  setTimeout = (callback, ms) => {
    const handle = { number: this.#next++ };
    this.delays.push(ms);
    this.#due.set(handle, { callback, at: this.#now + ms });
    return handle;
  };

  clearTimeout = (handle) => {
    this.#due.delete(handle);
  };

  get pending() {
    return this.#due.size;
  }

  /** Moves on by `ms`, timer by timer; each sees the moment when it was due. */
  async advance(ms) {
    await settle();
    const end = this.#now + ms;
    for (let first = this.#first(end); first; first = this.#first(end)) {
      this.#now = Math.max(this.#now, first[1].at);
      await this.#fire(first);
    }
    this.#now = end;
    await settle();
  }

  /** Moves on by `ms` in one leap, as on a busy machine: every timer that is due comes late. */
  async leap(ms) {
    await settle();
    this.#now += ms;
    const late = [...this.#due].filter(([, timer]) => timer.at <= this.#now);
    late.sort((a, b) => a[1].at - b[1].at);
    for (const timer of late) {
      if (this.#due.has(timer[0])) {
        await this.#fire(timer);
      }
    }
  }

  /** Moves time without running anything: the time that a slow function takes. */
  spend(ms) {
    this.#now += ms;
  }

  #first(end) {
    const ready = [...this.#due].filter(([, timer]) => timer.at <= end);
    return ready.sort((a, b) => a[1].at - b[1].at || a[0].number - b[0].number)[0];
  }

  async #fire([handle, { callback }]) {
    this.#due.delete(handle);
    callback();
    await settle();
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

export function deferred() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}
