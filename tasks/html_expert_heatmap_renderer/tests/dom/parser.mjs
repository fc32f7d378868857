// HTML text to nodes and back: enough of the grammar for pages that people write.

const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
const RAW = new Set(['script', 'style', 'textarea', 'title']);
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', times: '×',
  ndash: '–', mdash: '—', hellip: '…', middot: '·', copy: '©', minus: '−' };
const CLOSES = {
  li: ['li'], option: ['option'], p: ['p'], dt: ['dt', 'dd'], dd: ['dt', 'dd'],
  tr: ['tr', 'td', 'th'], td: ['td', 'th'], th: ['td', 'th'],
  tbody: ['tbody', 'thead', 'tr', 'td', 'th'],
};

export function decode(text) {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, number, name) => {
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    if (number) return String.fromCodePoint(Number(number));
    return NAMED[name] ?? whole;
  });
}

const ATTRIBUTE = /\s*([^\s=>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/y;

function readTag(html, from) {
  const attributes = [];
  let at = from;
  for (;;) {
    const end = /\s*(\/?)>/y;
    end.lastIndex = at;
    const closing = end.exec(html);
    if (closing) return { attributes, selfClosing: closing[1] === '/', next: end.lastIndex };
    ATTRIBUTE.lastIndex = at;
    const match = ATTRIBUTE.exec(html);
    if (match) {
      at = ATTRIBUTE.lastIndex;
      attributes.push([match[1], decode(match[2] ?? match[3] ?? match[4] ?? '')]);
    } else {
      at += 1;
      if (at > html.length) return { attributes, selfClosing: false, next: html.length };
    }
  }
}

/** Appends the nodes of `html` to `root`. */
export function parseInto(root, html, document) {
  const stack = [root];
  const top = () => stack[stack.length - 1];
  const text = (s) => s && top().appendChild(document.createTextNode(s));
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) {
      text(decode(html.slice(at)));
      break;
    }
    text(decode(html.slice(at, open)));
    if (html.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4);
      top().appendChild(document.createComment(html.slice(open + 4, end < 0 ? undefined : end)));
      at = end < 0 ? html.length : end + 3;
      continue;
    }
    if (html[open + 1] === '!') {
      at = html.indexOf('>', open) + 1;
      continue;
    }
    const tag = /^<(\/?)([a-zA-Z][^\s/>]*)/.exec(html.slice(open, open + 80));
    if (!tag) {
      text('<');
      at = open + 1;
      continue;
    }
    const { attributes, selfClosing, next } = readTag(html, open + tag[0].length);
    at = next;
    const svg = top().namespaceURI === 'http://www.w3.org/2000/svg' || /^svg$/i.test(tag[2]);
    const name = svg ? tag[2] : tag[2].toLowerCase();
    if (tag[1]) {
      const depth = stack.map((e) => e.localName).lastIndexOf(name);
      if (depth > 0) stack.length = depth;
      continue;
    }
    while (stack.length > 1 && CLOSES[name]?.includes(top().localName)) stack.pop();
    const element = svg
      ? document.createElementNS('http://www.w3.org/2000/svg', name)
      : document.createElement(name);
    for (const [key, value] of attributes) {
      if (!element.hasAttribute(key)) element.setAttribute(key, value);
    }
    top().appendChild(element);
    if (VOID.has(name) || (svg && selfClosing)) continue;
    if (RAW.has(name) && !svg) {
      const end = html.slice(at).search(new RegExp(`</${name}\\s*>`, 'i'));
      const raw = end < 0 ? html.slice(at) : html.slice(at, at + end);
      const content = name === 'script' || name === 'style' ? raw : decode(raw);
      if (content) element.appendChild(document.createTextNode(content));
      at = end < 0 ? html.length : html.indexOf('>', at + end) + 1;
      continue;
    }
    stack.push(element);
  }
}

const escapeText = (s) => s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const escapeValue = (s) => s.replace(/&/g, '&amp;').replace(/"/g, '&quot;');

export function serialize(node) {
  if (node.nodeType === 3) {
    const raw = ['script', 'style'].includes(node.parentNode?.localName);
    return raw ? node.data : escapeText(node.data);
  }
  if (node.nodeType === 8) return `<!--${node.data}-->`;
  const inner = node.childNodes.map(serialize).join('');
  if (node.nodeType !== 1) return inner;
  const attributes = [...node.attributes].map((a) => ` ${a.name}="${escapeValue(a.value)}"`);
  const start = `<${node.localName}${attributes.join('')}>`;
  return VOID.has(node.localName) ? start : `${start}${inner}</${node.localName}>`;
}
