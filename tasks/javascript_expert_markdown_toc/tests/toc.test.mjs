import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { headings, insertToc, slugify, toc, TocError } from '../src/index.mjs';

const doc = (...lines) => lines.join('\n');
const brief = (markdown) => headings(markdown).map(({ level, text }) => `${level} ${text}`);
const found = (lines, expected) => assert.deepEqual(brief(doc(...lines)), expected);
const textOf = (source) => headings(`# ${source}`)[0]?.text;

function texts(table) {
  for (const [source, expected] of table) {
    assert.equal(textOf(source), expected, source);
  }
}

const slugs = (...names) => headings(names.map((n) => `# ${n}`).join('\n')).map((h) => h.slug);
const all = { minLevel: 1, maxLevel: 6 };
const levels = (...given) => given.map((level, n) => `${'#'.repeat(level)} h${n}`).join('\n');
const shape = (markdown, options) =>
  toc(markdown, { ...all, ...options })
    .split('\n')
    .map((line) => line.replace(/\[(.*?)\].*/, '$1'));

describe('ATX headings', () => {
  it('have level, text, slug and line', () => {
    assert.deepEqual(headings('# One\n\ntext\n## Two words\n'), [
      { level: 1, text: 'One', slug: 'one', line: 1 },
      { level: 2, text: 'Two words', slug: 'two-words', line: 4 },
    ]);
    assert.deepEqual(headings(''), []);
  });

  it('need one to six signs and a blank', () => {
    found(
      ['###### six', '####### seven', '#no', '#\ttab', '\\# escaped', '# #no'],
      ['6 six', '1 tab', '1 #no'],
    );
  });

  it('lose their closing signs', () => {
    found(
      ['## Text ##', '# C#', '# A # \t', '# B ##########', '# x # y', '# n \\#', '# ##'],
      ['2 Text', '1 C#', '1 A', '1 B', '1 x # y', '1 n #'],
    );
  });

  it('may be indented by three, not by four', () => {
    found(['   # three', '', '    # four', '', '\t# tab', '', '  \t# mixed'], ['1 three']);
  });

  it('interrupt a paragraph and a list item', () => {
    found(
      ['text', '# one', '- item', '# two', '> quote', '# three'],
      ['1 one', '1 two', '1 three'],
    );
  });
});

describe('setext headings', () => {
  it('have two levels', () => {
    const source = doc('One', '===', '', 'Two', '-', 'Three', '   ----  ');
    assert.deepEqual(brief(source), ['1 One', '2 Two', '2 Three']);
    assert.deepEqual(
      headings(source).map(({ line }) => line),
      [1, 4, 6],
    );
  });

  it('take the whole paragraph', () => {
    const source = doc('', '  First line  ', 'second *line', '       third* line', '===');
    assert.deepEqual(headings(source), [
      {
        level: 1,
        text: 'First line second line third line',
        slug: 'first-line-second-line-third-line',
        line: 2,
      },
    ]);
  });

  it('need a paragraph directly before', () => {
    found(
      ['text', '', '---', '===', '', '# x', '---', '    code', '---', '', '==', 'y', '=='],
      ['1 x', '1 == y'],
    );
  });

  it('need an underline of one kind without gaps', () => {
    found(
      ['a', '- - -', 'b', '=-=', 'c', '    ---', 'd', '--- x', '=='],
      ['1 b =-= c --- d --- x'],
    );
  });

  it('are not made of quotes and list items', () => {
    found(
      ['- item', '---', '> quote', '---', '1. item', 'lazy', '===', '', '* x', '', 'yes', '---'],
      ['2 yes'],
    );
  });

  it('may hold a number that begins no list', () => {
    found(
      ['The year was', '1986. A great year', '---', 'then', '1. item', '---'],
      ['2 The year was 1986. A great year'],
    );
    found(['text', '*', '===', '', 'more', '2)', '==='], ['1 text *', '1 more 2)']);
  });

  it('leave thematic breaks alone', () => {
    found(['a', '***', 'b', '___', 'c', '* * *', '==='], []);
    found(['***', 'a', '==='], ['1 a']);
  });
});

describe('what hides headings', () => {
  it('fences of both kinds', () => {
    found(
      ['```js', '# no', '```', '# yes', '~~~ ~~~', '# no', '~~~', '# also', '``', '# even'],
      ['1 yes', '1 also', '1 even'],
    );
  });

  it('fences end only with the same and enough of it', () => {
    found(['````', '```', '# no', '~~~~', '````x', '    ````', '   ````` ', '# yes'], ['1 yes']);
    found(['~~~', '# no', '```', '~~', '~~~ x', '# no'], []);
  });

  it('fences interrupt a paragraph and are no part of one', () => {
    found(['text', '```', 'x', '```', '---', 'y', '---'], ['2 y']);
  });

  it('backtick fences have no backticks after them', () => {
    found(['``` a`b', '# yes', '```'], ['1 yes']);
    found(['~~~ a`b', '# no', '~~~', '# yes'], ['1 yes']);
  });

  it('fences that are indented by four are none', () => {
    found(['    ```', '# yes', '    ```', 'text', '    ```', '# too'], ['1 yes', '1 too']);
  });

  it('comments', () => {
    found(
      ['<!-- one line --> rest', '# yes', 'text', '<!-- more', '# no', '--> # no', '# too'],
      ['1 yes', '1 too'],
    );
    found(['text', '<!-- x -->', '---', '# yes', '<!-- open', '# no'], ['1 yes']);
    found(['<!-- ```', '-->', '# yes', '```', '<!--', '```', '# too'], ['1 yes', '1 too']);
  });

  it('front matter', () => {
    found(['---', 'title: x', '# no', '---', '# yes'], ['1 yes']);
    found(['--- ', 'title: x', '...', 'yes', '---'], ['2 yes']);
    found(['---', 'yes', '=='], ['1 yes']);
    found(['', '---', 'title', '---'], ['2 title']);
  });

  it('nothing of a byte order mark', () => {
    found(['\uFEFF# yes'], ['1 yes']);
    found(['\uFEFF---', 'a: b', '---', '# yes'], ['1 yes']);
  });

  it('nothing of other line ends', () => {
    const source = '# A\r\n\r\nB\r\n---\r\n```\r\n# no\r\n```\r\n## C ##\r\n';
    assert.deepEqual(brief(source), ['1 A', '2 B', '2 C']);
  });
});

describe('text', () => {
  it('emphasis is dropped', () => {
    texts([
      ['*a* **b** ***c*** _d_ __e__ ~~f~~', 'a b c d e f'],
      ['**bold *nested* text**', 'bold nested text'],
      ['un*frigging*believable', 'unfriggingbelievable'],
    ]);
  });

  it('marks without a partner stay', () => {
    texts([
      ['2 * 3 * 4', '2 * 3 * 4'],
      ['a* b *c', 'a* b *c'],
      ['**a* b', '**a* b'],
      ['~a~ ~~~b~~~ ~~c', '~a~ ~~~b~~~ ~~c'],
      ['*a _b* c_', 'a _b c_'],
    ]);
  });

  it('underscores inside of words stay', () => {
    texts([
      ['snake_case_name', 'snake_case_name'],
      ['_snake_case_', 'snake_case'],
      ['été_à_é and __init__', 'été_à_é and init'],
      ['_a_, (_b_)', 'a, (b)'],
    ]);
  });

  it('code spans are taken as they are', () => {
    texts([
      ['`a*b*_c_\\*`', 'a*b*_c_\\*'],
      ['``a`b`` and `` ` ``', 'a`b and `'],
      ['*a `*` b*', 'a * b'],
      ['`unclosed *a*', '`unclosed a'],
      ['``a` *b*', '``a` b'],
      ['`<b>` `[x](y)`', '<b> [x](y)'],
    ]);
  });

  it('backslashes take the meaning away', () => {
    texts([
      ['\\*a\\* \\_b\\_ \\`c\\`', '*a* _b_ `c`'],
      ['\\[a](b) \\<b> \\\\', '[a](b) <b> \\'],
      ['C:\\dir \\é', 'C:\\dir \\é'],
    ]);
  });

  it('links and images give their text', () => {
    texts([
      ['[a *b*](http://x.y) c', 'a b c'],
      ['[a][ref] ![alt](x.png) ![pic][p]', 'a alt pic'],
      ['[](x)a[b]()', 'ab'],
      ['[a](u_(v)_w) z', 'a z'],
      ['[a [b] c](u)', 'a [b] c'],
      ['[![alt](i.png)](u) x', 'alt x'],
      ['[a `]` b](u) [a \\] b](u\\)v)', 'a ] b a ] b'],
    ]);
  });

  it('other brackets stay', () => {
    texts([
      ['[x] done', '[x] done'],
      ['[a](b', '[a](b'],
      ['[a] (b) !c ![', '[a] (b) !c !['],
      ['[[a](b)', '[a'],
    ]);
  });

  it('a link has a level of its own', () => {
    texts([
      ['*a [b* c](u)', '*a b* c'],
      ['*[a](u_)*_', 'a_'],
    ]);
  });

  it('tags are dropped and addresses stay', () => {
    texts([
      ['<b>a</b> <br/>b<a href="x_y_">c</a>', 'a bc'],
      ['<https://x.y/a_b_c> <mailto:a@b.c>', 'https://x.y/a_b_c mailto:a@b.c'],
      ['a <!-- *b* --> c', 'a c'],
      ['a < b > c <3 <a', 'a < b > c <3 <a'],
      ['*a <i title="*">b*', 'a b'],
    ]);
  });

  it('white space is tidied and entities stay', () => {
    texts([
      ['a \t  b\u00a0 c', 'a b c'],
      ['a &amp; b', 'a &amp; b'],
    ]);
  });

  it('empty headings do not count', () => {
    found(['#', '# <br>', '# ![](x)', '#  ##', '## x'], ['2 x']);
    assert.deepEqual(slugs('!!!', '<i></i>', '???'), ['section', 'section-1']);
  });
});

describe('slugs', () => {
  it('follow the plain text', () => {
    assert.deepEqual(slugs('*Hello*, `World`!', 'Été & 日本', '[A_b](c)'), [
      'hello-world',
      'été--日本',
      'a_b',
    ]);
  });

  it('are unique', () => {
    assert.deepEqual(slugs('A', 'a', 'A!', 'b'), ['a', 'a-1', 'a-2', 'b']);
  });

  it('are unique among numbered ones too', () => {
    assert.deepEqual(slugs('A', 'A 1', 'A', 'A 1', 'A'), ['a', 'a-1', 'a-2', 'a-1-1', 'a-3']);
    assert.deepEqual(slugs('A', 'A', 'A 1'), ['a', 'a-1', 'a-1-1']);
  });

  it('may be names that every object has', () => {
    assert.deepEqual(slugs('constructor', 'constructor', '\\_\\_proto\\_\\_'), [
      'constructor',
      'constructor-1',
      '__proto__',
    ]);
  });

  it('count headings that the table leaves out', () => {
    assert.equal(toc('# A\n## A\n#### A\n### A'), '- [A](#a-1)\n  - [A](#a-3)');
  });

  it('slugify is as before', () => {
    assert.equal(slugify('What’s new, in 2.0?'), 'whats-new-in-20');
    assert.equal(slugify('!'), '');
  });
});

describe('toc', () => {
  it('shows levels two and three unless told otherwise', () => {
    assert.equal(toc(levels(1, 2, 3, 4, 2)), '- [h1](#h1)\n  - [h2](#h2)\n- [h4](#h4)');
    assert.equal(toc('# only one'), '');
    assert.deepEqual(shape(levels(1, 2, 3, 4), { minLevel: 3, maxLevel: 3 }), ['- h2']);
  });

  it('makes no gap for levels left out', () => {
    assert.deepEqual(shape(levels(2, 4, 3, 6, 2)), [
      '- h0',
      '  - h1',
      '  - h2',
      '    - h3',
      '- h4',
    ]);
  });

  it('may begin deep', () => {
    assert.deepEqual(shape(levels(4, 3, 4, 1, 5, 2)), [
      '- h0',
      '- h1',
      '  - h2',
      '- h3',
      '  - h4',
      '  - h5',
    ]);
  });

  it('takes other bullets', () => {
    assert.deepEqual(shape(levels(1, 2), { bullet: '*' }), ['* h0', '  * h1']);
    assert.deepEqual(shape(levels(1, 2), { bullet: '+' }), ['+ h0', '  + h1']);
  });

  it('counts the entries of each list', () => {
    assert.deepEqual(shape(levels(1, 2, 2, 1, 2), { bullet: '1.' }), [
      '1. h0',
      '   1. h1',
      '   2. h2',
      '2. h3',
      '   1. h4',
    ]);
  });

  it('indents below wide numbers', () => {
    const lines = shape(levels(...Array(9).fill(1), 1, 2, 3, 1), { bullet: '1.' });
    assert.deepEqual(lines.slice(8), ['9. h8', '10. h9', '    1. h10', '       1. h11', '11. h12']);
  });

  it('escapes the text', () => {
    const source = '## `a*b_c` \\[x\\] \\\\ <\\~> $& `` ` ``';
    assert.equal(toc(source), '- [a\\*b\\_c \\[x\\] \\\\ \\<\\~\\> $& \\`](#ab_c-x----)');
  });

  it('gives texts that read back as they were', () => {
    const odd = ['`*a*`', '\\_b\\_', '1 < 2', '`[x](y)`', '`\\`', '``a`b``', '\\~~c~~', '`<b>`'];
    for (const source of odd) {
      const [, escaped] = /^- \[(.*)\]\(#.*\)$/.exec(toc(`## ${source}`));
      assert.equal(textOf(escaped), textOf(source));
    }
  });

  it('refuses wrong options', () => {
    const wrong = [{ minLevel: 0 }, { maxLevel: 7 }, { minLevel: 1.5 }, { minLevel: '2' }];
    const more = [{ minLevel: 4, maxLevel: 2 }, { minLevel: 4 }, { bullet: '1)' }, { bullet: '' }];
    for (const options of [...wrong, { maxLevel: NaN }, ...more]) {
      assert.throws(() => toc('# x', options), RangeError);
      assert.throws(() => insertToc('no markers', options), RangeError);
    }
  });
});

describe('insertToc', () => {
  const rest = doc('## A', '### B', '');
  const table = doc('', '- [A](#a)', '  - [B](#b)', '');

  it('puts the table between the markers', () => {
    const source = doc('intro', '<!-- toc -->', '<!-- /toc -->', rest);
    assert.equal(insertToc(source), doc('intro', '<!-- toc -->', table, '<!-- /toc -->', rest));
  });

  it('replaces what was there, and twice changes nothing', () => {
    const source = doc('<!-- toc -->', 'old', '# Old', '```', '<!-- /toc -->', rest);
    const once = insertToc(source);
    assert.equal(once, doc('<!-- toc -->', table, '<!-- /toc -->', rest));
    assert.equal(insertToc(once), once);
  });

  it('knows markers in every writing and keeps them', () => {
    const source = doc('  <!--TOC-->\t', 'x', '   x', ' <!--  /Toc\t-->  ', rest);
    assert.equal(insertToc(source), doc('  <!--TOC-->\t', table, ' <!--  /Toc\t-->  ', rest));
  });

  it('puts a title before the table, which is no heading of the document', () => {
    const source = doc('<!-- toc -->', '<!-- /toc -->', '## Contents', '## A');
    const once = insertToc(source, { title: '## Contents\nof all', bullet: '*' });
    const start = ['<!-- toc -->', '', '## Contents', 'of all', ''];
    const links = ['* [Contents](#contents)', '* [A](#a)', '', '<!-- /toc -->'];
    assert.equal(once, doc(...start, ...links, '## Contents', '## A'));
    assert.equal(insertToc(once, { title: '## Contents\nof all', bullet: '*' }), once);
    assert.deepEqual(brief(once), ['2 Contents', '2 A']);
  });

  it('leaves nothing when there are no entries', () => {
    const source = doc('<!-- toc -->', '', 'old', '<!-- /toc -->', '# Title');
    const expected = doc('<!-- toc -->', '<!-- /toc -->', '# Title');
    assert.equal(insertToc(source, { title: 'Contents' }), expected);
  });

  it('keeps the rest to the byte', () => {
    const before = '\uFEFFx  \n\n\n\ty\r\n';
    const after = '\n## $& `$1`\n\n\n  ';
    const source = `${before}<!-- toc -->\n<!-- /toc -->${after}`;
    const expected = `${before}<!-- toc -->\n\n- [$& $1](#-1)\n\n<!-- /toc -->${after}`;
    assert.equal(insertToc(source), expected);
    assert.equal(
      insertToc('## A\n<!--toc-->\n<!--/toc-->'),
      '## A\n<!--toc-->\n\n- [A](#a)\n\n<!--/toc-->',
    );
  });

  it('ends new lines like the first line', () => {
    const source = '# T\r\n<!-- toc -->\r\n<!-- /toc -->\r\n## A\r\n## B';
    const expected =
      '# T\r\n<!-- toc -->\r\n\r\nIn short\r\n:\r\n\r\n- [A](#a)\r\n- [B](#b)\r\n\r\n<!-- /toc -->\r\n## A\r\n## B';
    assert.equal(insertToc(source, { title: 'In short\n:' }), expected);
    assert.equal(insertToc(expected, { title: 'In short\n:' }), expected);
  });

  it('sees no markers in code and comments', () => {
    const fence = ['```', '<!-- toc -->', '<!-- /toc -->', '```'];
    const comment = ['<!--', '<!-- toc -->', '    <!-- toc -->', '- <!-- toc -->'];
    const source = doc(
      ...fence,
      ...comment,
      '',
      '<!-- toc --> x',
      '<!-- toc -->',
      '<!-- /toc -->',
      rest,
    );
    const expected = doc(
      ...fence,
      ...comment,
      '',
      '<!-- toc --> x',
      '<!-- toc -->',
      table,
      '<!-- /toc -->',
      rest,
    );
    assert.equal(insertToc(source), expected);
  });

  it('complains about markers that are missing or alone', () => {
    const table = [
      [['# A'], 'MISSING', undefined],
      [[''], 'MISSING', undefined],
      [['x', '<!-- toc -->', '# A'], 'UNCLOSED', 2],
      [['# A', '', '<!-- /toc -->'], 'UNOPENED', 3],
      [['<!-- /toc -->', '<!-- toc -->'], 'UNOPENED', 1],
      [['<!-- toc -->', '<!-- /toc -->', '<!-- /toc -->'], 'UNOPENED', 3],
      [['<!-- toc -->', '<!-- /toc -->', '', '<!-- toc -->', '<!-- /toc -->'], 'DUPLICATE', 4],
      [['<!-- toc -->', '<!-- /toc -->', '<!-- toc -->'], 'UNCLOSED', 3],
      [['```', '<!-- toc -->', '<!-- /toc -->'], 'MISSING', undefined],
    ];
    for (const [lines, code, line] of table) {
      assert.throws(
        () => insertToc(doc(...lines)),
        (error) => {
          assert.ok(error instanceof TocError, String(error));
          assert.deepEqual([error.code, error.line], [code, line]);
          return true;
        },
      );
    }
  });

  it('a lone marker hides nothing from headings', () => {
    found(['<!-- toc -->', '# yes', 'x', '<!-- /TOC', '---'], ['1 yes']);
    found(['a', '<!-- /toc -->', '---', '<!-- toc -->', '# yes'], ['1 yes']);
    found(['<!-- toc -->', '# no', '<!-- toc -->', '    <!-- /toc -->', '# yes'], ['1 yes']);
  });

  it('serves the command', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'toc-'));
    try {
      const file = path.join(folder, 'a.md');
      writeFileSync(file, doc('<!-- toc -->', '<!-- /toc -->', rest));
      const bin = fileURLToPath(new URL('../bin/docnav-toc.mjs', import.meta.url));
      const run = () => spawnSync(process.execPath, [bin, file], { encoding: 'utf8' }).stdout;
      assert.equal(run(), `updated ${file}\n`);
      assert.equal(run(), '');
      assert.equal(readFileSync(file, 'utf8'), doc('<!-- toc -->', table, '<!-- /toc -->', rest));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
