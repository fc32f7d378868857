// A page: the document of an HTML text, with form controls, and a window to run its scripts in.
import vm from 'node:vm';
import { CustomEvent, Event, EventTarget } from './events.mjs';
import { DocumentFragment, Element, HTML, Node, Text } from './nodes.mjs';
import { parseInto } from './parser.mjs';
import { escapeIdentifier } from './selectors.mjs';

class Control extends Element {
  #value = null;
  #checked = null;

  get type() {
    const kind = (this.getAttribute('type') ?? '').toLowerCase();
    return { input: kind || 'text', button: kind || 'submit', select: 'select-one' }[this.localName] ?? this.localName;
  }
  set type(value) {
    this.setAttribute('type', value);
  }
  get form() {
    const id = this.getAttribute('form');
    return id ? this.ownerDocument.getElementById(id) : this.closest('form');
  }
  get labels() {
    const outer = this.closest('label');
    const all = this.id ? this.ownerDocument.querySelectorAll('label') : [];
    const own = all.filter((label) => label.htmlFor === this.id && label !== outer);
    return outer ? [outer, ...own] : own;
  }
  get options() {
    return this.querySelectorAll('option');
  }
  get selectedIndex() {
    return this.options.findIndex((o) => optionValue(o) === this.value);
  }
  get defaultValue() {
    if (this.localName === 'textarea') return this.textContent;
    if (this.localName !== 'select') return this.getAttribute('value') ?? '';
    const chosen = this.options.find((o) => o.hasAttribute('selected')) ?? this.options[0];
    return chosen ? optionValue(chosen) : '';
  }
  get value() {
    const box = this.type === 'checkbox' || this.type === 'radio';
    return box ? this.getAttribute('value') ?? 'on' : this.#value ?? this.defaultValue;
  }
  set value(value) {
    if (this.type === 'checkbox' || this.type === 'radio') this.setAttribute('value', value);
    else this.#value = String(value);
  }
  get checked() {
    return this.#checked ?? this.hasAttribute('checked');
  }
  set checked(value) {
    this.#checked = Boolean(value);
    if (!value || this.type !== 'radio' || !this.form) return;
    for (const other of this.form.elements) {
      if (other !== this && other.type === 'radio' && other.name === this.name) other.checked = false;
    }
  }
  restore() {
    this.#value = null;
    this.#checked = null;
  }
}

const optionValue = (option) => option.getAttribute('value') ?? option.textContent;

class Form extends Element {
  get elements() {
    const controls = this.ownerDocument
      .querySelectorAll('input, select, textarea, button, fieldset')
      .filter((e) => (e instanceof Control ? e.form === this : this.contains(e)));
    controls.namedItem = (name) => controls.find((e) => e.name === name || e.id === name) ?? null;
    return controls;
  }
  get length() {
    return this.elements.length;
  }
  reset() {
    const event = new Event('reset', { bubbles: true, cancelable: true });
    if (!this.dispatchEvent(event)) return;
    for (const control of this.elements) control.restore?.();
  }
  requestSubmit() {
    this.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  }
  submit() {}
}

export class Document extends Node {
  constructor() {
    super(null, 9);
    this.focused = null;
    this.readyState = 'loading';
    this.defaultView = null;
  }
  parentOfEvents() {
    return this.defaultView;
  }
  createElement(name) {
    return this.createElementNS(HTML, String(name).toLowerCase());
  }
  createElementNS(namespace, name) {
    if (namespace !== HTML) return new Element(this, name, namespace);
    if (name === 'form') return new Form(this, name);
    const control = ['input', 'select', 'textarea', 'button'].includes(name);
    return control ? new Control(this, name) : new Element(this, name);
  }
  createTextNode(data) {
    return new Text(this, data);
  }
  createComment(data) {
    return new Text(this, data, 8);
  }
  createDocumentFragment() {
    return new DocumentFragment(this);
  }
  getElementById(id) {
    return this.descendants().find((e) => e.id === String(id) && id !== '') ?? null;
  }
  getElementsByName(name) {
    return this.descendants().filter((e) => e.name === name);
  }
  get documentElement() {
    return this.children[0] ?? null;
  }
  get head() {
    return this.querySelector('head');
  }
  get body() {
    return this.querySelector('body');
  }
  get forms() {
    return this.querySelectorAll('form');
  }
  get activeElement() {
    return this.focused ?? this.body;
  }
}

/**
 * Reads a page and runs its scripts. `change(document)` may alter the document before they run.
 * Returns the window: `document`, `Event` and whatever the scripts define.
 */
export function openPage(html, change = () => {}) {
  const document = new Document();
  parseInto(document, html, document);
  change(document);
  const window = new EventTarget();
  document.defaultView = window;
  Object.assign(window, {
    document, Event, CustomEvent, EventTarget, Node, Element, Text, DocumentFragment,
    HTMLElement: Element, SVGElement: Element, KeyboardEvent: Event, FocusEvent: Event,
    InputEvent: Event, MouseEvent: Event, HTMLFormElement: Form, HTMLInputElement: Control,
    CSS: { escape: escapeIdentifier }, console, setTimeout, clearTimeout, queueMicrotask,
    requestAnimationFrame: (run) => setTimeout(run, 0), structuredClone,
    getComputedStyle: (element) => element.style,
    matchMedia: () => ({ matches: false, addEventListener() {}, removeEventListener() {} }),
  });
  window.window = window;
  window.self = window;
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
    window[name] = window[name].bind(window);
  }
  const context = vm.createContext(window);
  for (const script of document.querySelectorAll('script')) {
    const type = script.getAttribute('type') ?? '';
    if (['', 'text/javascript', 'module'].includes(type)) vm.runInContext(script.textContent, context);
  }
  document.readyState = 'interactive';
  document.dispatchEvent(new Event('DOMContentLoaded', { bubbles: true }));
  document.readyState = 'complete';
  window.dispatchEvent(new Event('load'));
  return window;
}
