import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep } from '../src/index.mjs';

test('an aborted sleep rejects with the reason', async () => {
  const reason = new Error('enough');
  await assert.rejects(sleep(60_000, { signal: AbortSignal.abort(reason) }), reason);
});
