test('is never reached', () => {});

missing();
