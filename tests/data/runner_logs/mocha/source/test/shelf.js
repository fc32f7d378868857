const assert = require('assert');

it('stands outside of all suites', function () {});

describe('shelf', function () {
  it('counts free places', function () {
    assert.strictEqual(3 - 1, 2);
  });

  it('counts wrongly', function () {
    assert.strictEqual(3 - 1, 1);
  });

  it('errs', function () {
    throw new TypeError('no shelf at all');
  });

  it('throws no error', function () {
    throw 'a bare word';
  });

  it.skip('waits for later', function () {});

  it('is to be written');

  it('skips itself', function () {
    this.skip();
  });

  it('takes its time', function (done) {
    setTimeout(done, 120);
  });

  it('has # a hash and (brackets) and ünïcode', function () {});

  describe('when full', function () {
    it('says so', function () {});
    describe('and dark', function () {
      it('says nothing', function () {});
    });
    it('comes after an inner suite', function () {});
  });

  describe('when empty', function () {
    it('says so', function () {
      assert.ok(false, 'not at all');
    });
  });
});

describe('hooks', function () {
  before(function () {
    throw new Error('no hook at all');
  });
  it('is never reached', function () {});
});
