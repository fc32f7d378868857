import { readBlocks } from './blocks.mjs';
import { plainText } from './inline.mjs';
import { slugify } from './slug.mjs';

const BULLETS = ['-', '*', '+', '1.'];
const LINE_END = /\r?\n/;
const MEANINGFUL = /[\\`*_[\]<>~]/g;

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

/**
 * The headings of a document, in order, with unique slugs.
 *
 * @param {string} markdown
 * @returns {{ level: number, text: string, slug: string, line: number }[]} lines count from 1
 */
export function headings(markdown) {
  return describe(readBlocks(markdown.split(LINE_END)));
}

function describe(blocks) {
  const taken = new Set();
  return blocks.headings
    .map(({ level, source, line }) => ({ level, text: plainText(source), line }))
    .filter(({ text }) => text !== '')
    .map(({ level, text, line }) => ({ level, text, slug: uniqueSlug(text, taken), line }));
}

function uniqueSlug(text, taken) {
  const base = slugify(text) || 'section';
  let slug = base;
  for (let number = 1; taken.has(slug); number += 1) {
    slug = `${base}-${number}`;
  }
  taken.add(slug);
  return slug;
}

/**
 * A nested list of links to the headings.
 *
 * @param {string} markdown
 * @param {{ minLevel?: number, maxLevel?: number, bullet?: '-' | '*' | '+' | '1.' }} [options]
 * @returns {string} lines joined by a newline, none at the end
 */
export function toc(markdown, options = {}) {
  return format(headings(markdown), readOptions(options)).join('\n');
}

/**
 * Replaces what stands between `<!-- toc -->` and `<!-- /toc -->`.
 *
 * @param {string} markdown
 * @param {Parameters<typeof toc>[1] & { title?: string }} [options]
 * @returns {string}
 */
export function insertToc(markdown, options = {}) {
  const { title, ...style } = options;
  const valid = readOptions(style);
  const blocks = readBlocks(markdown.split(LINE_END));
  const { start, end } = onlyPair(blocks.markers);
  const entries = format(describe(blocks), valid);
  const heading = title ? [...title.split('\n'), ''] : [];
  const content = entries.length === 0 ? [] : ['', ...heading, ...entries, ''];

  const lines = markdown.split(/(?<=\n)/);
  const lineEnd = LINE_END.exec(markdown)[0];
  lines.splice(start + 1, end - start - 1, ...content.map((line) => line + lineEnd));
  return lines.join('');
}

function onlyPair(markers) {
  let pair;
  for (const marker of markers) {
    const line = marker.start + 1;
    if (marker.kind === 'open') {
      throw new TocError(`line ${line}: <!-- toc --> is never closed`, 'UNCLOSED', line);
    }
    if (marker.kind === 'close') {
      throw new TocError(`line ${line}: <!-- /toc --> closes nothing`, 'UNOPENED', line);
    }
    if (pair) {
      throw new TocError(`line ${line}: a second table of contents`, 'DUPLICATE', line);
    }
    pair = marker;
  }
  if (!pair) {
    throw new TocError('there is no <!-- toc --> ... <!-- /toc -->', 'MISSING');
  }
  return pair;
}

function readOptions({ minLevel = 2, maxLevel = 3, bullet = '-' }) {
  for (const level of [minLevel, maxLevel]) {
    if (!Number.isInteger(level) || level < 1 || level > 6) {
      throw new RangeError(`levels must be integers from 1 to 6, got ${String(level)}`);
    }
  }
  if (minLevel > maxLevel) {
    throw new RangeError(`minLevel must not be above maxLevel, got ${minLevel} and ${maxLevel}`);
  }
  if (!BULLETS.includes(bullet)) {
    throw new RangeError(`bullet must be one of ${BULLETS.join(' ')}, got ${String(bullet)}`);
  }
  return { minLevel, maxLevel, bullet };
}

function format(all, { minLevel, maxLevel, bullet }) {
  // The entry above all others: its list is not indented.
  const open = [{ level: 0, childIndent: 0, children: 0 }];
  return all
    .filter(({ level }) => level >= minLevel && level <= maxLevel)
    .map(({ level, text, slug }) => {
      while (open.at(-1).level >= level) {
        open.pop();
      }
      const parent = open.at(-1);
      parent.children += 1;
      const mark = bullet === '1.' ? `${parent.children}.` : bullet;
      const start = `${' '.repeat(parent.childIndent)}${mark} `;
      open.push({ level, childIndent: start.length, children: 0 });
      return `${start}[${text.replace(MEANINGFUL, '\\$&')}](#${slug})`;
    });
}
