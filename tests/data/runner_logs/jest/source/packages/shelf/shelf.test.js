test('counts free places', () => {
  expect(3 - 1).toBe(2);
});

test('counts wrongly', () => {
  expect(3 - 1).toBe(1);
});

test('errs', () => {
  throw new Error('no shelf at all');
});

test.skip('waits for later', () => {});

test.todo('is to be written');

test('takes its time', async () => {
  await new Promise((done) => setTimeout(done, 60));
});

test('takes more than a second', async () => {
  await new Promise((done) => setTimeout(done, 1100));
});

test('has (brackets) and > and ünïcode', () => {});

test('ends like a duration (12 ms)', () => {});

test('has\ntwo lines', () => {});

test.each([[3, 1, 2], [4, 1, 2]])('%i less %i is %i', (a, b, c) => {
  expect(a - b).toBe(c);
});

describe('when full', () => {
  test('says so', () => {});
  describe('and dark', () => {
    test('says nothing', () => {});
  });
});

describe('when empty', () => {
  // The same title as above: the bare title is the id of both.
  test('says so', () => {
    expect(1).toBe(2);
  });
});
