export { titleCase } from './titlecase.mjs';
export { SMALL_WORDS } from './small-words.mjs';
