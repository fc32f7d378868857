/**
 * The anchor of a heading's plain text, as the usual forges make it: small letters, blanks as hyphens, and nothing but letters,
 * marks, digits, hyphens and connectors such as `_`. May be empty, and is not unique.
 *
 * @param {string} text
 * @returns {string}
 */
export function slugify(text) {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}
