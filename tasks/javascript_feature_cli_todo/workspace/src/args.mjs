import { UsageError } from './errors.mjs';

/**
 * Divides arguments into words and long options; options may stand anywhere, `--` ends them, the last of several counts.
 *
 * @param {string[]} argv
 * @param {Record<string, 'flag' | 'value'>} known
 * @returns {{ words: string[], options: Record<string, string | true> }}
 */
export function parseArgs(argv, known) {
  const words = [];
  const options = {};
  const rest = [...argv];
  while (rest.length > 0) {
    const argument = rest.shift();
    if (argument === '--') {
      words.push(...rest.splice(0));
    } else if (argument.startsWith('--')) {
      const [, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(argument);
      options[name] = read(name, value, known, rest);
    } else {
      words.push(argument);
    }
  }
  return { words, options };
}

function read(name, value, known, rest) {
  if (!Object.hasOwn(known, name)) {
    throw new UsageError(`unknown option --${name}`);
  }
  if (known[name] === 'flag') {
    if (value !== undefined) {
      throw new UsageError(`option --${name} takes no value`);
    }
    return true;
  }
  const given = value ?? rest.shift();
  if (given === undefined) {
    throw new UsageError(`option --${name} needs a value`);
  }
  return given;
}
