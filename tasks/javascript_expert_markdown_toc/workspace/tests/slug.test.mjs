import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slugify } from '../src/index.mjs';

test('punctuation leaves no trace', () => {
  assert.equal(slugify('What’s new, in 2.0?'), 'whats-new-in-20');
});
