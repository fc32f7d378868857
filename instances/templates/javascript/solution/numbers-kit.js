/** Small helpers for numbers. */

/** Twice the number. */
export function double(number) {
  return 2 * number;
}

/** The number, kept between two bounds. */
export function clamp(number, low, high) {
  if (low > high) throw new RangeError(`low (${low}) is above high (${high})`);
  return Math.max(low, Math.min(number, high));
}
