/** A document whose markers cannot be used. */
export class TocError extends Error {
  /**
   * @param {string} message
   * @param {'MISSING' | 'UNCLOSED' | 'UNOPENED' | 'DUPLICATE'} code
   * @param {number} [line] of the marker, counted from 1
   */
  constructor(message, code, line) {
    super(message);
    this.name = 'TocError';
    this.code = code;
    this.line = line;
  }
}

export function headings() {
  throw new Error('headings is not implemented yet');
}

export function toc() {
  throw new Error('toc is not implemented yet');
}

export function insertToc() {
  throw new Error('insertToc is not implemented yet');
}
