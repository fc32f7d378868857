test('shines', () => {});
