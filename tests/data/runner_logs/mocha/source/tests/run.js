const assert = require('assert');

describe('shelf', function () {
  it('counts free places', function () {});

  it('counts wrongly', function () {
    assert.strictEqual(3 - 1, 1);
  });

  it.skip('waits for later', function () {});

  it('has "quotes" and \\ in it', function () {});

  it('says { and }', function () {});
});
