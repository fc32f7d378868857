const reporter = process.env.REPORTER || 'mocha';

module.exports = (config) =>
  config.set({
    frameworks: ['mocha', 'chai'],
    files: ['test/*.js'],
    reporters: [reporter],
    mochaReporter: { showDiff: true, symbols: JSON.parse(process.env.SYMBOLS || 'null') || undefined },
    browsers: [process.env.BROWSER || 'Bare'],
    customLaunchers: {
      Bare: { base: 'ChromeHeadless', flags: ['--no-sandbox'] },
      Windowed: { base: 'Chrome', flags: ['--no-sandbox'] },
    },
    colors: false,
    singleRun: true,
    autoWatch: false,
    client: { captureConsole: true },
  });
