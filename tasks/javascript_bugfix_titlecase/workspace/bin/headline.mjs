#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { titleCase } from '../src/index.mjs';

const args = process.argv.slice(2);
if (args.length > 0) {
  console.log(titleCase(args.join(' ')));
} else {
  const lines = readFileSync(0, 'utf8').split('\n');
  process.stdout.write(lines.map(titleCase).join('\n'));
}
