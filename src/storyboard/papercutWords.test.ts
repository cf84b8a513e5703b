import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { papercutSynonyms, papercutWords } from './papercutWords.ts';
import { suggestWord } from './suggestWord.ts';

const vocabularyUrl = new URL('../../public/models/papercut/vocab.json', import.meta.url);
const vocabulary = z.array(z.string()).parse(JSON.parse(readFileSync(vocabularyUrl, 'utf8')));
const wordsOf = (phrase: string) => phrase.match(/[a-z]+/g) ?? [];

describe('the words of the built-in model', () => {
  it.each(papercutWords)('$name: every word is in the vocabulary', ({ phrases }) => {
    const words = phrases.flatMap(wordsOf);
    expect(words.filter((word) => !vocabulary.includes(word))).toEqual([]);
  });

  it('offers known words for unknown ones', () => {
    for (const [word, known] of Object.entries(papercutSynonyms)) {
      expect(vocabulary).not.toContain(word);
      expect(vocabulary).toContain(known);
    }
  });
});

describe('suggestWord', () => {
  it.each([
    ['drizzle', 'fog'],
    ['Lake', 'sea'],
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
