export { slugify } from './slug.mjs';
export { headings, insertToc, toc, TocError } from './toc.mjs';
