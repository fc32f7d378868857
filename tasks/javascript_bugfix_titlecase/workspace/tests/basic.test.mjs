import assert from 'node:assert/strict';
import { test } from 'node:test';
import { titleCase } from '../src/index.mjs';

test('small words stay small inside of a title', () => {
  assert.equal(titleCase('the lord of the rings'), 'The Lord of the Rings');
});

test('a word after a colon is capitalised', () => {
  assert.equal(titleCase('rings: the return'), 'Rings: The Return');
});
