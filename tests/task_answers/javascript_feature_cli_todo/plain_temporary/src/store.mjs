import path from 'node:path';
import { StoreError } from './errors.mjs';
import { isDate, PRIORITIES } from './fields.mjs';

const VERSION = 1;
const NEW_FILE_MODE = 0o600;

/**
 * @typedef {object} Item
 * @property {number} id
 * @property {string} text
 * @property {'low' | 'normal' | 'high'} priority
 * @property {string | null} due
 * @property {string} created
 * @property {string | null} done
 */

/** The file with the list. Every failure is a StoreError that names the file. */
export class Store {
  /**
   * @param {string} file an absolute path
   * @param {typeof import('node:fs/promises')} fs
   */
  constructor(file, fs) {
    this.file = file;
    this.fs = fs;
  }

  /**
   * Reads the list; one that does not exist is empty.
   *
   * @returns {Promise<{ version: 1, nextId: number, items: Item[] }>}
   */
  async load() {
    let text;
    try {
      text = await this.fs.readFile(this.file, 'utf8');
    } catch (error) {
      if (error.code === 'ENOENT') {
        return { version: VERSION, nextId: 1, items: [] };
      }
      throw this.#failure('read', error);
    }
    let list;
    try {
      list = JSON.parse(text);
    } catch (error) {
      throw new StoreError(`${this.file} is no to-do list: it is not JSON`, { cause: error });
    }
    const complaint = findFault(list);
    if (complaint) {
      throw new StoreError(`${this.file} is no to-do list: ${complaint}`);
    }
    return list;
  }

  /** Replaces the file as a whole: after a failure or a crash it is as it was before. */
  async save(list) {
    try {
      await this.#replace(`${JSON.stringify(list, null, 2)}\n`);
    } catch (error) {
      throw this.#failure('write', error);
    }
  }

  async #replace(text) {
    const { file, mode } = await this.#target();
    const temporary = `${file}.0.tmp`;
    await this.fs.writeFile(temporary, text, { mode });
    await this.fs.chmod(temporary, mode);
    await this.fs.rename(temporary, file);
  }

  /** The file behind all links, and the permissions that it has or is to have. */
  async #target() {
    try {
      const file = await this.fs.realpath(this.file);
      const { mode } = await this.fs.stat(file);
      return { file, mode: mode & 0o777 };
    } catch (error) {
      if (error.code !== 'ENOENT') {
        throw error;
      }
      await this.fs.mkdir(path.dirname(this.file), { recursive: true });
      return { file: this.file, mode: NEW_FILE_MODE };
    }
  }

  #failure(verb, error) {
    const reason = error.code ?? error.message;
    return new StoreError(`cannot ${verb} ${this.file}: ${reason}`, { cause: error });
  }
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isId = (value) => Number.isSafeInteger(value) && value >= 1;

/** Says what is wrong with a list, or nothing. */
function findFault(list) {
  if (!isObject(list)) {
    return 'it is no object';
  }
  if (list.version !== VERSION) {
    return `its version is ${JSON.stringify(list.version)}, not ${VERSION}`;
  }
  if (!Array.isArray(list.items)) {
    return 'its items are no array';
  }
  const odd = list.items.findIndex((item) => !isItem(item));
  if (odd !== -1) {
    return `item ${odd + 1} of ${list.items.length} is malformed`;
  }
  const ids = new Set(list.items.map((item) => item.id));
  if (ids.size !== list.items.length) {
    return 'an id is there twice';
  }
  if (!isId(list.nextId) || list.items.some((item) => item.id >= list.nextId)) {
    return 'its nextId is not greater than every id';
  }
  return undefined;
}

function isItem(item) {
  return (
    isObject(item) &&
    isId(item.id) &&
    typeof item.text === 'string' &&
    item.text !== '' &&
    PRIORITIES.includes(item.priority) &&
    (item.due === null || isDate(item.due)) &&
    typeof item.created === 'string' &&
    (item.done === null || typeof item.done === 'string')
  );
}
