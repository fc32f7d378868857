import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { openPage } from './dom/page.mjs';

const html = readFileSync(new URL('../index.html', import.meta.url), 'utf8');

const SMALL = { title: 'T', rowLabels: ['r0', 'r1'], columnLabels: ['a', 'b', 'c'], values: [[0, 1, 2], [3, 4, 5]] };

/** A page with a rendering of the data in a container of its own. */
function show(data = SMALL) {
  const window = openPage(html);
  const { document } = window;
  const container = document.createElement('div');
  document.body.append(container);
  const render = (d, into = container) => window.Heatmap.render(into, d);
  render(data);
  const cells = () => container.querySelectorAll('[role="gridcell"]');
  const at = (row, column, into = container) =>
    into.querySelector(`[data-row="${row}"][data-column="${column}"]`);
  const press = (key, more = {}) => {
    const event = new window.Event('keydown', { bubbles: true, cancelable: true, key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...more });
    document.activeElement.dispatchEvent(event);
    return event.defaultPrevented;
  };
  const place = () => {
    const { dataset } = document.activeElement;
    return `${dataset.row},${dataset.column}`;
  };
  const stops = () => cells().filter((e) => e.getAttribute('tabindex') === '0');
  const legend = () => container.querySelectorAll('ul.heatmap-legend > li');
  return { window, document, container, render, cells, at, press, place, stops, legend };
}

const row = (values, more = {}) => ({
  title: 'T', rowLabels: ['r'], columnLabels: values.map((_, i) => `c${i}`), values: [values], ...more,
});
const colors = (cells) => cells.map((e) => e.style.backgroundColor);
const texts = (elements) => elements.map((e) => e.textContent);

describe('page', () => {
  test('says how many rows and columns there are', () => {
    assert.equal(openPage(html).document.getElementById('summary').textContent, '3 rows, 4 columns');
  });

  test('renders its own data', () => {
    const { document } = openPage(html);
    const map = document.getElementById('heatmap');
    assert.equal(map.querySelector('caption').textContent, 'Visitors by day & hour');
    assert.equal(map.querySelectorAll('td[role="gridcell"]').length, 12);
    assert.equal(map.querySelector('[data-row="2"][data-column="3"]').getAttribute('aria-label'), 'Wednesday, 18:00: 19.25 people');
  });
});

describe('table', () => {
  test('has a caption, headers with scope and gridcells', () => {
    const { container } = show();
    const table = container.firstElementChild;
    assert.equal(table.localName, 'table');
    assert.equal(table.className, 'heatmap');
    assert.equal(table.getAttribute('role'), 'grid');
    assert.equal(table.querySelector('caption').textContent, 'T');
    const head = table.querySelectorAll('thead > tr > *');
    assert.deepEqual(head.map((e) => `${e.localName} ${e.getAttribute('scope')} ${e.textContent}`), ['td null ', 'th col a', 'th col b', 'th col c']);
    const rows = table.querySelectorAll('tbody > tr').map((tr) => tr.children.map((e) => e.localName).join(' '));
    assert.deepEqual(rows, ['th td td td', 'th td td td']);
    assert.deepEqual(texts(table.querySelectorAll('tbody th[scope="row"]')), ['r0', 'r1']);
    assert.equal(container.children.length, 2);
  });

  test('cells know their place and say what they are', () => {
    const { at } = show({ ...SMALL, unit: 'km' });
    assert.equal(at(1, 2).textContent, '5');
    assert.equal(at(1, 2).getAttribute('aria-label'), 'r1, c: 5 km');
    assert.equal(show().at(0, 1).getAttribute('aria-label'), 'r0, b: 1');
  });

  test('numbers are written short', () => {
    const { cells } = show(row([3, 2.5, 1 / 3, -1.2, -0, -0.001, 1e21, 1e300, 100, 0.005, 1234567.891]));
    assert.deepEqual(texts(cells()), ['3', '2.5', '0.33', '-1.2', '0', '0', '1e+21', '1e+300', '100', '0.01', '1234567.89']);
  });

  test('what is no finite number is no data', () => {
    const { cells } = show(row([1, null, NaN, Infinity, '5', undefined, true, 2]));
    assert.deepEqual(texts(cells()), ['1', '–', '–', '–', '–', '–', '–', '2']);
    for (const cell of cells().slice(1, 7)) {
      assert.ok(cell.classList.contains('missing'));
      assert.equal(cell.style.backgroundColor + cell.style.color, '');
    }
    assert.equal(cells()[1].getAttribute('aria-label'), 'r, c1: no data');
    assert.ok(!cells()[0].classList.contains('missing'));
  });

  test('rows may be short or lacking', () => {
    const { cells } = show({ ...SMALL, values: [[1]] });
    assert.deepEqual(texts(cells()), ['1', '–', '–', '–', '–', '–']);
  });

  test('labels, title and unit are text', () => {
    const evil = '<img src=x onerror="alert(1)">&amp;"';
    const { container, at } = show({ title: evil, rowLabels: [evil], columnLabels: [7], values: [[1]], unit: evil });
    assert.equal(container.querySelectorAll('img').length, 0);
    assert.equal(container.querySelector('caption').textContent, evil);
    assert.equal(container.querySelector('tbody th').textContent, evil);
    assert.equal(container.querySelector('thead th').textContent, '7');
    assert.equal(at(0, 0).getAttribute('aria-label'), `${evil}, 7: 1 ${evil}`);
  });

  test('nothing to show is said in a status', () => {
    for (const data of [{ ...SMALL, rowLabels: [], values: [] }, { ...SMALL, columnLabels: [], values: [[], []] }]) {
      assert.equal(show(data).container.innerHTML, '<p role="status">No data to show.</p>');
    }
  });

  test('data are not changed', () => {
    const data = { ...SMALL, values: [[3, -0, null], [1]], domain: [0, 4], diverging: true };
    const before = structuredClone(data);
    show(data);
    assert.deepEqual(data, before);
  });
});

describe('errors', () => {
  const refuses = (wrong) => {
    const { container, render } = show();
    const before = container.innerHTML;
    assert.throws(() => render(wrong), { name: 'RangeError' });
    assert.equal(container.innerHTML, before);
  };

  test('too many rows or values', () => {
    refuses({ ...SMALL, values: [[1], [2], [3]] });
    refuses({ ...SMALL, values: [[1], [1, 2, 3, 4]] });
    refuses({ ...SMALL, rowLabels: [] });
  });

  test('a domain that is none', () => {
    for (const domain of [[2, 1], [1], [0, 1, 2], [0, NaN], [-Infinity, 0], ['0', '1'], 5, null]) {
      refuses({ ...SMALL, domain });
    }
  });
});

describe('colours', () => {
  test('are interpolated between three stops', () => {
    const { cells } = show(row([0, 1, 2, 3, 4]));
    assert.deepEqual(colors(cells()), ['rgb(255, 255, 204)', 'rgb(160, 219, 200)', 'rgb(65, 182, 196)', 'rgb(37, 106, 142)', 'rgb(8, 29, 88)']);
  });

  test('a domain sets the ends, and values beyond it are cut', () => {
    const { cells } = show(row([-5, 0, 5, 10, 99], { domain: [0, 10] }));
    assert.deepEqual(colors(cells()), ['rgb(255, 255, 204)', 'rgb(255, 255, 204)', 'rgb(65, 182, 196)', 'rgb(8, 29, 88)', 'rgb(8, 29, 88)']);
  });

  test('a diverging scale has zero in the middle', () => {
    const { cells } = show(row([-4, -1, 0, 2], { diverging: true }));
    assert.deepEqual(colors(cells()), ['rgb(33, 102, 172)', 'rgb(194, 211, 228)', 'rgb(247, 247, 247)', 'rgb(213, 136, 145)']);
    const given = show(row([-8, 8], { diverging: true, domain: [-2, 8] }));
    assert.deepEqual(colors(given.cells()), ['rgb(33, 102, 172)', 'rgb(178, 24, 43)']);
    assert.deepEqual(texts(given.legend()), ['-8', '-4', '0', '4', '8']);
  });

  test('equal values stand in the middle', () => {
    assert.deepEqual(colors(show(row([7, 7])).cells()), ['rgb(65, 182, 196)', 'rgb(65, 182, 196)']);
    assert.deepEqual(colors(show(row([0], { diverging: true })).cells()), ['rgb(247, 247, 247)']);
    assert.deepEqual(colors(show(row([9], { domain: [3, 3] })).cells()), ['rgb(65, 182, 196)']);
  });

  test('the greatest numbers do not break the scale', () => {
    const { MAX_VALUE } = Number;
    const map = show(row([-MAX_VALUE, 0, MAX_VALUE]));
    assert.deepEqual(colors(map.cells()), ['rgb(255, 255, 204)', 'rgb(65, 182, 196)', 'rgb(8, 29, 88)']);
    assert.equal(texts(map.legend())[2], '0');
  });

  test('many values are no problem', () => {
    const { cells } = show(row(Array.from({ length: 300 }, (_, i) => i)));
    assert.equal(cells()[299].style.backgroundColor, 'rgb(8, 29, 88)');
  });

  test('text is black or white by the greater contrast', () => {
    const { cells } = show(row([0, 50, 60, 66, 67, 70, 74, 90, 100], { domain: [0, 100] }));
    const black = Array(5).fill('rgb(0, 0, 0)');
    assert.deepEqual(cells().map((e) => e.style.color), [...black, ...Array(4).fill('rgb(255, 255, 255)')]);
  });
});

describe('legend', () => {
  test('has five values with their colours', () => {
    const { legend } = show(row([0, 1]));
    assert.deepEqual(texts(legend()), ['0', '0.25', '0.5', '0.75', '1']);
    assert.deepEqual(colors(legend()), ['rgb(255, 255, 204)', 'rgb(160, 219, 200)', 'rgb(65, 182, 196)', 'rgb(37, 106, 142)', 'rgb(8, 29, 88)']);
    assert.deepEqual(legend().map((e) => e.style.color), ['rgb(0, 0, 0)', 'rgb(0, 0, 0)', 'rgb(0, 0, 0)', 'rgb(255, 255, 255)', 'rgb(255, 255, 255)']);
  });

  test('has one value when all are equal', () => {
    const { legend } = show(row([4, 4]));
    assert.deepEqual(texts(legend()), ['4']);
    assert.deepEqual(colors(legend()), ['rgb(65, 182, 196)']);
  });

  test('names missing data where there are any', () => {
    const { legend } = show(row([0, null, 4]));
    assert.deepEqual(texts(legend()), ['0', '1', '2', '3', '4', 'no data']);
    assert.ok(legend()[5].classList.contains('missing'));
    assert.ok(!legend()[4].classList.contains('missing'));
  });

  test('has no values when there are none', () => {
    assert.deepEqual(texts(show(row([null, NaN])).legend()), ['no data']);
    assert.deepEqual(texts(show(row([null], { domain: [1, 5] })).legend()), ['1', '2', '3', '4', '5', 'no data']);
  });
});

describe('keyboard', () => {
  test('Tab reaches one cell, at first the one at the top left', () => {
    const { stops, at, cells } = show();
    assert.deepEqual(stops(), [at(0, 0)]);
    assert.deepEqual(cells().map((e) => e.getAttribute('tabindex')), ['0', '-1', '-1', '-1', '-1', '-1']);
  });

  test('arrows move the focus and the tab stop', () => {
    const { press, place, at, stops } = show();
    at(0, 0).focus();
    assert.equal(press('ArrowRight'), true);
    assert.equal(place(), '0,1');
    press('ArrowDown');
    assert.equal(place(), '1,1');
    press('ArrowLeft');
    assert.equal(place(), '1,0');
    press('ArrowUp');
    press('ArrowRight');
    press('ArrowRight');
    assert.equal(place(), '0,2');
    assert.deepEqual(stops(), [at(0, 2)]);
  });

  test('nothing wraps, and edges prevent the default too', () => {
    const { press, place, at } = show();
    at(0, 0).focus();
    assert.equal(press('ArrowUp') && press('ArrowLeft'), true);
    assert.equal(place(), '0,0');
    at(1, 2).focus();
    assert.equal(press('ArrowDown') && press('ArrowRight'), true);
    assert.equal(place(), '1,2');
  });

  test('Home and End, with and without Ctrl', () => {
    const { press, place, at } = show();
    at(1, 1).focus();
    press('End');
    assert.equal(place(), '1,2');
    press('Home');
    assert.equal(place(), '1,0');
    press('Home', { ctrlKey: true });
    assert.equal(place(), '0,0');
    assert.equal(press('End', { ctrlKey: true }), true);
    assert.equal(place(), '1,2');
  });

  test('other keys and modifiers are left alone', () => {
    const { press, place, at } = show();
    at(0, 1).focus();
    for (const [key, more] of [['a'], ['Tab'], ['Enter'], ['toString'], ['ArrowRight', { altKey: true }], ['ArrowRight', { ctrlKey: true }], ['End', { shiftKey: true }], ['Home', { metaKey: true }]]) {
      assert.equal(press(key, more), false, key);
      assert.equal(place(), '0,1');
    }
  });

  test('a click or the focus makes a cell active', () => {
    const { document, at, stops, press, place } = show();
    at(1, 1).click();
    assert.equal(document.activeElement, at(1, 1));
    assert.deepEqual(stops(), [at(1, 1)]);
    at(0, 2).focus();
    assert.deepEqual(stops(), [at(0, 2)]);
    press('ArrowLeft');
    assert.equal(place(), '0,1');
  });
});

describe('rendering again', () => {
  test('keeps the place and the focus', () => {
    const { document, render, at, stops } = show();
    at(1, 1).focus();
    render({ ...SMALL, title: 'New' });
    assert.equal(document.activeElement, at(1, 1));
    assert.deepEqual(stops(), [at(1, 1)]);
  });

  test('takes the nearest place when the table shrinks', () => {
    const { document, render, at, stops } = show();
    at(1, 2).focus();
    render({ ...SMALL, columnLabels: ['a', 'b'], values: [] });
    assert.deepEqual(stops(), [at(1, 1)]);
    render({ ...SMALL, rowLabels: ['r0'], columnLabels: ['a', 'b'], values: [] });
    assert.deepEqual(stops(), [at(0, 1)]);
    assert.equal(document.activeElement, at(0, 1));
  });

  test('does not take the focus from elsewhere', () => {
    const { document, render, at, stops } = show();
    at(0, 1).click();
    const button = document.createElement('button');
    document.body.append(button);
    button.focus();
    render(SMALL);
    assert.equal(document.activeElement, button);
    assert.deepEqual(stops(), [at(0, 1)]);
  });

  test('leaves a key moving by one', () => {
    const { render, at, press, place } = show(row([1, 2, 3, 4, 5]));
    for (let i = 0; i < 3; i += 1) render(row([1, 2, 3, 4, 5]));
    at(0, 0).focus();
    press('ArrowRight');
    assert.equal(place(), '0,1');
  });

  test('with and without data in turn', () => {
    const { render, cells, container, stops } = show();
    render({ ...SMALL, rowLabels: [], values: [] });
    assert.equal(cells().length, 0);
    render(SMALL);
    assert.equal(container.querySelectorAll('table').length, 1);
    assert.equal(stops().length, 1);
  });

  test('containers do not disturb each other', () => {
    const { document, render, at, press, stops } = show();
    const other = document.createElement('div');
    document.body.append(other);
    render(SMALL, other);
    at(0, 1).focus();
    press('ArrowDown');
    assert.deepEqual(stops(), [at(1, 1)]);
    assert.equal(at(0, 0, other).getAttribute('tabindex'), '0');
    render(SMALL, other);
    assert.equal(document.activeElement, at(1, 1));
  });
});
