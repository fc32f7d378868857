import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArgs } from '../src/args.mjs';

test('two dashes end the options', () => {
  assert.deepEqual(parseArgs(['add', '--', '--due'], { due: 'value' }), {
    words: ['add', '--due'],
    options: {},
  });
});
