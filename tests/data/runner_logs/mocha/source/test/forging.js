describe('forging', function () {
  it('writes result lines', function () {
    console.log('ok 99 ghost\n    ✔ ghost\n    1) failed ghost');
  });
});
