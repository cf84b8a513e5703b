import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { papercutSynonyms, papercutUntrained, papercutWords } from './papercutWords.ts';
import { suggestWord } from './suggestWord.ts';

const vocabularyUrl = new URL('../../public/models/papercut/vocab.json', import.meta.url);
const vocabulary = z.array(z.string()).parse(JSON.parse(readFileSync(vocabularyUrl, 'utf8')));
const wordsOf = (phrase: string) => phrase.match(/[a-z]+/g) ?? [];

describe('the words of the built-in model', () => {
  it.each(papercutWords)('$name: every word is in the vocabulary and has been trained', ({ phrases }) => {
    const words = phrases.flatMap(wordsOf);
    expect(words.filter((word) => !vocabulary.includes(word) || papercutUntrained.has(word))).toEqual([]);
  });

  it('names untrained words of the vocabulary only', () => {
    expect([...papercutUntrained].filter((word) => !vocabulary.includes(word))).toEqual([]);
  });

  it('offers known and trained words for unknown ones', () => {
    for (const [word, known] of Object.entries(papercutSynonyms)) {
      expect(vocabulary.includes(word)).toBe(papercutUntrained.has(word));
      expect(vocabulary).toContain(known);
      expect(papercutUntrained.has(known)).toBe(false);
    }
  });
});

describe('suggestWord', () => {
  it.each([
    ['drizzle', 'mist'],
    ['Yacht', 'sailboat'],
    ['sailbot', 'sailboat'],
    ['forrest', 'forest'],
    ['bule', null],
    ['ballon', 'balloon'],
    ['dragon', null],
    ['hippopotamus', null],
  ])('%s -> %s', (word, expected) => {
    expect(suggestWord(word, vocabulary)).toBe(expected);
  });
});
