'use strict';

const PATTERN = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Returns {numbers: [major, minor, patch], pre: [identifiers]}; throws TypeError where text is no version. */
function parse(text) {
  const match = PATTERN.exec(text);
  if (!match) throw new TypeError(`not a version: ${text}`);
  return {
    numbers: match.slice(1, 4).map(Number),
    pre: match[4] === undefined ? [] : match[4].split('.'),
  };
}

/** Returns -1, 0 or 1. Build metadata does not count. */
function compare(left, right) {
  const a = typeof left === 'string' ? parse(left) : left;
  const b = typeof right === 'string' ? parse(right) : right;
  for (let i = 0; i < 3; i++) {
    if (a.numbers[i] !== b.numbers[i]) return a.numbers[i] < b.numbers[i] ? -1 : 1;
  }
  return comparePre(a.pre, b.pre);
}

function comparePre(a, b) {
  const left = a.join('.');
  const right = b.join('.');
  return left === right ? 0 : left < right ? -1 : 1;
}

module.exports = { compare, parse };
