describe('shelf', () => {
  it('counts free places', () => {
    expect(3 - 1).to.equal(2);
  });

  it('counts wrongly', () => {
    expect(3 - 1).to.equal(1);
  });

  it('errs', () => {
    throw new Error('no shelf at all');
  });

  it.skip('waits for later', () => {});

  it('has <brackets>, (brackets) and ünïcode', () => {});

  describe('when full', () => {
    it('says so', () => {});

    describe('and dark', () => {
      it('says nothing', () => {});
    });

    it('comes after an inner suite', () => {});
  });

  describe('when empty', () => {
    it('says so', () => {
      expect(1).to.equal(2);
    });
  });
});

describe('lamp', () => {
  it('shines', () => {});

  it('writes a result line', () => {
    console.log('\n    ✔ ghost\n    x FAILED\n');
  });

  describe('when broken', () => {
    it('is dark', () => {});
  });
});

describe('last', () => {
  it('stands at the end', () => {});
});
