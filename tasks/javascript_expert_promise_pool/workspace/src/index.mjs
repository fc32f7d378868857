export { inChunks } from './chunks.mjs';
export { runPool } from './pool.mjs';
