import { PRIORITIES } from './fields.mjs';

/** Open items before those done, and each kind in its own order. */
export function compareItems(a, b) {
  if (a.done !== null && b.done !== null) {
    return compareText(b.done, a.done) || a.id - b.id;
  }
  if (a.done !== null || b.done !== null) {
    return a.done === null ? -1 : 1;
  }
  const urgency = PRIORITIES.indexOf(b.priority) - PRIORITIES.indexOf(a.priority);
  return urgency || compareText(a.due ?? '~', b.due ?? '~') || a.id - b.id;
}

function compareText(a, b) {
  return a < b ? -1 : Number(a > b);
}

/** One line for each item; `today` is YYYY-MM-DD. */
export function formatItems(items, today) {
  if (items.length === 0) {
    return 'Nothing to do.\n';
  }
  const width = Math.max(...items.map((item) => `#${item.id}`.length));
  return items.map((item) => formatItem(item, width, today)).join('');
}

function formatItem(item, width, today) {
  const number = `#${item.id}`.padStart(width);
  const box = item.done === null ? '[ ]' : '[x]';
  const priority = item.priority === 'normal' ? '' : ` !${item.priority}`;
  const late = item.done === null && item.due !== null && item.due < today;
  const due = item.due === null ? '' : ` (${late ? 'overdue' : 'due'} ${item.due})`;
  return `${number} ${box} ${item.text}${priority}${due}\n`;
}
