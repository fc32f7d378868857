import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { SMALL_WORDS, titleCase } from '../src/index.mjs';

const COMMAND = fileURLToPath(new URL('../bin/headline.mjs', import.meta.url));

function gives(table) {
  for (const [title, expected] of table) {
    assert.equal(titleCase(title), expected);
  }
}

describe('apostrophes', () => {
  it('a straight apostrophe starts no new word', () => {
    gives([
      ["don't stop", "Don't Stop"],
      ["five o'clock tea", "Five O'clock Tea"],
      ["the dogs' dinner", "The Dogs' Dinner"],
      ["shouldn't've gone", "Shouldn't've Gone"],
    ]);
  });

  it('a typographic apostrophe starts no new word', () => {
    gives([
      ['it’s a long way', 'It’s a Long Way'],
      ['rock ’n’ roll isn’t dead', 'Rock ’N’ Roll Isn’t Dead'],
    ]);
  });

  it('quotes around a word do not take its capital', () => {
    gives([
      ["a 'quoted' word", "A 'Quoted' Word"],
      ['“hello” (world) [again]', '“Hello” (World) [Again]'],
      ['"¿qué pasa?" asked', '"¿Qué Pasa?" Asked'],
    ]);
  });
});

describe('letters', () => {
  it('a first letter with an accent gets a capital', () => {
    gives([
      ['élan vital', 'Élan Vital'],
      ['über öl', 'Über Öl'],
      ["the 'élite' rules", "The 'Élite' Rules"],
    ]);
  });

  it('a letter after an accented letter stays small', () => {
    gives([
      ['crème brûlée', 'Crème Brûlée'],
      ['smörgåsbord für alle', 'Smörgåsbord Für Alle'],
    ]);
  });

  it('a combining accent starts no new word', () => {
    gives([
      ['e\u0301lan cre\u0300me', 'E\u0301lan Cre\u0300me'],
      ['cafe\u0301-bar noe\u0308l', 'Cafe\u0301-Bar Noe\u0308l'],
    ]);
  });

  it('a small word with a combining accent is another word', () => {
    gives([['we go a\u0300 paris', 'We Go A\u0300 Paris']]);
  });

  it('other scripts get capitals', () => {
    gives([
      ['война и мир', 'Война И Мир'],
      ['ωδή στη χαρά', 'Ωδή Στη Χαρά'],
    ]);
  });

  it('letters outside the basic plane get capitals', () => {
    gives([['𐐨𐐩𐐪 𐐨', '𐐀𐐩𐐪 𐐀']]);
  });

  it('scripts without capitals are kept', () => {
    gives([['東京 story שלום', '東京 Story שלום']]);
  });

  it('a full stop inside of a word starts no new word', () => {
    gives([['visit example.com today', 'Visit Example.com Today']]);
  });
});

describe('small words', () => {
  it('stay small inside of a title', () => {
    gives([['the lord of the rings', 'The Lord of the Rings']]);
  });

  it('stay small after an opening bracket or quote', () => {
    gives([
      ['the story (of an hour)', 'The Story (of an Hour)'],
      ['what “the” means here', 'What “the” Means Here'],
      ['is ¡a party! fun', 'Is ¡a Party! Fun'],
    ]);
  });

  it('stay small before a comma or a full stop', () => {
    gives([
      ['stop, and, then, go', 'Stop, and, Then, Go'],
      ['cats vs. dogs', 'Cats vs. Dogs'],
    ]);
  });

  it('are capitalised at the start and at the end', () => {
    gives([
      ['of mice', 'Of Mice'],
      ['something to hope for', 'Something to Hope For'],
      ['(the beginning)', '(The Beginning)'],
      ['what are you waiting for?', 'What Are You Waiting For?'],
      ['the', 'The'],
    ]);
  });

  it('are capitalised after a colon', () => {
    gives([
      ['rings: the return', 'Rings: The Return'],
      ['rings: "the" return', 'Rings: "The" Return'],
      ['and:so it ends', 'And:so It Ends'],
      ['at 10:30 in may', 'At 10:30 in May'],
    ]);
  });

  it('written with a capital become small', () => {
    gives([['war And peace Of mind', 'War and Peace of Mind']]);
  });

  it('inside of longer words mean nothing', () => {
    gives([['an island for toads', 'An Island for Toads']]);
  });
});

describe('hyphens', () => {
  it('divide a word into parts', () => {
    gives([['a well-known fact', 'A Well-Known Fact']]);
  });

  it('small parts stay small', () => {
    gives([['a state-of-the-art car', 'A State-of-the-Art Car']]);
  });

  it('small parts beside punctuation stay small', () => {
    gives([
      ['the back-to, and (in-house) team', 'The Back-to, and (in-House) Team'],
      ['back-to-back, end-to-end', 'Back-to-Back, End-to-End'],
    ]);
  });

  it('only the outer part of the first and last word is capitalised', () => {
    gives([
      ['to-the-point talk', 'To-the-Point Talk'],
      ['a place to-sign-in', 'A Place to-Sign-In'],
      ['note: in-and-out here', 'Note: In-and-Out Here'],
    ]);
  });

  it('parts with apostrophes and accents have one capital', () => {
    gives([["the mother-in-law's déjà-vu trip", "The Mother-in-Law's Déjà-Vu Trip"]]);
  });
});

describe('what is kept', () => {
  it('white space of every kind', () => {
    gives([
      ['  two  \t spaces\n', '  Two  \t Spaces\n'],
      ['no\u00a0break', 'No\u00a0Break'],
      ['', ''],
      ['   ', '   '],
    ]);
  });

  it('words with a capital inside', () => {
    gives([
      ['my iPhone and NASA', 'My iPhone and NASA'],
      ["at McDonald's with an e-Commerce 'eÉ' shop", "At McDonald's With an e-Commerce 'eÉ' Shop"],
    ]);
  });

  it('words that start with a digit', () => {
    gives([['the 3rd man (2nd try) in 4x4', 'The 3rd Man (2nd Try) in 4x4']]);
  });

  it('pieces that are no words', () => {
    gives([
      ['- of mice & men -', '- Of Mice & Men -'],
      ['what is it for ...', 'What Is It For ...'],
      ['rings: - the return', 'Rings: - The Return'],
    ]);
  });

  it('nothing of the capitals when a title is all in capitals', () => {
    gives([
      ["DON'T LOOK: A STORY OF NASA", "Don't Look: A Story of Nasa"],
      ['ÉCLAIR DU JOUR', 'Éclair Du Jour'],
    ]);
  });

  it('the list of small words', () => {
    assert.equal(SMALL_WORDS.size, 22);
    assert.ok(SMALL_WORDS.has('via'));
  });

  it('the command', () => {
    const run = (args, input) =>
      spawnSync(process.execPath, [COMMAND, ...args], { input, encoding: 'utf8' });
    assert.equal(run(['of', 'mice and', 'men'], '').stdout, 'Of Mice and Men\n');
    assert.equal(run([], 'one day\nto go\n').stdout, 'One Day\nTo Go\n');
  });
});
