// Events and their way through the tree: capture, target, bubble.

export class Event {
  constructor(type, init = {}) {
    this.type = String(type);
    this.bubbles = Boolean(init.bubbles);
    this.cancelable = Boolean(init.cancelable);
    this.defaultPrevented = false;
    this.target = null;
    this.currentTarget = null;
    this.stopped = false;
    this.stoppedNow = false;
    for (const [name, value] of Object.entries(init)) {
      if (!(name in this)) this[name] = value;
    }
  }

  preventDefault() {
    if (this.cancelable) this.defaultPrevented = true;
  }

  stopPropagation() {
    this.stopped = true;
  }

  stopImmediatePropagation() {
    this.stopped = true;
    this.stoppedNow = true;
  }

  composedPath() {
    const path = [];
    for (let node = this.target; node; node = node.parentOfEvents()) path.push(node);
    return path;
  }
}

export class CustomEvent extends Event {
  constructor(type, init = {}) {
    super(type, init);
    this.detail = init.detail ?? null;
  }
}

export class EventTarget {
  #listeners = [];

  parentOfEvents() {
    return null;
  }

  addEventListener(type, listener, options) {
    if (!listener) return;
    const capture = typeof options === 'boolean' ? options : Boolean(options?.capture);
    const known = this.#listeners.some(
      (l) => l.type === type && l.listener === listener && l.capture === capture,
    );
    if (!known) this.#listeners.push({ type, listener, capture, once: Boolean(options?.once) });
  }

  removeEventListener(type, listener, options) {
    const capture = typeof options === 'boolean' ? options : Boolean(options?.capture);
    this.#listeners = this.#listeners.filter(
      (l) => l.type !== type || l.listener !== listener || l.capture !== capture,
    );
  }

  dispatchEvent(event) {
    event.target = this;
    const path = event.composedPath();
    for (let i = path.length - 1; i > 0 && !event.stopped; i -= 1) path[i].#call(event, [true]);
    if (!event.stopped) this.#call(event, [true, false]);
    for (let i = 1; i < path.length && event.bubbles && !event.stopped; i += 1) {
      path[i].#call(event, [false]);
    }
    event.currentTarget = null;
    return !event.defaultPrevented;
  }

  #call(event, phases) {
    event.currentTarget = this;
    for (const capture of phases) {
      for (const entry of [...this.#listeners]) {
        if (entry.type !== event.type || entry.capture !== capture || event.stoppedNow) continue;
        if (entry.once) this.removeEventListener(entry.type, entry.listener, entry.capture);
        if (typeof entry.listener === 'function') entry.listener.call(this, event);
        else entry.listener.handleEvent(event);
      }
      if (!capture || phases.length === 1) {
        const handler = capture ? null : this[`on${event.type}`];
        if (typeof handler === 'function') handler.call(this, event);
      }
    }
  }
}
