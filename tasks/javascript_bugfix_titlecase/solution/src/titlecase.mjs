import { SMALL_WORDS } from './small-words.mjs';

const IS_WORD = /[\p{L}\p{N}]/u;
const HAS_SMALL_LETTER = /\p{Ll}/u;
const CAPITAL_INSIDE = /\p{L}.*\p{Lu}/u;
const FIRST_LETTER = /^([^\p{L}\p{N}]*)(\p{L})/u;
const PUNCTUATION_AROUND = /^[^\p{L}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu;

/**
 * Writes a headline in title case; the README has the rules.
 *
 * @param {string} title
 * @returns {string}
 */
export function titleCase(title) {
  const source = HAS_SMALL_LETTER.test(title) ? title : title.toLowerCase();
  // The group keeps the white space in the list, at the odd places.
  const pieces = source.split(/(\s+)/);
  const words = [...pieces.keys()].filter((place) => IS_WORD.test(pieces[place]));
  for (const [number, place] of words.entries()) {
    const previous = number > 0 ? pieces[words[number - 1]] : '';
    pieces[place] = convertWord(pieces[place], {
      opens: number === 0 || previous.endsWith(':'),
      closes: number === words.length - 1,
    });
  }
  return pieces.join('');
}

function convertWord(word, { opens, closes }) {
  if (CAPITAL_INSIDE.test(word)) {
    return word;
  }
  const parts = word.split('-');
  return parts
    .map((part, number) => {
      const prominent = (opens && number === 0) || (closes && number === parts.length - 1);
      return !prominent && isSmall(part) ? part.toLowerCase() : capitalize(part);
    })
    .join('-');
}

function isSmall(part) {
  return SMALL_WORDS.has(part.toLowerCase().replace(PUNCTUATION_AROUND, ''));
}

function capitalize(part) {
  return part
    .toLowerCase()
    .replace(FIRST_LETTER, (_, before, letter) => before + letter.toUpperCase());
}
