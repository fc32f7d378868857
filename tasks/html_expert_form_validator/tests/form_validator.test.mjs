import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { openPage } from './dom/page.mjs';

const html = readFileSync(new URL('../index.html', import.meta.url), 'utf8');

/** The page with the given forms put in front of its own. */
function open(markup = '') {
  const window = openPage(html);
  const { document } = window;
  document.body.insertAdjacentHTML('afterbegin', markup);
  const fire = (element, type, init = {}) =>
    element.dispatchEvent(new window.Event(type, { bubbles: true, cancelable: true, ...init }));
  const byName = (name) => document.querySelectorAll('input, select, textarea').find((e) => e.name === name);
  const input = (name, value) => {
    byName(name).value = value;
    fire(byName(name), 'input');
  };
  const leave = (name) => fire(byName(name), 'focusout');
  const errors = () => document.querySelectorAll('.field-error').map((e) => e.textContent);
  return { window, document, fire, byName, input, leave, errors };
}

/** A page with one form of these fields, attached. */
function form(fields) {
  const page = open(`<form id="t">${fields}</form>`);
  page.form = page.document.getElementById('t');
  page.validator = page.window.FormValidator.attach(page.form);
  page.submit = () => page.fire(page.form, 'submit');
  page.status = () => page.form.querySelector('[role="status"]').textContent;
  return page;
}

const plain = (problems) => JSON.parse(JSON.stringify(problems));

/** The message of a single field with these attributes and this value, or undefined. */
function messageOf(attributes, value) {
  const page = form(`<label for="f">Field</label><input type="text" id="f" name="f" ${attributes}>`);
  page.byName('f').value = value;
  return page.validator.check()[0]?.message;
}

describe('page', () => {
  test('counts the characters of the about field', () => {
    const { document, input } = open();
    input('about', 'h\u{1f600}!');
    assert.equal(document.getElementById('about-count').textContent, '3 of 200');
  });

  test('shows and hides the password', () => {
    const { document } = open();
    document.getElementById('show-password').click();
    assert.equal(document.getElementById('password').type, 'text');
    document.getElementById('show-password').click();
    assert.equal(document.getElementById('password').type, 'password');
  });

  test('its own form is attached and refuses an empty submission', () => {
    const { document, fire, errors } = open();
    const signup = document.getElementById('signup');
    assert.equal(fire(signup, 'submit'), false);
    assert.deepEqual(errors(), [
      'User name is required.',
      '“” is no email address.',
      'Password is required.',
      'Password again is required.',
      'Contact me by is required.',
      'Consent to the terms is required.',
    ]);
    assert.equal(document.getElementById('form-status').textContent, '6 problems found.');
    assert.equal(document.activeElement.id, 'user');
    assert.equal(signup.noValidate, true);
  });

  test('its own form lets a good submission through', () => {
    const { document, fire, byName, errors } = open();
    for (const [name, value] of Object.entries({
      user: ' ann_1 ', email: 'ann@example.org', password: 'long enough', repeat: 'long enough', phone: '+49 30 1',
    })) byName(name).value = value;
    document.getElementById('by-phone').checked = true;
    document.getElementById('terms').checked = true;
    assert.equal(fire(document.getElementById('signup'), 'submit'), true);
    assert.deepEqual(errors(), []);
    assert.equal(document.getElementById('form-status').textContent, '');
  });
});

describe('rules', () => {
  test('required wants more than white space', () => {
    assert.equal(messageOf('data-required', ' \t '), 'Field is required.');
    assert.equal(messageOf('data-required', ' x '), undefined);
  });

  test('an empty value breaks no other rule', () => {
    assert.equal(
      messageOf('data-type="email" data-min-length="3" data-pattern="x" data-min="1"', '  '),
      undefined,
    );
  });

  test('email addresses', () => {
    for (const good of ['a@b.c', 'a.b+c@d-e.f.org', ' a@b.c ']) {
      assert.equal(messageOf('data-type="email"', good), undefined, good);
    }
    for (const bad of ['a', '@b.c', 'a@', 'a@b', 'a@b.', 'a@.c', 'a@b..c', 'a@b@c.d', 'a b@c.d', 'a@b.c d']) {
      assert.equal(messageOf('data-type="email"', bad), 'Field must be an email address.', bad);
    }
  });

  test('numbers', () => {
    for (const good of ['0', '-1', '+2.50', '007']) assert.equal(messageOf('data-type="number"', good), undefined);
    for (const bad of ['x', '1e3', '.5', '5.', '1,5', '0x10', '--1', 'Infinity', '1 2']) {
      assert.equal(messageOf('data-type="number"', bad), 'Field must be a number.', bad);
    }
  });

  test('dates exist in the calendar', () => {
    for (const good of ['2024-02-29', '1999-12-31', '2000-02-29']) {
      assert.equal(messageOf('data-type="date"', good), undefined, good);
    }
    for (const bad of ['2023-02-29', '2023-04-31', '1900-02-29', '2023-13-01', '2023-00-10', '23-01-01', '2023-1-1', '2023-01-01T00:00']) {
      assert.equal(messageOf('data-type="date"', bad), 'Field must be a date (YYYY-MM-DD).', bad);
    }
  });

  test('lengths count code points of the trimmed value', () => {
    const rule = 'data-min-length="2" data-max-length="3"';
    assert.equal(messageOf(rule, ' a '), 'Field must have at least 2 characters.');
    assert.equal(messageOf(rule, '\u{1f600}'), 'Field must have at least 2 characters.');
    assert.equal(messageOf(rule, '\u{1f600}\u{1f600}\u{1f600}'), undefined);
    assert.equal(messageOf(rule, 'abcd'), 'Field must have at most 3 characters.');
    assert.equal(messageOf(rule, '  abc  '), undefined);
  });

  test('a pattern is for the whole value, alternatives included', () => {
    assert.equal(messageOf('data-pattern="cat|dog"', 'dog'), undefined);
    assert.equal(messageOf('data-pattern="cat|dog"', 'cats'), 'Field does not have the right form.');
    assert.equal(messageOf('data-pattern="cat|dog"', 'hotdog'), 'Field does not have the right form.');
    assert.equal(messageOf('data-pattern="^.$"', '\u{1f600}'), undefined);
  });

  test('least and greatest numbers', () => {
    const rule = 'data-type="number" data-min="2" data-max="10"';
    assert.equal(messageOf(rule, '1.99'), 'Field must be at least 2.');
    assert.equal(messageOf(rule, '2'), undefined);
    assert.equal(messageOf(rule, '9'), undefined);
    assert.equal(messageOf(rule, '10.1'), 'Field must be at most 10.');
    assert.equal(messageOf('data-type="number" data-min="0"', '-1'), 'Field must be at least 0.');
  });

  test('least and greatest dates', () => {
    const rule = 'data-type="date" data-min="2024-01-31" data-max="2024-03-01"';
    assert.equal(messageOf(rule, '2024-01-30'), 'Field must be at least 2024-01-31.');
    assert.equal(messageOf(rule, '2024-01-31'), undefined);
    assert.equal(messageOf(rule, '2024-03-02'), 'Field must be at most 2024-03-01.');
  });

  test('the first broken rule of the table speaks', () => {
    const rule = 'data-pattern="[0-9]+" data-min-length="4" data-type="email"';
    assert.equal(messageOf(rule, 'x'), 'Field must be an email address.');
    assert.equal(messageOf('data-pattern="[0-9]+" data-min-length="4"', 'x'), 'Field must have at least 4 characters.');
  });

  test('an own message replaces every message and fills in once', () => {
    const rule = 'data-required data-type="email" data-message="{label}: {value}? {value} {other}"';
    assert.equal(messageOf(rule, "$& {label} $'"), "Field: $& {label} $'? $& {label} $' {other}");
    assert.equal(messageOf(rule, ''), 'Field: ?  {other}');
  });
});

describe('labels', () => {
  test('data-label, then the label element, then the name', () => {
    const page = form(`
      <label for="a">First\n   name </label><input type="text" id="a" name="a" data-required>
      <label for="b">B</label><input type="text" id="b" name="b" data-required data-label="Own">
      <input type="text" id="c" name="c" data-required>`);
    assert.deepEqual(plain(page.validator.check()), [
      { name: 'a', message: 'First name is required.' },
      { name: 'b', message: 'Own is required.' },
      { name: 'c', message: 'c is required.' },
    ]);
  });
});

const DATES = `
  <input type="text" id="from" name="from" data-type="date" data-label="Begin">
  <input type="text" id="to" name="to" data-type="date" data-after="from" data-label="End">`;
const PASSWORDS = `
  <label for="p">Password</label><input type="password" id="p" name="p" data-required>
  <label for="q">Again</label><input type="password" id="q" name="q" data-match="p">`;

describe('rules between fields', () => {
  test('match compares with the other field', () => {
    const page = form(PASSWORDS);
    page.byName('p').value = 'one';
    page.byName('q').value = 'two';
    assert.equal(page.validator.check()[0].message, 'Again must match Password.');
    page.byName('q').value = 'one';
    assert.equal(page.validator.check().length, 0);
  });

  test('after wants a later date and leaves bad dates to their own rule', () => {
    const page = form(DATES);
    const check = (from, to) => {
      page.byName('from').value = from;
      page.byName('to').value = to;
      return plain(page.validator.check()).map((p) => p.message);
    };
    assert.deepEqual(check('2024-05-05', '2024-05-05'), ['End must be after Begin.']);
    assert.deepEqual(check('2024-05-05', '2024-05-04'), ['End must be after Begin.']);
    assert.deepEqual(check('2024-05-05', '2024-05-06'), []);
    assert.deepEqual(check('', '2024-05-06'), []);
    assert.deepEqual(check('2024-99-99', '2024-05-06'), ['Begin must be a date (YYYY-MM-DD).']);
  });

  test('required-if follows text, check boxes and radio buttons', () => {
    const page = form(`
      <input type="text" id="k" name="k" >
      <input type="checkbox" id="c" name="c" value="yes">
      <input type="radio" name="r" value="1"><input type="radio" id="r2" name="r" value="2">
      <input type="text" name="a" data-required-if="k=x=y">
      <input type="text" name="b" data-required-if="c=yes">
      <input type="text" name="d" data-required-if="r=2">`);
    const names = () => page.validator.check().map((p) => p.name).join('');
    assert.equal(names(), '');
    page.byName('k').value = ' x=y ';
    assert.equal(names(), 'a');
    page.byName('c').checked = true;
    page.document.getElementById('r2').checked = true;
    assert.equal(names(), 'abd');
  });

  test('a field is checked again when the one it refers to changes', () => {
    const page = form(PASSWORDS);
    page.input('p', 'one');
    page.input('q', 'one');
    page.leave('q');
    assert.deepEqual(page.errors(), []);
    page.input('p', 'other');
    assert.deepEqual(page.errors(), ['Again must match Password.']);
    page.input('p', 'one');
    assert.deepEqual(page.errors(), []);
  });

  test('a field that was never checked stays quiet when the other one changes', () => {
    const page = form(PASSWORDS);
    page.byName('q').value = 'x';
    page.input('p', 'one');
    page.leave('p');
    assert.deepEqual(page.errors(), []);
  });

  test('wrong references and patterns are errors when attaching', () => {
    const { window, document } = open(`
      <form id="a"><input name="lost" data-match="nobody"></form>
      <form id="b"><input name="odd" data-pattern="(x"></form>
      <form id="c"><input name="when" data-required-if="gone=1"></form>`);
    const attach = (id) => () => window.FormValidator.attach(document.getElementById(id));
    const says = (name) => (error) => error.name === 'Error' && error.message.includes(name);
    assert.throws(attach('a'), says('lost'));
    assert.throws(attach('b'), says('odd'));
    assert.throws(attach('c'), says('when'));
  });
});

const TWO = `
  <label for="a">A</label><input type="text" id="a" name="a" aria-describedby="h1 h2" data-required>
  <label for="b">B</label><input type="text" id="b" name="b" data-min-length="3">`;

describe('events', () => {
  test('submit counts, prevents and moves the focus to the first broken field', () => {
    const page = form(TWO);
    page.byName('a').value = 'fine';
    page.byName('b').value = 'x';
    assert.equal(page.submit(), false);
    assert.equal(page.status(), '1 problem found.');
    assert.equal(page.document.activeElement.id, 'b');
    page.byName('a').value = '';
    assert.equal(page.submit(), false);
    assert.equal(page.status(), '2 problems found.');
    assert.equal(page.document.activeElement.id, 'a');
    page.byName('a').value = 'x';
    page.byName('b').value = 'xyz';
    assert.equal(page.submit(), true);
    assert.equal(page.status(), '');
    assert.deepEqual(page.errors(), []);
  });

  test('check shows errors without focus and status', () => {
    const page = form(TWO);
    assert.deepEqual(plain(page.validator.check()), [{ name: 'a', message: 'A is required.' }]);
    assert.deepEqual(page.errors(), ['A is required.']);
    assert.equal(page.status(), '');
    assert.equal(page.document.activeElement, page.document.body);
  });

  test('leaving a field checks it alone', () => {
    const page = form(TWO);
    page.byName('b').value = 'x';
    page.leave('b');
    assert.deepEqual(page.errors(), ['B must have at least 3 characters.']);
    page.leave('a');
    assert.equal(page.errors().length, 2);
  });

  test('typing brings no error up but takes it away', () => {
    const page = form(TWO);
    page.input('b', 'x');
    assert.deepEqual(page.errors(), []);
    page.leave('b');
    page.input('b', 'xy');
    assert.deepEqual(page.errors(), ['B must have at least 3 characters.']);
    page.input('b', 'xyz');
    assert.deepEqual(page.errors(), []);
    page.input('b', 'x');
    assert.deepEqual(page.errors(), []);
  });

  test('reset forgets everything', () => {
    const page = form(PASSWORDS);
    page.byName('q').value = 'x';
    page.submit();
    page.form.reset();
    assert.deepEqual(page.errors(), []);
    assert.equal(page.status(), '');
    assert.equal(page.form.querySelectorAll('[aria-invalid]').length, 0);
    page.byName('q').value = 'x';
    page.input('p', 'one');
    assert.deepEqual(page.errors(), []);
  });

  test('attaching twice gives the same object and doubles nothing', () => {
    const page = form(TWO);
    assert.equal(page.window.FormValidator.attach(page.form), page.validator);
    page.submit();
    assert.equal(page.errors().length, 1);
    assert.equal(page.form.querySelectorAll('[role="status"]').length, 1);
  });

  test('disabled fields do not count, fields that come later do', () => {
    const page = form(`
      <fieldset disabled id="set"><input type="text" name="a" data-required></fieldset>
      <input type="text" name="b" data-required disabled>`);
    assert.equal(page.submit(), true);
    page.document.getElementById('set').removeAttribute('disabled');
    page.form.insertAdjacentHTML('afterbegin', '<input type="text" name="c" data-required>');
    assert.deepEqual(plain(page.validator.check()).map((p) => p.name), ['c', 'a']);
    page.byName('c').value = 'x';
    page.leave('c');
    assert.deepEqual(page.errors(), ['a is required.']);
  });
});

const RADIOS = `
  <fieldset id="set"><legend> Size </legend>
  <input type="radio" id="s" name="size" value="s" data-required aria-describedby="tip"><label for="s">S</label>
  <input type="radio" id="m" name="size" value="m"><label for="m">M</label><p>tail</p></fieldset>`;

describe('accessibility', () => {
  test('a broken field is marked and described, and restored', () => {
    const page = form(TWO);
    page.submit();
    const a = page.byName('a');
    assert.equal(a.getAttribute('aria-invalid'), 'true');
    assert.equal(a.getAttribute('aria-describedby'), 'h1 h2 a-error');
    assert.equal(a.nextElementSibling.id, 'a-error');
    assert.equal(a.nextElementSibling.localName, 'p');
    assert.equal(a.nextElementSibling.className, 'field-error');
    page.submit();
    assert.equal(a.getAttribute('aria-describedby'), 'h1 h2 a-error');
    page.input('a', 'x');
    assert.equal(a.hasAttribute('aria-invalid'), false);
    assert.equal(a.getAttribute('aria-describedby'), 'h1 h2');
    assert.equal(page.document.getElementById('a-error'), null);
  });

  test('no empty attribute remains', () => {
    const page = form('<input type="text" id="x" name="x" data-required>');
    page.submit();
    assert.equal(page.byName('x').getAttribute('aria-describedby'), 'x-error');
    page.input('x', '1');
    assert.equal(page.byName('x').hasAttribute('aria-describedby'), false);
  });

  test('radio buttons are one field', () => {
    const page = form(RADIOS);
    assert.equal(page.submit(), false);
    const [s, m] = ['s', 'm'].map((id) => page.document.getElementById(id));
    const error = page.document.getElementById('set').lastElementChild;
    assert.equal(error.textContent, 'Size is required.');
    assert.equal(error.id, 's-error');
    assert.equal(s.getAttribute('aria-describedby'), 'tip s-error');
    assert.equal(m.getAttribute('aria-describedby'), 's-error');
    assert.deepEqual([s, m].map((e) => e.getAttribute('aria-invalid')), ['true', 'true']);
    assert.equal(page.document.activeElement, s);
    m.checked = true;
    page.fire(m, 'change');
    assert.deepEqual(page.errors(), []);
    assert.equal(m.hasAttribute('aria-invalid') || m.hasAttribute('aria-describedby'), false);
    assert.equal(s.getAttribute('aria-describedby'), 'tip');
  });

  test('choices are checked on change, not when they are left', () => {
    const page = form(`${RADIOS}<input type="checkbox" id="c" name="c" data-required>
      <select id="o" name="o" data-required><option value="">-</option><option value="1">1</option></select>`);
    page.leave('size');
    page.leave('c');
    assert.deepEqual(page.errors(), []);
    page.fire(page.byName('c'), 'change');
    page.fire(page.byName('o'), 'change');
    assert.deepEqual(page.errors(), ['c is required.', 'o is required.']);
    page.byName('o').value = '1';
    page.fire(page.byName('o'), 'change');
    assert.deepEqual(page.errors(), ['c is required.']);
  });

  test('ids of errors are unique', () => {
    const page = form(`
      <input type="text" name="a" data-required><input type="text" name="b" data-required>
      <input type="text" id="x" name="x" data-required><span id="x-error">taken</span>`);
    page.submit();
    const ids = page.document.querySelectorAll('[id]').map((e) => e.id);
    assert.equal(new Set(ids).size, ids.length);
    for (const name of ['a', 'b', 'x']) {
      const field = page.byName(name);
      assert.ok(field.nextElementSibling.id);
      assert.equal(field.getAttribute('aria-describedby'), field.nextElementSibling.id);
      assert.equal(field.nextElementSibling.textContent, `${name} is required.`);
    }
    assert.equal(page.document.getElementById('x-error').textContent, 'taken');
  });

  test('a status is made where there is none, and found where there is one', () => {
    const page = form('<input type="text" name="a" data-required>');
    const made = page.form.lastElementChild;
    assert.deepEqual([made.localName, made.getAttribute('role'), made.getAttribute('aria-live')], ['p', 'status', 'polite']);
    const other = form('<div role="status"></div><input type="text" name="a" data-required>');
    other.submit();
    assert.equal(other.form.querySelectorAll('[role="status"]').length, 1);
    assert.equal(other.form.firstElementChild.textContent, '1 problem found.');
  });
});

describe('safety', () => {
  test('what users type and labels say is text, not markup', () => {
    const page = form(`<input type="text" id="f" name="f" data-type="email" data-message="{label} {value}"
      data-label="&lt;i&gt;L&lt;/i&gt; &amp;amp;">`);
    page.byName('f').value = '<img src=x onerror=alert(1)>&lt;';
    page.submit();
    assert.deepEqual(page.errors(), ['<i>L</i> &amp; <img src=x onerror=alert(1)>&lt;']);
    assert.equal(page.document.querySelectorAll('.field-error *').length, 0);
  });

  test('names and ids with quotes and brackets', () => {
    const page = form(`<label for='i"]'>Odd</label><input type="text" id='i"]' name='n"] x' data-required>
      <input type="text" name="list[0]" data-match='n"] x' data-label="List">`);
    assert.equal(page.submit(), false);
    assert.deepEqual(page.errors(), ['Odd is required.']);
    page.input('n"] x', 'v');
    page.byName('list[0]').value = 'w';
    page.leave('list[0]');
    assert.deepEqual(page.errors(), ['List must match Odd.']);
  });

  test('several forms with the same names do not disturb each other', () => {
    const { window, document, fire } = open(`
      <form id="one"><input type="text" name="a" data-required><input type="radio" name="r" data-required></form>
      <form id="two"><input type="text" name="a" data-required><input type="radio" name="r" data-required></form>`);
    const [one, two] = ['one', 'two'].map((id) => document.getElementById(id));
    window.FormValidator.attach(one);
    window.FormValidator.attach(two);
    fire(one, 'submit');
    assert.equal(one.querySelectorAll('.field-error').length, 2);
    assert.equal(two.querySelectorAll('.field-error, [aria-invalid]').length, 0);
    assert.equal(two.querySelector('[role="status"]').textContent, '');
    one.reset();
    assert.equal(one.querySelectorAll('.field-error').length, 0);
    fire(two, 'submit');
    assert.equal(two.querySelectorAll('.field-error').length, 2);
  });
});
