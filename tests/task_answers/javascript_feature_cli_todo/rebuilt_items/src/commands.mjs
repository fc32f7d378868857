import { NotFoundError, UsageError } from './errors.mjs';
import { isDate, PRIORITIES } from './fields.mjs';
import { compareItems, formatItems } from './format.mjs';

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
  add: { options: ['priority', 'due'], run: add },
  list: { options: ['all', 'json', 'priority'], run: list },
  done: { options: [], run: done },
  rm: { options: [], run: remove },
  clear: { options: [], run: clear },
  help: { options: [], run: () => HELP },
};

async function add({ words, options, store, now }) {
  const text = words
    .join(' ')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (text === '') {
    throw new UsageError('add needs a text');
  }
  const { priority = 'normal', due = null } = options;
  checkPriority(priority);
  if (due !== null && !isDate(due)) {
    throw new UsageError(`not a date: '${due}'`);
  }
  const data = await store.load();
  const id = data.nextId;
  data.items.push({ id, text, priority, due, created: now.toISOString(), done: null });
  data.nextId += 1;
  await store.save(data);
  return `Added #${id}: ${text}\n`;
}

async function list({ words, options, store, now }) {
  refuseWords('list', words);
  if (options.priority !== undefined) {
    checkPriority(options.priority);
  }
  const { items } = await store.load();
  const shown = items
    .filter((item) => options.all || item.done === null)
    .filter((item) => options.priority === undefined || item.priority === options.priority)
    .sort(compareItems);
  if (options.json) {
    return `${JSON.stringify(shown, null, 2)}\n`;
  }
  return formatItems(shown, now.toISOString().slice(0, 10));
}

async function done({ words, store, now }) {
  const ids = readIds('done', words);
  const data = await store.load();
  const items = pick(data, ids);
  const lines = items.map(
    ({ id, text, done: since }) => `${since === null ? 'Done' : 'Already done'} #${id}: ${text}\n`,
  );
  const open = items.filter((item) => item.done === null);
  for (const item of open) {
    item.done = now.toISOString();
  }
  if (open.length > 0) {
    await store.save(data);
  }
  return lines.join('');
}

async function remove({ words, store }) {
  const ids = readIds('rm', words);
  const data = await store.load();
  const items = pick(data, ids);
  data.items = data.items.filter((item) => !items.includes(item));
  await store.save(data);
  return items.map(({ id, text }) => `Removed #${id}: ${text}\n`).join('');
}

async function clear({ words, store }) {
  refuseWords('clear', words);
  const data = await store.load();
  const open = data.items.filter((item) => item.done === null);
  const count = data.items.length - open.length;
  if (count > 0) {
    data.items = open;
    await store.save(data);
  }
  return `Removed ${count} done ${count === 1 ? 'item' : 'items'}.\n`;
}

function refuseWords(name, words) {
  if (words.length > 0) {
    throw new UsageError(`${name} takes no words`);
  }
}

function checkPriority(priority) {
  if (!PRIORITIES.includes(priority)) {
    throw new UsageError(`unknown priority '${priority}'; choose low, normal or high`);
  }
}

function readIds(name, words) {
  if (words.length === 0) {
    throw new UsageError(`${name} needs an id`);
  }
  const ids = words.map((word) => {
    if (!/^#?[1-9][0-9]*$/.test(word)) {
      throw new UsageError(`not an id: '${word}'`);
    }
    return Number(word.replace('#', ''));
  });
  return [...new Set(ids)];
}

/** The items with these ids, all of them or none. */
function pick(data, ids) {
  const byId = new Map(data.items.map((item) => [item.id, item]));
  const missing = ids.filter((id) => !byId.has(id)).map((id) => `#${id}`);
  if (missing.length > 0) {
    throw new NotFoundError(`no ${missing.length === 1 ? 'item' : 'items'} ${missing.join(', ')}`);
  }
  return ids.map((id) => byId.get(id));
}
