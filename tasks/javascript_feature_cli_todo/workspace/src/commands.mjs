const HELP = `Usage: todo [--file PATH] COMMAND

  add TEXT... [--priority low|normal|high] [--due YYYY-MM-DD]
  list [--all] [--json] [--priority low|normal|high]
  done ID...
  rm ID...
  clear
  help
`;

/**
 * @typedef {object} Call
 * @property {string[]} words the arguments after the command's name
 * @property {Record<string, string | true>} options only such as the command allows
 * @property {import('./store.mjs').Store} store
 * @property {Date} now
 */

/**
 * @typedef {object} Command
 * @property {string[]} options the long options that it allows, beside --file
 * @property {(call: Call) => string | Promise<string>} run gives what is printed
 */

/** @type {Record<string, Command>} */
export const COMMANDS = {
  help: { options: [], run: () => HELP },
};
