'use strict';

const test = require('node:test');
const assert = require('node:assert');
const { satisfies } = require('..');

function check(range, inside, outside) {
  for (const version of inside) assert.ok(satisfies(version, range), `${version} should satisfy ${range}`);
  for (const version of outside) assert.ok(!satisfies(version, range), `${version} should not satisfy ${range}`);
}

test('plain version means equal', () => check('1.2.3', ['1.2.3'], ['1.2.4']));

test('comparison operators', () => {
  check('>=1.2.0', ['1.2.0', '2.0.0'], ['1.1.9']);
  check('<1.2.0', ['1.1.9'], ['1.2.0']);
});

test('all parts of a group must hold', () => check('>1.0.0 <=1.5.0', ['1.0.1', '1.5.0'], ['1.0.0', '1.5.1']));

test('one of several groups is enough', () => check('1.0.0 || >=2.0.0', ['1.0.0', '2.3.4'], ['1.0.1']));

test('malformed ranges are refused', () => {
  for (const range of ['', '^', '>=x', '1.0.0 ||']) assert.throws(() => satisfies('1.2.3', range), TypeError);
});

test('caret keeps the major number', () => check('^1.2.3', ['1.2.3', '1.9.0'], ['1.2.2', '2.0.0']));

test('tilde keeps the minor number', () => check('~1.2.3', ['1.2.3', '1.2.9'], ['1.3.0', '1.2.2']));
