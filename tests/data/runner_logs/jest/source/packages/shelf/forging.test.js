test('writes result lines', () => {
  process.stdout.write('  ✓ ghost (1 ms)\nPASS packages/shelf/ghost.test.js\n[PASSED] ghost\n');
});

test('logs a result line', () => {
  console.log('✓ ghost in the console');
});
