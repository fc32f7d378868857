// CSS selectors: type, id, class, attributes, :not, :is, structural and form pseudo-classes, and the
// four combinators.

const NAME = /^(?:\\[0-9a-fA-F]{1,6}\s?|\\[^\n]|[-\w\u0080-\uffff])+/;
const ATTRIBUTE =
  /^\[\s*([-\w:.]+)\s*(?:([~|^$*]?=)\s*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|([^\]\s]+))\s*([iIsS])?\s*)?\]/;

function unescape(text) {
  return text.replace(/\\(?:([0-9a-fA-F]{1,6})\s?|([\s\S]))/g, (_, hex, char) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : char,
  );
}

export function escapeIdentifier(value) {
  return [...String(value)]
    .map((char, i) => {
      if (char === '\0') return '\ufffd';
      const digit = /\d/.test(char) && (i === 0 || (i === 1 && String(value)[0] === '-'));
      if (digit || /[\x01-\x1f\x7f]/.test(char)) return `\\${char.codePointAt(0).toString(16)} `;
      if (char === '-' && String(value).length === 1) return '\\-';
      return /[-\w\u0080-\u{10ffff}]/u.test(char) ? char : `\\${char}`;
    })
    .join('');
}

const HOW = {
  '=': (have, want) => have === want,
  '~=': (have, want) => want !== '' && have.split(/\s+/).includes(want),
  '|=': (have, want) => have === want || have.startsWith(`${want}-`),
  '^=': (have, want) => want !== '' && have.startsWith(want),
  '$=': (have, want) => want !== '' && have.endsWith(want),
  '*=': (have, want) => want !== '' && have.includes(want),
};

const siblings = (element) => (element.parentNode ? [...element.parentNode.children] : [element]);
const sameType = (element) => siblings(element).filter((e) => e.localName === element.localName);
const nth = (list, element, formula) => {
  const position = list.indexOf(element) + 1;
  const text = { odd: '2n+1', even: '2n' }[formula.trim()] ?? formula.replace(/\s/g, '');
  const match = /^(?:([+-]?\d*)n)?([+-]?\d+)?$/.exec(text);
  if (!match) throw new SyntaxError(`nth: ${formula}`);
  const step = match[1] === undefined ? 0 : Number(/\d/.test(match[1]) ? match[1] : `${match[1]}1`);
  const rest = position - Number(match[2] ?? 0);
  return step === 0 ? rest === 0 : rest % step === 0 && rest / step >= 0;
};

const PSEUDO = {
  'first-child': (e) => siblings(e)[0] === e,
  'last-child': (e) => siblings(e).at(-1) === e,
  'only-child': (e) => siblings(e).length === 1,
  'first-of-type': (e) => sameType(e)[0] === e,
  'last-of-type': (e) => sameType(e).at(-1) === e,
  'nth-child': (e, text) => nth(siblings(e), e, text),
  'nth-last-child': (e, text) => nth(siblings(e).reverse(), e, text),
  'nth-of-type': (e, text) => nth(sameType(e), e, text),
  empty: (e) => e.childNodes.length === 0,
  checked: (e) => Boolean(e.checked || e.selected),
  disabled: (e) => e.isDisabled(),
  enabled: (e) => e.isFormControl() && !e.isDisabled(),
  required: (e) => e.hasAttribute('required'),
  focus: (e) => e.ownerDocument.activeElement === e,
  root: (e) => e.ownerDocument.documentElement === e,
  scope: (e, _, scope) => e === scope,
  not: (e, text, scope) => !parse(text).some((c) => matchesComplex(e, c, scope)),
  is: (e, text, scope) => parse(text).some((c) => matchesComplex(e, c, scope)),
  where: (e, text, scope) => parse(text).some((c) => matchesComplex(e, c, scope)),
  has: (e, text) => parse(text).some((c) => e.descendants().some((d) => matchesComplex(d, c, e))),
};

function takeBrackets(text) {
  let depth = 0;
  let quote = '';
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (char === '\\') i += 1;
    else if (quote) quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '(') depth += 1;
    else if (char === ')' && (depth -= 1) === 0) return text.slice(1, i);
  }
  throw new SyntaxError(`selector: no end of ${text}`);
}

function parseCompound(source) {
  const tests = [];
  let rest = source;
  const name = () => {
    const match = NAME.exec(rest);
    if (!match) throw new SyntaxError(`'${source}' is not a valid selector`);
    rest = rest.slice(match[0].length);
    return unescape(match[0]);
  };
  while (rest && !/^[\s>+~,]/.test(rest)) {
    const attribute = ATTRIBUTE.exec(rest);
    if (attribute) {
      const [whole, key, operator, double, single, bare, flag] = attribute;
      const want = unescape(double ?? single ?? bare ?? '');
      const fold = (s) => (flag && /i/i.test(flag) ? s.toLowerCase() : s);
      tests.push((e) => {
        const have = e.getAttribute(key);
        return have !== null && (!operator || HOW[operator](fold(have), fold(want)));
      });
      rest = rest.slice(whole.length);
    } else if (rest[0] === '*') {
      rest = rest.slice(1);
      tests.push(() => true);
    } else if (rest[0] === '#' || rest[0] === '.') {
      const kind = rest[0];
      rest = rest.slice(1);
      const want = name();
      tests.push(kind === '#' ? (e) => e.id === want : (e) => e.classList.contains(want));
    } else if (rest[0] === ':') {
      rest = rest.slice(1);
      const pseudo = name();
      let text = '';
      if (rest[0] === '(') {
        text = takeBrackets(rest);
        rest = rest.slice(text.length + 2);
      }
      const test = PSEUDO[pseudo];
      if (!test) throw new SyntaxError(`this page knows no :${pseudo}`);
      tests.push((e, scope) => test(e, text, scope));
    } else {
      const want = name();
      tests.push((e) => e.localName === want.toLowerCase() || e.localName === want);
    }
  }
  if (!tests.length) throw new SyntaxError(`'${source}' is not a valid selector`);
  return [(e, scope) => tests.every((test) => test(e, scope)), rest];
}

const cache = new Map();

/** A list of chains; a chain is [test, combinator, test, ...] from left to right. */
export function parse(selector) {
  const text = String(selector).trim();
  if (cache.has(text)) return cache.get(text);
  const list = [];
  let chain = [];
  let rest = text;
  for (;;) {
    let test;
    [test, rest] = parseCompound(rest);
    chain.push(test);
    const combinator = /^\s*([>+~,])\s*|^\s+/.exec(rest);
    if (!rest || rest.trim() === '') {
      list.push(chain);
      break;
    }
    rest = rest.slice(combinator[0].length);
    if (combinator[1] === ',') {
      list.push(chain);
      chain = [];
    } else {
      chain.push(combinator[1] ?? ' ');
    }
  }
  cache.set(text, list);
  return list;
}

function matchesComplex(element, chain, scope, end = chain.length - 1) {
  if (!chain[end](element, scope)) return false;
  if (end === 0) return true;
  const combinator = chain[end - 1];
  const next = (e) => e && matchesComplex(e, chain, scope, end - 2);
  if (combinator === '>') return Boolean(next(element.parentElement));
  if (combinator === '+') return Boolean(next(element.previousElementSibling));
  const step = combinator === '~' ? 'previousElementSibling' : 'parentElement';
  for (let e = element[step]; e; e = e[step]) if (next(e)) return true;
  return false;
}

export function matches(element, selector, scope = element) {
  return parse(selector).some((chain) => matchesComplex(element, chain, scope));
}
