/** From the least to the most urgent. */
export const PRIORITIES = ['low', 'normal', 'high'];

/** Is this a day of the calendar, written YYYY-MM-DD? */
export function isDate(value) {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) {
    return false;
  }
  const date = new Date(`${value}T00:00:00.000Z`);
  // Date turns 30 February into 1 March: only a real day comes back as it was.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}
