import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { parseArgs } from '../src/args.mjs';
import { touched, watchedFs } from './watched-fs.mjs';
import { inWorld, item, NOON, store } from './world.mjs';

const BIN = fileURLToPath(new URL('../bin/todo.mjs', import.meta.url));
const world = (check) => () => inWorld(check);

describe('add', () => {
  it(
    'prints the id and the text',
    world(async (w) => {
      assert.equal(await w.ok('add', 'buy', 'milk'), 'Added #1: buy milk\n');
      assert.equal(await w.ok('add', 'pay rent'), 'Added #2: pay rent\n');
    }),
  );

  it(
    'writes the file in exactly the form described',
    world(async (w) => {
      await w.ok('add', 'buy milk', '--due', '2024-05-01', '--priority=high');
      const expected = `{
  "version": 1,
  "nextId": 2,
  "items": [
    {
      "id": 1,
      "text": "buy milk",
      "priority": "high",
      "due": "2024-05-01",
      "created": "2024-05-10T12:00:00.000Z",
      "done": null
    }
  ]
}
`;
      assert.equal(await w.text(), expected);
    }),
  );

  it(
    'tidies white space and control characters',
    world(async (w) => {
      const out = await w.ok('add', ' \tbuy\n\n', 'oat\u00a0\u001b\u0000milk \u0085');
      assert.equal(out, 'Added #1: buy oat milk\n');
      assert.equal((await w.data()).items[0].text, 'buy oat milk');
    }),
  );

  it(
    'needs a text',
    world(async (w) => {
      assert.deepEqual(await w.bad('add'), [2, 'add needs a text']);
      assert.deepEqual(await w.bad('add', ' ', '\u0007'), [2, 'add needs a text']);
      assert.deepEqual(await w.names(), []);
    }),
  );

  it(
    'knows three priorities',
    world(async (w) => {
      const message = "unknown priority 'urgent'; choose low, normal or high";
      assert.deepEqual(await w.bad('add', 'x', '--priority', 'urgent'), [2, message]);
      assert.equal((await w.bad('add', 'x', '--priority', ''))[0], 2);
      await w.ok('add', 'x', '--priority', 'low');
      await w.ok('add', 'y');
      assert.deepEqual(
        (await w.data()).items.map(({ priority }) => priority),
        ['low', 'normal'],
      );
    }),
  );

  it(
    'takes only real dates',
    world(async (w) => {
      const dates = [
        '2023-02-29',
        '2024-13-01',
        '2024-00-10',
        '2024-04-31',
        '2024-5-1',
        'soon',
        '',
      ];
      for (const date of [...dates, '2024-05-01T00:00:00Z', ' 2024-05-01', '+002024-05-01']) {
        assert.deepEqual(await w.bad('add', 'x', '--due', date), [2, `not a date: '${date}'`]);
      }
      await w.ok('add', 'leap day', '--due', '2024-02-29');
      assert.equal((await w.data()).items[0].due, '2024-02-29');
    }),
  );

  it(
    'never uses an id again',
    world(async (w) => {
      await w.ok('add', 'one');
      await w.ok('add', 'two');
      await w.ok('rm', '2');
      assert.equal(await w.ok('add', 'three'), 'Added #3: three\n');
      await w.ok('rm', '1', '3');
      assert.equal(await w.ok('add', 'four'), 'Added #4: four\n');
    }),
  );

  it(
    'takes words that look like options after two dashes',
    world(async (w) => {
      assert.equal(await w.ok('add', '--', '--due', 'soon'), 'Added #1: --due soon\n');
    }),
  );
});

describe('list', () => {
  const mixed = store(
    item(1, { done: '2024-05-01T08:00:00.000Z', due: '2024-04-02', text: 'call home' }),
    item(2, { priority: 'high', due: '2024-05-31', text: 'pay rent' }),
    item(7, { priority: 'low', text: 'read a book' }),
    item(11, { due: '2024-05-01', text: 'buy milk' }),
  );

  it(
    'prints open items with priority and due date',
    world(async (w) => {
      await w.put(mixed);
      assert.equal(
        await w.ok('list'),
        ' #2 [ ] pay rent !high (due 2024-05-31)\n' +
          '#11 [ ] buy milk (overdue 2024-05-01)\n' +
          ' #7 [ ] read a book !low\n',
      );
    }),
  );

  it(
    'prints those done too when asked for all',
    world(async (w) => {
      await w.put(mixed);
      assert.equal(
        await w.ok('list', '--all'),
        ' #2 [ ] pay rent !high (due 2024-05-31)\n' +
          '#11 [ ] buy milk (overdue 2024-05-01)\n' +
          ' #7 [ ] read a book !low\n' +
          ' #1 [x] call home (due 2024-04-02)\n',
      );
    }),
  );

  it(
    'pads to the longest number that is shown',
    world(async (w) => {
      await w.put(mixed);
      assert.equal(await w.ok('list', '--priority', 'low'), '#7 [ ] read a book !low\n');
    }),
  );

  it(
    'orders open items by priority, due date and id',
    world(async (w) => {
      await w.put(
        store(
          item(1, { priority: 'low', due: '2024-01-01' }),
          item(2),
          item(3, { due: '2024-12-01' }),
          item(12, { due: '2024-06-01' }),
          item(5, { due: '2024-06-01' }),
          item(6, { priority: 'high' }),
          item(4),
        ),
      );
      const shown = JSON.parse(await w.ok('list', '--json'));
      assert.deepEqual(
        shown.map(({ id }) => id),
        [6, 5, 12, 3, 2, 4, 1],
      );
    }),
  );

  it(
    'orders those done by the time, the latest first',
    world(async (w) => {
      await w.put(
        store(
          item(1, { done: '2024-05-01T00:00:00.000Z', priority: 'high' }),
          item(3, { done: '2024-05-02T00:00:00.000Z' }),
          item(2, { done: '2024-05-02T00:00:00.000Z' }),
          item(4, { priority: 'low' }),
          item(5, { done: '2024-05-03T00:00:00.000Z', priority: 'low' }),
        ),
      );
      const shown = JSON.parse(await w.ok('list', '--json', '--all'));
      assert.deepEqual(
        shown.map(({ id }) => id),
        [4, 5, 2, 3, 1],
      );
    }),
  );

  it(
    'calls an open item overdue from the day after, in UTC',
    world(async (w) => {
      const done = '2024-05-01T00:00:00.000Z';
      await w.put(store(item(1, { due: '2024-05-10' }), item(2, { due: '2024-05-09', done })));
      w.now = '2024-05-10T23:59:59.999Z';
      const open = '#1 [ ] item 1 (due 2024-05-10)\n';
      assert.equal(await w.ok('list', '--all'), `${open}#2 [x] item 2 (due 2024-05-09)\n`);
      w.now = '2024-05-11T00:00:00.000Z';
      assert.equal(await w.ok('list'), '#1 [ ] item 1 (overdue 2024-05-10)\n');
    }),
  );

  it(
    'says so when there is nothing',
    world(async (w) => {
      assert.equal(await w.ok('list'), 'Nothing to do.\n');
      assert.equal(await w.ok('list', '--json'), '[]\n');
      await w.put(store(item(1, { done: NOON })));
      assert.equal(await w.ok('list'), 'Nothing to do.\n');
    }),
  );

  it(
    'as JSON gives the items as they are in the file',
    world(async (w) => {
      const items = [item(2, { tags: ['home', { deep: null }] }), item(1, { priority: 'high' })];
      await w.put(store(...items));
      const expected = `${JSON.stringify([items[1], items[0]], null, 2)}\n`;
      assert.equal(await w.ok('list', '--json'), expected);
      assert.equal(await w.ok('list', '--json', '--priority', 'low'), '[]\n');
    }),
  );

  it(
    'refuses words and unknown priorities',
    world(async (w) => {
      await w.put('not JSON at all');
      assert.deepEqual(await w.bad('list', 'all'), [2, 'list takes no words']);
      const message = "unknown priority 'High'; choose low, normal or high";
      assert.deepEqual(await w.bad('list', '--priority', 'High'), [2, message]);
    }),
  );
});

describe('done', () => {
  it(
    'marks items with the time, in the order given',
    world(async (w) => {
      await w.put(store(item(1), item(2), item(3)));
      assert.equal(await w.ok('done', '3', '#1'), 'Done #3: item 3\nDone #1: item 1\n');
      assert.deepEqual(
        (await w.data()).items.map(({ done }) => done),
        [NOON, null, NOON],
      );
    }),
  );

  it(
    'keeps the time of items that are done already',
    world(async (w) => {
      const before = '2024-01-01T00:00:00.000Z';
      await w.put(store(item(1, { done: before }), item(2)));
      assert.equal(await w.ok('done', '1', '2'), 'Already done #1: item 1\nDone #2: item 2\n');
      assert.equal((await w.data()).items[0].done, before);
      assert.equal((await w.data()).items[1].done, NOON);
    }),
  );

  it(
    'counts an id that is given twice once',
    world(async (w) => {
      await w.put(store(item(1), item(2)));
      assert.equal(await w.ok('done', '2', '1', '#2'), 'Done #2: item 2\nDone #1: item 1\n');
    }),
  );

  it(
    'is all or nothing',
    world(async (w) => {
      const content = JSON.stringify(store(item(1)));
      await w.put(content);
      assert.deepEqual(await w.bad('done', '1', '7'), [1, 'no item #7']);
      assert.deepEqual(await w.bad('done', '9', '1', '#7', '9'), [1, 'no items #9, #7']);
      assert.equal(await w.text(), content);
    }),
  );

  it(
    'takes only ids',
    world(async (w) => {
      await w.put('not JSON at all');
      for (const word of ['07', '0', '-1', '1.0', '1e0', 'x', '##1', '', '#', ' 1', '0x1']) {
        assert.deepEqual(await w.bad('done', '1', word), [2, `not an id: '${word}'`]);
      }
      assert.deepEqual(await w.bad('done'), [2, 'done needs an id']);
    }),
  );
});

describe('rm and clear', () => {
  it(
    'rm removes open items and those done',
    world(async (w) => {
      await w.put(store(item(1), item(2, { done: NOON }), item(3)));
      assert.equal(await w.ok('rm', '#2', '1', '2'), 'Removed #2: item 2\nRemoved #1: item 1\n');
      assert.deepEqual(await w.data(), { ...store(item(3)), nextId: 4 });
    }),
  );

  it(
    'rm is all or nothing',
    world(async (w) => {
      const content = JSON.stringify(store(item(1)));
      await w.put(content);
      assert.deepEqual(await w.bad('rm', '1', '2'), [1, 'no item #2']);
      assert.deepEqual(await w.bad('rm'), [2, 'rm needs an id']);
      assert.deepEqual(await w.bad('rm', '2', 'x'), [2, "not an id: 'x'"]);
      assert.equal(await w.text(), content);
    }),
  );

  it(
    'clear removes what is done and counts it',
    world(async (w) => {
      await w.put(store(item(1, { done: NOON }), item(2), item(3, { done: NOON })));
      assert.equal(await w.ok('clear'), 'Removed 2 done items.\n');
      assert.deepEqual(await w.data(), { ...store(item(2)), nextId: 4 });
      await w.ok('done', '2');
      assert.equal(await w.ok('clear'), 'Removed 1 done item.\n');
      assert.equal(await w.ok('clear'), 'Removed 0 done items.\n');
      assert.deepEqual(await w.bad('clear', '2'), [2, 'clear takes no words']);
    }),
  );
});

describe('the file', () => {
  it(
    'is not written when nothing changes',
    world(async (w) => {
      await w.ok('list');
      await w.ok('clear');
      await w.bad('done', '1');
      assert.deepEqual(await w.names(), []);
      const compact = JSON.stringify(store(item(1, { done: NOON })));
      await w.put(compact);
      await w.ok('done', '1');
      await w.ok('list', '--all');
      assert.equal(await w.text(), compact);
      await w.put(JSON.stringify(store(item(1))));
      await w.ok('clear');
      assert.equal(await w.text(), JSON.stringify(store(item(1))));
    }),
  );

  it(
    'keeps keys that belong to others',
    world(async (w) => {
      const before = {
        $schema: 'https://example.com/todo.json',
        ...store(item(1, { tags: ['a'], color: { r: 1 } }), item(2)),
        sync: { cursor: 'xyz', nested: [1, null] },
      };
      await w.put(before);
      await w.ok('done', '1');
      await w.ok('rm', '2');
      await w.ok('add', 'new');
      const after = await w.data();
      assert.deepEqual(after.sync, before.sync);
      assert.equal(after.$schema, before.$schema);
      assert.deepEqual(after.items[0], { ...before.items[0], done: NOON });
      assert.deepEqual(after.items[1], { ...item(3), text: 'new', created: NOON });
    }),
  );

  it(
    'that is not JSON is an error and stays as it is',
    world(async (w) => {
      for (const content of ['', '{"version": 1,', 'hello', '{"version":1}}']) {
        await w.put(content);
        const [status, message] = await w.bad('add', 'x');
        assert.equal(status, 3);
        assert.ok(message.includes(w.file));
        assert.equal(await w.text(), content);
      }
      assert.deepEqual(await w.names(), ['todo.json']);
    }),
  );

  it(
    'of another shape is an error and stays as it is',
    world(async (w) => {
      const good = store(item(1));
      const lists = [
        null,
        [],
        7,
        { ...good, version: 2 },
        { ...good, version: '1' },
        { nextId: 2, items: [] },
        { ...good, items: {} },
        { ...good, items: null },
        { ...good, nextId: 1 },
        { ...good, nextId: '2' },
        { ...good, nextId: 2.5 },
        { ...good, nextId: null },
        { version: 1, nextId: 0, items: [] },
      ];
      for (const list of lists) {
        const content = JSON.stringify(list);
        await w.put(content);
        const [status, message] = await w.bad('add', 'x');
        assert.equal(status, 3, content);
        assert.ok(message.includes(w.file));
        assert.equal(await w.text(), content);
      }
    }),
  );

  it(
    'with a malformed item is an error and stays as it is',
    world(async (w) => {
      const odd = [
        { id: 0 },
        { id: '1' },
        { id: 1.5 },
        { text: '' },
        { text: 7 },
        { priority: 'urgent' },
        { priority: undefined },
        { due: '2024-02-30' },
        { due: 'soon' },
        { due: undefined },
        { created: null },
        { done: true },
        { done: undefined },
      ];
      const lists = odd.map((changes) => ({ version: 1, nextId: 9, items: [item(1, changes)] }));
      lists.push(store(item(1), item(1)), { ...store(), items: [null] });
      for (const list of lists) {
        const content = JSON.stringify(list);
        await w.put(content);
        assert.equal((await w.bad('done', '1'))[0], 3, content);
        assert.equal((await w.bad('list'))[0], 3, content);
        assert.equal(await w.text(), content);
      }
    }),
  );

  it(
    'that cannot be read is an error with its code',
    world(async (w) => {
      await fs.mkdir(w.file);
      const [status, message] = await w.bad('list');
      assert.equal(status, 3);
      assert.ok(message.includes(w.file) && message.includes('EISDIR'), message);
    }),
  );

  it(
    'comes from the option, the environment or the folder',
    world(async (w) => {
      w.env = { TODO_FILE: 'env.json' };
      await w.ok('add', 'one', '--file', w.at('option.json'));
      await w.ok('add', 'two');
      w.env = {};
      await w.ok('--file=sub/../here.json', 'add', 'three');
      assert.deepEqual(await w.names(), ['env.json', 'here.json', 'option.json']);
    }),
  );
});

describe('writing', () => {
  it(
    'goes into a new file that is flushed, closed and renamed',
    world(async (w) => {
      await w.put(store(item(1)));
      const watched = watchedFs();
      w.fs = watched.fs;
      await w.ok('add', 'x');
      const names = watched.names();
      const rename = names.indexOf('rename');
      const flush = names.findIndex((name) => /^handle\.(data)?sync$/.test(name));
      const write = names.findLastIndex((name) => /^handle\.(write|append)/.test(name));
      assert.ok(write !== -1 && write < flush, names.join(' '));
      assert.ok(flush < names.lastIndexOf('handle.close'), names.join(' '));
      assert.ok(names.lastIndexOf('handle.close') < rename, names.join(' '));
      const [from, to] = watched.calls[rename].args;
      assert.equal(to, w.file);
      assert.equal(path.dirname(from), w.folder);
      assert.match(path.basename(from), /^todo\.json\..+\.tmp$/);
      assert.equal(watched.openHandles(), 0);
      assert.equal(touched(watched.calls, w.file), false);
      assert.equal((await w.data()).items.length, 2);
      assert.deepEqual(await w.names(), ['todo.json']);
    }),
  );

  it(
    'creates the new file exclusively',
    world(async (w) => {
      const watched = watchedFs();
      w.fs = watched.fs;
      await w.ok('add', 'x');
      const opened = watched.calls.filter(({ name, file }) => name === 'open' && file !== w.file);
      assert.equal(opened.length, 1);
      const flags = opened[0].args[1];
      const exclusive =
        typeof flags === 'number' ? (flags & fs.constants.O_EXCL) !== 0 : /x/.test(flags);
      assert.ok(exclusive, String(flags));
    }),
  );

  for (const step of ['rename', 'handle.sync', 'handle.close', 'open']) {
    it(
      `leaves all as it was when ${step} fails`,
      world(async (w) => {
        const content = JSON.stringify(store(item(1)));
        await w.put(content);
        const also = step === 'handle.sync' ? { 'handle.datasync': 'EIO' } : {};
        const watched = watchedFs({ [step]: 'EIO', ...also });
        w.fs = watched.fs;
        const [status, message] = await w.bad('add', 'x');
        assert.equal(status, 3);
        assert.ok(message.includes('EIO') && message.includes(w.file), message);
        assert.equal(watched.openHandles(), 0);
        assert.equal(await w.text(), content);
        assert.deepEqual(await w.names(), ['todo.json']);
      }),
    );
  }

  it(
    'leaves all as it was when the disk is full',
    world(async (w) => {
      const content = JSON.stringify(store(item(1)));
      await w.put(content);
      const full = ['write', 'writeFile', 'writev', 'appendFile'].map((n) => [
        `handle.${n}`,
        'ENOSPC',
      ]);
      const watched = watchedFs(Object.fromEntries(full));
      w.fs = watched.fs;
      for (const argv of [
        ['add', 'x'],
        ['done', '1'],
        ['rm', '1'],
      ]) {
        const [status, message] = await w.bad(...argv);
        assert.equal(status, 3);
        assert.ok(message.includes('ENOSPC') && message.includes(w.file), message);
      }
      assert.equal(watched.openHandles(), 0);
      assert.equal(await w.text(), content);
      assert.deepEqual(await w.names(), ['todo.json']);
    }),
  );

  it(
    'tells the first failure even when the clean-up fails',
    world(async (w) => {
      await w.put(store(item(1)));
      w.fs = watchedFs({ rename: 'ENOSPC', rm: 'EPERM', unlink: 'EPERM' }).fs;
      const [status, message] = await w.bad('add', 'x');
      assert.equal(status, 3);
      assert.ok(message.includes('ENOSPC') && !message.includes('EPERM'), message);
    }),
  );

  it(
    'keeps permissions whatever the umask',
    world(async (w) => {
      const before = process.umask(0o077);
      try {
        await w.put(store(item(1)));
        await fs.chmod(w.file, 0o664);
        await w.ok('add', 'x');
        assert.equal((await fs.stat(w.file)).mode & 0o777, 0o664);
      } finally {
        process.umask(before);
      }
    }),
  );

  it(
    'gives a new file to its owner alone',
    world(async (w) => {
      const before = process.umask(0);
      try {
        await w.ok('add', 'x');
        assert.equal((await fs.stat(w.file)).mode & 0o777, 0o600);
      } finally {
        process.umask(before);
      }
    }),
  );

  it(
    'follows a symbolic link and leaves it in place',
    world(async (w) => {
      await fs.mkdir(w.at('real'));
      await w.put(store(item(1)), 'real/list.json');
      await fs.chmod(w.at('real/list.json'), 0o640);
      await fs.symlink('real/list.json', w.file);
      const watched = watchedFs();
      w.fs = watched.fs;
      await w.ok('add', 'x');
      assert.ok((await fs.lstat(w.file)).isSymbolicLink());
      assert.equal((await w.data('real/list.json')).items.length, 2);
      assert.equal((await fs.stat(w.at('real/list.json'))).mode & 0o777, 0o640);
      const [from, to] = watched.calls.find(({ name }) => name === 'rename').args;
      assert.equal(path.dirname(from), w.at('real'));
      assert.equal(to, w.at('real/list.json'));
      assert.deepEqual(await w.names('real'), ['list.json']);
    }),
  );

  it(
    'creates missing folders',
    world(async (w) => {
      w.env = { TODO_FILE: 'a/b/list.json' };
      assert.equal(await w.ok('list'), 'Nothing to do.\n');
      assert.deepEqual(await w.names(), []);
      await w.ok('add', 'x');
      assert.deepEqual(await w.names('a/b'), ['list.json']);
    }),
  );
});

describe('the program', () => {
  it(
    'runs as a command with its exit statuses',
    world(async (w) => {
      const run = (...args) => {
        const env = { ...process.env, TODO_FILE: w.file };
        const done = spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8', env });
        return [done.status, done.stdout, done.stderr];
      };
      assert.deepEqual(run('add', 'buy', 'milk'), [0, 'Added #1: buy milk\n', '']);
      assert.deepEqual(run('list'), [0, '#1 [ ] buy milk\n', '']);
      assert.deepEqual(run('done', '2'), [1, '', 'todo: no item #2\n']);
      assert.deepEqual(run('add'), [2, '', 'todo: add needs a text\n']);
      await w.put('broken');
      const [status, out, err] = run('list');
      assert.deepEqual([status, out], [3, '']);
      assert.ok(err.includes(w.file));
    }),
  );

  it(
    'still has its help',
    world(async (w) => {
      assert.match(await w.ok(), /^Usage: todo/);
      assert.match(await w.ok('help'), /clear\n/);
      assert.deepEqual(await w.bad('help', '--due', 'x'), [
        2,
        'option --due does not belong to help',
      ]);
    }),
  );

  it(
    'still refuses unknown commands and options',
    world(async (w) => {
      assert.deepEqual(await w.bad('toString'), [2, "unknown command 'toString'; try 'todo help'"]);
      assert.deepEqual(await w.bad('list', '--long'), [2, 'unknown option --long']);
      assert.throws(() => parseArgs(['--due'], { due: 'value' }), /option --due needs a value/);
    }),
  );

  it(
    'refuses options of other commands',
    world(async (w) => {
      assert.deepEqual(await w.bad('add', 'x', '--json'), [
        2,
        'option --json does not belong to add',
      ]);
      assert.deepEqual(await w.bad('rm', '1', '--all'), [2, 'option --all does not belong to rm']);
      assert.deepEqual(await w.bad('list', '--due', 'x'), [
        2,
        'option --due does not belong to list',
      ]);
    }),
  );
});
