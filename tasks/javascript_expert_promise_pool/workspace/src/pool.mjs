/**
 * Calls a worker for each item of a source, a few at a time.
 *
 * @returns {Promise<unknown[]>}
 */
export async function runPool() {
  throw new Error('runPool is not implemented yet');
}
