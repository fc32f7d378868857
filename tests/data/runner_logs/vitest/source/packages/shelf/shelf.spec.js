import { describe, expect, test } from 'vitest';

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

test.fails('fails as known', () => {
  expect(1).toBe(2);
});

test('takes its time', async () => {
  await new Promise((done) => setTimeout(done, 350));
});

test('retries and passes', { retry: 2 }, ({ task }) => {
  expect(task.result?.retryCount ?? 0).toBe(1);
});

test('has (brackets) and > and ünïcode', () => {});

test('waits 5 s', () => {});

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
  test('says so', () => {
    expect(1).toBe(2);
  });
});
