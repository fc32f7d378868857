'use strict';

const { compare, parse } = require('./version');

const PART = /^(\^|~|>=|<=|>|<|=)?(.+)$/;

const OPERATORS = {
  '=': (version, bound) => compare(version, bound) === 0,
  '>': (version, bound) => compare(version, bound) > 0,
  '<': (version, bound) => compare(version, bound) < 0,
  '>=': (version, bound) => compare(version, bound) >= 0,
  '<=': (version, bound) => compare(version, bound) <= 0,
  '^': (version, bound) => between(version, bound, caretEnd(bound)),
  '~': (version, bound) => between(version, bound, [bound.numbers[0], bound.numbers[1] + 1, 0]),
};

function between(version, start, end) {
  return compare(version, start) >= 0 && compare(version, { numbers: end, pre: [] }) < 0;
}

function caretEnd(bound) {
  return [bound.numbers[0] + 1, 0, 0];
}

/** Tells whether a version lies in a range. Throws TypeError where either is malformed. */
function satisfies(text, range) {
  const version = parse(text);
  return range.split('||').some((group) => group.trim().split(/\s+/).every((part) => holds(version, part)));
}

function holds(version, part) {
  const match = PART.exec(part);
  if (!match) throw new TypeError('empty range');
  const [, operator = '=', bound] = match;
  return OPERATORS[operator](version, parse(bound));
}

module.exports = { satisfies };
