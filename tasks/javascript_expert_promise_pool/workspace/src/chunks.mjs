/**
 * Calls `worker` for each item, `size` at a time, and waits for a chunk before it begins the next.
 *
 * @template T, R
 * @param {readonly T[]} items
 * @param {number} size
 * @param {(item: T) => R | PromiseLike<R>} worker
 * @returns {Promise<R[]>}
 */
export async function inChunks(items, size, worker) {
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`size must be a positive integer, got ${size}`);
  }
  const results = [];
  for (let start = 0; start < items.length; start += size) {
    const chunk = items.slice(start, start + size);
    results.push(...(await Promise.all(chunk.map((item) => worker(item)))));
  }
  return results;
}
