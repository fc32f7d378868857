import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffDelay } from '../src/index.mjs';

test('the delay doubles up to its maximum', () => {
  assert.deepEqual(
    [1, 2, 3, 4].map((failures) => backoffDelay(failures, { base: 10, max: 50 })),
    [10, 20, 40, 50],
  );
});
