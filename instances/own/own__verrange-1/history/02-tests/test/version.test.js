'use strict';

const test = require('node:test');
const assert = require('node:assert');
const { compare, parse } = require('..');

test('parse splits a version', () => {
  assert.deepStrictEqual(parse('1.20.3-beta.4+build.5'), { numbers: [1, 20, 3], pre: ['beta', '4'] });
});

test('parse refuses nonsense', () => {
  for (const text of ['', '1', '1.2', 'v1.2.3', '1.2.3-', '1.2.x']) assert.throws(() => parse(text), TypeError);
});

test('compare looks at numbers, not at digits', () => {
  assert.strictEqual(compare('1.9.0', '1.10.0'), -1);
  assert.strictEqual(compare('2.0.0', '1.99.99'), 1);
  assert.strictEqual(compare('1.2.3', '1.2.3'), 0);
});

test('compare ignores build metadata', () => {
  assert.strictEqual(compare('1.2.3+a', '1.2.3+b'), 0);
});

test('compare orders prereleases by their words', () => {
  assert.strictEqual(compare('1.0.0-alpha', '1.0.0-beta'), -1);
  assert.strictEqual(compare('1.0.0-beta', '1.0.0-beta'), 0);
});
