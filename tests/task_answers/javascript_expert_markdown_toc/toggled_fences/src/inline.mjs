const ESCAPE = /\\([!-/:-@[-`{-~])/y;
const BACKTICKS = /`+/y;
const AUTOLINK = /<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>/y;
const HTML = /<!--.*?-->|<\/?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?\/?>/sy;
const BRACKET = /!?\[/y;
const MARK = /\*+|_+|~+/y;
const ANYTHING = /./suy;

const WORD_BEFORE = /[\p{L}\p{N}]$/u;
const WORD_AFTER = /^[\p{L}\p{N}]/u;

/**
 * The plain text of a heading: markup, tags and targets of links dropped, white space tidied.
 *
 * @param {string} source
 * @returns {string}
 */
export function plainText(source) {
  return untidyText(source).replace(/\s+/g, ' ').trim();
}

function untidyText(source) {
  return pairMarks(tokenize(source));
}

/** Readers of one construct each: `{ text or mark, end }`, or nothing if it is not one after all. */
const READERS = [
  [ESCAPE, (match, end) => ({ text: match[1], end })],
  [BACKTICKS, readCode],
  [AUTOLINK, (match, end) => ({ text: match[1], end })],
  [HTML, (match, end) => ({ text: '', end })],
  [BRACKET, readLink],
  [MARK, readMark],
  [ANYTHING, (match, end) => ({ text: match[0], end })],
];

function tokenize(source) {
  const tokens = [];
  for (let at = 0; at < source.length; at = tokens.at(-1).end) {
    for (const [pattern, read] of READERS) {
      pattern.lastIndex = at;
      const match = pattern.exec(source);
      const token = match && read(match, at + match[0].length, source);
      if (token) {
        tokens.push(token);
        break;
      }
    }
  }
  return tokens;
}

function readCode([ticks], start, source) {
  const close = codeEnd(ticks, start, source);
  if (close === -1) {
    return { text: ticks, end: start };
  }
  const content = source.slice(start, close);
  const padded = content.startsWith(' ') && content.endsWith(' ') && /[^ ]/.test(content);
  return { text: padded ? content.slice(1, -1) : content, end: close + ticks.length };
}

/** Where the closing series of the same length begins, or -1. */
function codeEnd(ticks, start, source) {
  for (const series of source.slice(start).matchAll(/`+/g)) {
    if (series[0].length === ticks.length) {
      return start + series.index;
    }
  }
  return -1;
}

function readLink(match, start, source) {
  const close = balancedEnd(source, start, '[', ']', true);
  if (close === -1) {
    return undefined;
  }
  let end = -1;
  if (source[close + 1] === '(') {
    end = balancedEnd(source, close + 2, '(', ')', false);
  } else if (source[close + 1] === '[') {
    end = source.indexOf(']', close + 2);
  }
  return end === -1 ? undefined : { text: untidyText(source.slice(start, close)), end: end + 1 };
}

/** Where the bracket that was opened before `start` is closed, or -1. */
function balancedEnd(source, start, open, close, skipCode) {
  let depth = 1;
  for (let at = start; at < source.length; at += 1) {
    if (source[at] === '\\') {
      at += 1;
    } else if (source[at] === '`' && skipCode) {
      BACKTICKS.lastIndex = at;
      const [ticks] = BACKTICKS.exec(source);
      const end = codeEnd(ticks, at + ticks.length, source);
      at = (end === -1 ? at : end) + ticks.length - 1;
    } else if (source[at] === open) {
      depth += 1;
    } else if (source[at] === close) {
      depth -= 1;
      if (depth === 0) {
        return at;
      }
    }
  }
  return -1;
}

function readMark([mark], end, source) {
  if (mark[0] === '~' && mark.length !== 2) {
    return { text: mark, end };
  }
  const before = source.slice(0, end - mark.length);
  const after = source.slice(end);
  const inWord = mark[0] === '_' && WORD_BEFORE.test(before) && WORD_AFTER.test(after);
  return {
    mark,
    end,
    opens: !inWord && /^\S/.test(after),
    closes: !inWord && /\S$/.test(before),
  };
}

function pairMarks(tokens) {
  let text = '';
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    const partner = token.opens
      ? tokens.findIndex((other, place) => place > at && other.closes && other.mark === token.mark)
      : -1;
    if (partner === -1) {
      text += token.mark ?? token.text;
    } else {
      text += pairMarks(tokens.slice(at + 1, partner));
      at = partner;
    }
  }
  return text;
}
