#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs';
import { insertToc } from '../src/index.mjs';

for (const file of process.argv.slice(2)) {
  const before = readFileSync(file, 'utf8');
  const after = insertToc(before);
  if (after !== before) {
    writeFileSync(file, after);
    console.log(`updated ${file}`);
  }
}
