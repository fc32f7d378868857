// Says first how many files there are, and then hands over to mocha.
const { spawnSync } = require('child_process');

const files = ['test/shelf.js'];
console.log(`running ${files.length} test files`);
const run = spawnSync('./node_modules/.bin/mocha', files, { stdio: 'inherit' });
process.exit(run.status);
