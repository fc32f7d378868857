/**
 * Calls a condition until it holds.
 *
 * @returns {Promise<unknown>}
 */
export async function waitFor() {
  throw new Error('waitFor is not implemented yet');
}
