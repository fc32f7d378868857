import path from 'node:path';
import { parseArgs } from './args.mjs';
import { COMMANDS } from './commands.mjs';
import { TodoError, UsageError } from './errors.mjs';
import { Store } from './store.mjs';

const OPTIONS = {
  file: 'value',
  priority: 'value',
  due: 'value',
  all: 'flag',
  json: 'flag',
};

/**
 * @typedef {object} Io what the program sees of the world
 * @property {(text: string) => void} stdout
 * @property {(text: string) => void} stderr
 * @property {Record<string, string | undefined>} env
 * @property {string} cwd an absolute path
 * @property {() => Date} now
 * @property {typeof import('node:fs/promises')} fs
 */

/**
 * Runs one command.
 *
 * @param {string[]} argv the arguments without node and the script
 * @param {Io} io
 * @returns {Promise<number>} exit status: 0 good, 1 no such item, 2 wrong usage, 3 trouble with the file
 */
export async function main(argv, io) {
  try {
    const { words, options } = parseArgs(argv, OPTIONS);
    const [name = 'help', ...rest] = words;
    if (!Object.hasOwn(COMMANDS, name)) {
      throw new UsageError(`unknown command '${name}'; try 'todo help'`);
    }
    const command = COMMANDS[name];
    for (const option of Object.keys(options)) {
      if (option !== 'file' && !command.options.includes(option)) {
        throw new UsageError(`option --${option} does not belong to ${name}`);
      }
    }
    const file = path.resolve(io.cwd, options.file || io.env.TODO_FILE || 'todo.json');
    const store = new Store(file, io.fs);
    io.stdout(await command.run({ words: rest, options, store, now: io.now() }));
    return 0;
  } catch (error) {
    if (error instanceof TodoError) {
      io.stderr(`todo: ${error.message}\n`);
      return error.status;
    }
    throw error;
  }
}
