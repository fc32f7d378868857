/**
 * Milliseconds to wait after the given number of failed attempts: base, base * factor, base * factor ** 2 ... up to max.
 *
 * @param {number} failures from 1
 * @param {{ base?: number, factor?: number, max?: number }} [options]
 */
export function backoffDelay(failures, { base = 100, factor = 2, max = 30_000 } = {}) {
  return Math.min(max, base * factor ** (failures - 1));
}
