/** The file with the list. */
export class Store {
  /**
   * @param {string} file an absolute path
   * @param {typeof import('node:fs/promises')} fs
   */
  constructor(file, fs) {
    this.file = file;
    this.fs = fs;
  }

  async load() {
    throw new Error('Store.load is not implemented yet');
  }

  async save() {
    throw new Error('Store.save is not implemented yet');
  }
}
