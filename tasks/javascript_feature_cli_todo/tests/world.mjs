import * as realFs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { main } from '../src/cli.mjs';

export const NOON = '2024-05-10T12:00:00.000Z';

/** A folder of its own for one test, and the program running in it. */
export async function inWorld(check) {
  const folder = await realFs.realpath(await realFs.mkdtemp(path.join(os.tmpdir(), 'todo-')));
  try {
    await check(new World(folder));
  } finally {
    await realFs.rm(folder, { recursive: true, force: true });
  }
}

class World {
  now = NOON;
  fs = realFs;
  env = {};

  constructor(folder) {
    this.folder = folder;
    this.file = path.join(folder, 'todo.json');
  }

  /** Runs `todo` in the folder: its exit status, what it printed, and what it complained about. */
  async run(...argv) {
    const result = { status: undefined, out: '', err: '' };
    result.status = await main(argv, {
      stdout: (text) => (result.out += text),
      stderr: (text) => (result.err += text),
      env: this.env,
      cwd: this.folder,
      now: () => new Date(this.now),
      fs: this.fs,
    });
    return result;
  }

  /** Output of a run that must be good. */
  async ok(...argv) {
    const { status, out, err } = await this.run(...argv);
    if (status !== 0 || err !== '') {
      throw new Error(`todo ${argv.join(' ')}: status ${status}, ${err}`);
    }
    return out;
  }

  /** Status and message of a run that must fail without output. */
  async bad(...argv) {
    const { status, out, err } = await this.run(...argv);
    if (out !== '' || !/^todo: [^\n]+\n$/.test(err)) {
      throw new Error(`todo ${argv.join(' ')}: printed ${JSON.stringify({ status, out, err })}`);
    }
    return [status, err.slice('todo: '.length, -1)];
  }

  at(name) {
    return path.join(this.folder, name);
  }

  text(name = 'todo.json') {
    return realFs.readFile(this.at(name), 'utf8');
  }

  async data(name) {
    return JSON.parse(await this.text(name));
  }

  put(content, name = 'todo.json') {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    return realFs.writeFile(this.at(name), text);
  }

  async names(name = '.') {
    return (await realFs.readdir(this.at(name))).sort();
  }
}

/** An item as the file has it. */
export function item(id, changes = {}) {
  const created = '2024-04-01T00:00:00.000Z';
  return { id, text: `item ${id}`, priority: 'normal', due: null, created, done: null, ...changes };
}

/** A file's content with these items. */
export function store(...items) {
  return { version: 1, nextId: Math.max(0, ...items.map(({ id }) => id)) + 1, items };
}
