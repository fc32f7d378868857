import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inChunks } from '../src/index.mjs';

test('chunks keep the order', async () => {
  assert.deepEqual(await inChunks([1, 2, 3], 2, async (n) => n * 2), [2, 4, 6]);
});
