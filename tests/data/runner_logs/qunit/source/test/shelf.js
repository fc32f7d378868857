QUnit.module('Core', () => {
  QUnit.module('Shelf', () => {
    QUnit.test('counts free places', (assert) => assert.equal(3 - 1, 2));
    QUnit.test('counts wrongly', (assert) => assert.equal(3 - 1, 1));
    QUnit.test('errs', () => {
      throw new Error('no shelf at all');
    });
    QUnit.test('checks nothing', () => {});
    QUnit.skip('waits for later', (assert) => assert.ok(true));
    QUnit.todo('is to be written', (assert) => assert.ok(false));
    QUnit.todo('is written already', (assert) => assert.ok(true));
    QUnit.test('has # a hash and > and ünïcode', (assert) => assert.ok(true));
    QUnit.test('writes a result line', (assert) => {
      console.log('ok 99 Core > Shelf > ghost');
      assert.ok(true);
    });
  });
  QUnit.module('Lamp', () => {
    QUnit.test('counts wrongly', (assert) => assert.ok(true));
    QUnit.test.each('is', [1, 2], (assert, n) => assert.equal(n, 1));
  });
});
QUnit.test('stands outside of all modules', (assert) => assert.ok(true));
