describe('shelf', () => {
  it('counts free places', () => {
    expect(3 - 1).toBe(2);
  });

  it('counts wrongly', () => {
    expect(3 - 1).toBe(1);
  });

  it('errs', () => {
    throw new Error('no shelf at all');
  });

  xit('waits for later', () => {});

  it('is pending', () => {
    pending('half built');
  });

  describe('when empty', () => {
    it('says so (loudly)', () => {
      expect(1).withContext('1) not a heading').toBe(2);
    });
  });

  it('writes a failure', () => {
    console.log('\n1) shelf ghost');
  });
});
