// The nodes of a document. Lists of nodes are arrays.
import { Event, EventTarget } from './events.mjs';
import { matches } from './selectors.mjs';
import { parseInto, serialize } from './parser.mjs';

export const HTML = 'http://www.w3.org/1999/xhtml';
const camel = (name) => name.replace(/-([a-z])/g, (_, c) => c.toUpperCase());
const kebab = (name) => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

export class Node extends EventTarget {
  constructor(document, nodeType) {
    super();
    this.ownerDocument = document;
    this.nodeType = nodeType;
    this.parentNode = null;
    this.childNodes = [];
  }

  parentOfEvents() {
    return this.parentNode;
  }

  get parentElement() {
    return this.parentNode?.nodeType === 1 ? this.parentNode : null;
  }
  get children() {
    return this.childNodes.filter((n) => n.nodeType === 1);
  }
  get childElementCount() {
    return this.children.length;
  }
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  get lastChild() {
    return this.childNodes.at(-1) ?? null;
  }
  get firstElementChild() {
    return this.children[0] ?? null;
  }
  get lastElementChild() {
    return this.children.at(-1) ?? null;
  }
  #beside(step, list) {
    return (this.parentNode && this.parentNode[list][this.parentNode[list].indexOf(this) + step]) ?? null;
  }
  get nextSibling() {
    return this.#beside(1, 'childNodes');
  }
  get previousSibling() {
    return this.#beside(-1, 'childNodes');
  }
  get nextElementSibling() {
    return this.#beside(1, 'children');
  }
  get previousElementSibling() {
    return this.#beside(-1, 'children');
  }
  get isConnected() {
    return this.getRootNode() === this.ownerDocument;
  }
  getRootNode() {
    let node = this;
    while (node.parentNode) node = node.parentNode;
    return node;
  }
  hasChildNodes() {
    return this.childNodes.length > 0;
  }
  contains(other) {
    for (let node = other; node; node = node.parentNode) if (node === this) return true;
    return false;
  }
  compareDocumentPosition(other) {
    const order = [this.getRootNode(), ...this.getRootNode().allNodes()];
    if (this === other) return 0;
    if (!order.includes(other)) return 1;
    if (this.contains(other)) return 20;
    if (other.contains(this)) return 10;
    return order.indexOf(this) < order.indexOf(other) ? 4 : 2;
  }
  allNodes() {
    return this.childNodes.flatMap((n) => [n, ...n.allNodes()]);
  }
  descendants() {
    return this.allNodes().filter((n) => n.nodeType === 1);
  }

  insertBefore(node, reference) {
    if (node.contains(this)) throw new Error('a node cannot contain itself');
    const nodes = node.nodeType === 11 ? [...node.childNodes] : [node];
    for (const one of nodes) {
      if (one === reference) continue;
      one.remove();
      const at = reference ? this.childNodes.indexOf(reference) : this.childNodes.length;
      if (at < 0) throw new Error('the reference is no child');
      this.childNodes.splice(at, 0, one);
      one.parentNode = this;
    }
    return node;
  }
  appendChild(node) {
    return this.insertBefore(node, null);
  }
  removeChild(node) {
    if (node.parentNode !== this) throw new Error('that is no child');
    node.remove();
    return node;
  }
  replaceChild(node, old) {
    this.insertBefore(node, old);
    return this.removeChild(old);
  }
  remove() {
    const document = this.ownerDocument;
    if (document && this.contains(document.focused)) document.focused = null;
    if (this.parentNode) this.parentNode.childNodes.splice(this.parentNode.childNodes.indexOf(this), 1);
    this.parentNode = null;
  }
  #nodes(items) {
    return items.map((n) => (n instanceof Node ? n : this.document().createTextNode(n)));
  }
  document() {
    return this.ownerDocument ?? this;
  }
  append(...items) {
    for (const node of this.#nodes(items)) this.appendChild(node);
  }
  prepend(...items) {
    const first = this.firstChild;
    for (const node of this.#nodes(items)) this.insertBefore(node, first);
  }
  before(...items) {
    for (const node of this.#nodes(items)) this.parentNode.insertBefore(node, this);
  }
  after(...items) {
    const next = this.nextSibling;
    for (const node of this.#nodes(items)) this.parentNode.insertBefore(node, next);
  }
  replaceWith(...items) {
    this.before(...items);
    this.remove();
  }
  replaceChildren(...items) {
    for (const child of [...this.childNodes]) child.remove();
    this.append(...items);
  }

  get textContent() {
    return this.childNodes.filter((n) => n.nodeType !== 8).map((n) => n.textContent).join('');
  }
  set textContent(text) {
    this.replaceChildren();
    if (text !== null && text !== undefined && String(text)) this.append(String(text));
  }

  querySelectorAll(selector) {
    matches(this.document().documentElement ?? this, selector);
    return this.descendants().filter((e) => matches(e, selector, this));
  }
  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }
  getElementsByTagName(name) {
    return this.descendants().filter((e) => name === '*' || e.localName === name.toLowerCase());
  }
  getElementsByClassName(names) {
    const wanted = names.trim().split(/\s+/);
    return this.descendants().filter((e) => wanted.every((name) => e.classList.contains(name)));
  }

  cloneNode(deep = false) {
    const copy = this.shallow();
    if (deep) for (const child of this.childNodes) copy.appendChild(child.cloneNode(true));
    return copy;
  }
}

export class Text extends Node {
  constructor(document, data, nodeType = 3) {
    super(document, nodeType);
    this.data = String(data);
  }
  get nodeName() {
    return this.nodeType === 3 ? '#text' : '#comment';
  }
  get textContent() {
    return this.data;
  }
  set textContent(data) {
    this.data = String(data);
  }
  get nodeValue() {
    return this.data;
  }
  set nodeValue(data) {
    this.data = String(data);
  }
  shallow() {
    return new Text(this.ownerDocument, this.data, this.nodeType);
  }
}

export class DocumentFragment extends Node {
  constructor(document) {
    super(document, 11);
  }
  shallow() {
    return new DocumentFragment(this.ownerDocument);
  }
}

class TokenList {
  #element;
  constructor(element) {
    this.#element = element;
  }
  get #tokens() {
    return (this.#element.getAttribute('class') ?? '').split(/\s+/).filter(Boolean);
  }
  #set(tokens) {
    this.#element.setAttribute('class', [...new Set(tokens)].join(' '));
  }
  get length() {
    return this.#tokens.length;
  }
  contains(token) {
    return this.#tokens.includes(token);
  }
  add(...tokens) {
    this.#set([...this.#tokens, ...tokens]);
  }
  remove(...tokens) {
    if (this.#element.hasAttribute('class')) {
      this.#set(this.#tokens.filter((t) => !tokens.includes(t)));
    }
  }
  toggle(token, force = !this.contains(token)) {
    if (force) this.add(token);
    else this.remove(token);
    return Boolean(force);
  }
  replace(from, to) {
    if (!this.contains(from)) return false;
    this.#set(this.#tokens.map((t) => (t === from ? to : t)));
    return true;
  }
  [Symbol.iterator]() {
    return this.#tokens[Symbol.iterator]();
  }
}

function styleOf(element) {
  const read = () =>
    new Map(
      (element.getAttribute('style') ?? '')
        .split(';')
        .filter((part) => part.includes(':'))
        .map((part) => [part.slice(0, part.indexOf(':')).trim(), part.slice(part.indexOf(':') + 1).trim()]),
    );
  const write = (name, value) => {
    const all = read();
    if (value === '' || value === null || value === undefined) all.delete(name);
    else all.set(name, String(value));
    element.setAttribute('style', [...all].map(([k, v]) => `${k}: ${v};`).join(' '));
  };
  const methods = {
    setProperty: write,
    getPropertyValue: (name) => read().get(name) ?? '',
    removeProperty: (name) => write(name, ''),
  };
  return new Proxy(methods, {
    get: (_, name) => {
      if (name in methods) return methods[name];
      if (name === 'cssText') return element.getAttribute('style') ?? '';
      return typeof name === 'string' ? read().get(kebab(name)) ?? '' : undefined;
    },
    set: (_, name, value) => {
      if (name === 'cssText') element.setAttribute('style', value);
      else write(kebab(name), value);
      return true;
    },
  });
}

export class Element extends Node {
  constructor(document, name, namespace = HTML) {
    super(document, 1);
    this.localName = name;
    this.namespaceURI = namespace;
    this.values = new Map();
    this.classList = new TokenList(this);
    this.style = styleOf(this);
    this.dataset = new Proxy(
      {},
      {
        get: (_, key) => this.getAttribute(`data-${kebab(String(key))}`) ?? undefined,
        set: (_, key, value) => (this.setAttribute(`data-${kebab(key)}`, value), true),
        has: (_, key) => this.hasAttribute(`data-${kebab(String(key))}`),
        deleteProperty: (_, key) => (this.removeAttribute(`data-${kebab(key)}`), true),
        ownKeys: () =>
          this.getAttributeNames().filter((n) => n.startsWith('data-')).map((n) => camel(n.slice(5))),
        getOwnPropertyDescriptor: (_, key) => ({
          value: this.getAttribute(`data-${kebab(key)}`),
          enumerable: true,
          configurable: true,
        }),
      },
    );
  }

  get tagName() {
    return this.namespaceURI === HTML ? this.localName.toUpperCase() : this.localName;
  }
  get nodeName() {
    return this.tagName;
  }
  get attributes() {
    return [...this.values].map(([name, value]) => ({ name, value }));
  }
  #name(name) {
    return this.namespaceURI === HTML ? String(name).toLowerCase() : String(name);
  }
  getAttributeNames() {
    return [...this.values.keys()];
  }
  getAttribute(name) {
    return this.values.get(this.#name(name)) ?? null;
  }
  setAttribute(name, value) {
    if (!/^[^\s"'<>/=]+$/.test(name)) throw new Error(`'${name}' is no attribute name`);
    this.values.set(this.#name(name), String(value));
  }
  setAttributeNS(_, name, value) {
    this.setAttribute(name, value);
  }
  hasAttribute(name) {
    return this.values.has(this.#name(name));
  }
  removeAttribute(name) {
    this.values.delete(this.#name(name));
  }
  toggleAttribute(name, force = !this.hasAttribute(name)) {
    if (force) this.setAttribute(name, '');
    else this.removeAttribute(name);
    return Boolean(force);
  }
  matches(selector) {
    return matches(this, selector);
  }
  closest(selector) {
    for (let e = this; e; e = e.parentElement) if (e.matches(selector)) return e;
    return null;
  }

  get innerHTML() {
    return this.childNodes.map(serialize).join('');
  }
  set innerHTML(html) {
    this.replaceChildren();
    parseInto(this, String(html), this.ownerDocument);
  }
  get outerHTML() {
    return serialize(this);
  }
  get innerText() {
    return this.textContent;
  }
  set innerText(text) {
    this.textContent = text;
  }
  insertAdjacentElement(where, element) {
    const how = { beforebegin: 'before', afterbegin: 'prepend', beforeend: 'append', afterend: 'after' };
    this[how[where.toLowerCase()]](element);
    return element;
  }
  insertAdjacentHTML(where, html) {
    const fragment = new DocumentFragment(this.ownerDocument);
    parseInto(fragment, String(html), this.ownerDocument);
    this.insertAdjacentElement(where, fragment);
  }
  insertAdjacentText(where, text) {
    this.insertAdjacentElement(where, this.ownerDocument.createTextNode(text));
  }
  get content() {
    const fragment = new DocumentFragment(this.ownerDocument);
    for (const child of this.childNodes) fragment.appendChild(child.cloneNode(true));
    return fragment;
  }

  isFormControl() {
    return ['input', 'select', 'textarea', 'button'].includes(this.localName);
  }
  isDisabled() {
    if (!this.isFormControl() && this.localName !== 'fieldset') return false;
    if (this.hasAttribute('disabled')) return true;
    const set = this.parentElement?.closest('fieldset[disabled]');
    return Boolean(set) && !set.querySelector('legend')?.contains(this);
  }
  get tabIndex() {
    const natural = this.isFormControl() || (this.localName === 'a' && this.hasAttribute('href'));
    const value = Number.parseInt(this.getAttribute('tabindex'), 10);
    return Number.isNaN(value) ? (natural ? 0 : -1) : value;
  }
  set tabIndex(value) {
    this.setAttribute('tabindex', value);
  }
  focus() {
    const document = this.ownerDocument;
    const can = this.hasAttribute('tabindex') || this.tabIndex === 0;
    if (!this.isConnected || !can || this.isDisabled() || document.focused === this) return;
    document.focused?.blur();
    document.focused = this;
    this.dispatchEvent(new Event('focus'));
    this.dispatchEvent(new Event('focusin', { bubbles: true }));
  }
  blur() {
    if (this.ownerDocument.focused !== this) return;
    this.ownerDocument.focused = null;
    this.dispatchEvent(new Event('blur'));
    this.dispatchEvent(new Event('focusout', { bubbles: true }));
  }
  click() {
    if (!this.isDisabled()) this.dispatchEvent(new Event('click', { bubbles: true, cancelable: true }));
  }
  scrollIntoView() {}
  getBoundingClientRect() {
    return { x: 0, y: 0, width: 0, height: 0, top: 0, left: 0, right: 0, bottom: 0 };
  }
  shallow() {
    const copy = this.ownerDocument.createElementNS(this.namespaceURI, this.localName);
    for (const [name, value] of this.values) copy.setAttribute(name, value);
    return copy;
  }
}

const REFLECTED = {
  id: 'id', className: 'class', title: 'title', href: 'href', htmlFor: 'for', name: 'name',
  scope: 'scope', placeholder: 'placeholder', lang: 'lang', role: 'role', pattern: 'pattern',
};
for (const name of ['Label', 'Invalid', 'Live', 'Hidden', 'Atomic', 'Selected', 'RowIndex',
  'ColIndex', 'RowCount', 'ColCount', 'Required', 'ReadOnly', 'Description', 'RoleDescription']) {
  REFLECTED[`aria${name}`] = `aria-${name.toLowerCase()}`;
}
for (const [property, attribute] of Object.entries(REFLECTED)) {
  const aria = property.startsWith('aria') || property === 'role';
  Object.defineProperty(Element.prototype, property, {
    get() {
      return this.getAttribute(attribute) ?? (aria ? null : '');
    },
    set(value) {
      if (aria && value === null) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value);
    },
  });
}
for (const property of ['hidden', 'disabled', 'required', 'multiple', 'noValidate', 'readOnly']) {
  Object.defineProperty(Element.prototype, property, {
    get() {
      return this.hasAttribute(property);
    },
    set(value) {
      this.toggleAttribute(property, Boolean(value));
    },
  });
}
for (const property of ['colSpan', 'rowSpan']) {
  Object.defineProperty(Element.prototype, property, {
    get() {
      return Number(this.getAttribute(property) ?? 1);
    },
    set(value) {
      this.setAttribute(property, value);
    },
  });
}
