#!/usr/bin/env node
import * as fs from 'node:fs/promises';
import { main } from '../src/cli.mjs';

process.exitCode = await main(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  env: process.env,
  cwd: process.cwd(),
  now: () => new Date(),
  fs,
});
