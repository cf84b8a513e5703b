import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ShotweaveError } from '../lib/errors.ts';
import { parseModelConfig } from './config.ts';
import { createTokenizer, parseVocabulary, promptOf } from './tokenizer.ts';

const vocabulary = ['<pad>', '<unk>', '</s>', 'a', 'boat', 'close', 'i', 'kite', 'red', 'up'];
const config = { vocab: vocabulary.length, max_len: 6, pad: 0, unk: 1, eos: 2 };
const tokenizer = createTokenizer(vocabulary, config);
const papercutFolder = new URL('../../public/models/papercut/', import.meta.url);
const readPapercut = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(name, papercutFolder), 'utf8'));
const papercut = createTokenizer(
  parseVocabulary(readPapercut('vocab.json')),
  parseModelConfig(readPapercut('config.json')).text_encoder,
);

const ids = (text: string) => [...tokenizer.encode(text)];

describe('encode', () => {
  it('looks up lower-case words and appends the end mark', () => {
    expect(ids('A red BOAT')).toEqual([3, 8, 4, 2]);
  });

  it('splits on everything that is not a to z', () => {
    expect(ids('close-up, a\nred1boat')).toEqual([5, 9, 3, 8, 4, 2]);
    expect(ids("boat's")).toEqual([4, 1, 2]);
  });

  it('replaces words that are not in the vocabulary', () => {
    expect(ids('a purple boat')).toEqual([3, 1, 4, 2]);
  });

  it('does not take the special marks for words', () => {
    expect(ids('<pad> </s>')).toEqual([1, 1, 2]);
  });

  it.each(['', '   ', '123 !?', '船'])('encodes %j as the end mark alone', (text) => {
    expect(ids(text)).toEqual([2]);
  });

  it('cuts long texts but keeps the end mark', () => {
    expect(ids('a a a a a')).toEqual([3, 3, 3, 3, 3, 2]);
    expect(ids('a a a a a red boat')).toEqual([3, 3, 3, 3, 3, 2]);
  });

  // Ids as stored in the captions of the trainer's golden run.
  it.each([
    [
      'a red sailboat moving right on the sea at sunset, medium shot',
      [3, 195, 204, 155, 198, 167, 260, 213, 18, 253, 141, 219, 2],
    ],
    [
      'close up of the sailboat moving left on the sea, at sunset',
      [42, 275, 164, 260, 204, 155, 131, 167, 260, 213, 18, 253, 2],
    ],
  ])('encodes %j as the trainer of the built-in model does', (caption, expected) => {
    expect([...papercut.encode(caption)]).toEqual(expected);
  });
});

describe('words', () => {
  it('are those of the vocabulary without the special marks', () => {
    expect(tokenizer.words).toEqual(vocabulary.slice(3));
    expect(tokenizer.maxWords).toBe(5);
    expect(papercut.words).toHaveLength(299);
    expect(papercut.maxWords).toBe(44);
  });
});

describe('unknownWords', () => {
  it('gives the place of every word that the model has never seen', () => {
    expect(tokenizer.unknownWords('A Purple boat, zebra')).toEqual([
      { word: 'purple', start: 2, end: 8 },
      { word: 'zebra', start: 15, end: 20 },
    ]);
  });

  it('marks numbers and other scripts, which the model does not read at all', () => {
    expect(tokenizer.unknownWords('2 boat лодка boat2')).toEqual([
      { word: '2', start: 0, end: 1 },
      { word: 'лодка', start: 7, end: 12 },
      { word: 'boat2', start: 13, end: 18 },
    ]);
  });

  it('keeps places right after characters whose lower case is longer', () => {
    const text = 'İİ 🎬 zebra';
    const last = tokenizer.unknownWords(text).at(-1);
    expect(text.slice(last?.start, last?.end)).toBe('zebra');
  });

  it('spans both halves of a character outside the basic plane', () => {
    expect(tokenizer.unknownWords('a 𐐨𐐨 boat')).toEqual([{ word: '𐐨𐐨', start: 2, end: 6 }]);
  });

  it('finds nothing in a text of known words', () => {
    expect(tokenizer.unknownWords('Close-up: a RED boat!')).toEqual([]);
  });
});

describe('overLength', () => {
  it('says where the unread part starts', () => {
    expect(tokenizer.overLength('a a a a a')).toBeNull();
    expect(tokenizer.overLength('a a a a a, red boat')).toBe(11);
    expect(tokenizer.overLength('')).toBeNull();
  });
});

describe('createTokenizer', () => {
  it.each([
    ['the vocabulary has another size', { ...config, vocab: 141 }, '10 words and its config.json says 141'],
    ['a special word is missing', { ...config, eos: 10 }, 'special words'],
  ])('refuses a model when %s', (_, broken, sentence) => {
    expect(() => createTokenizer(vocabulary, broken)).toThrow(ShotweaveError);
    expect(() => createTokenizer(vocabulary, broken)).toThrow(sentence);
  });
});

describe('parseVocabulary', () => {
  it('accepts a list of words', () => {
    expect(parseVocabulary(['a', 'b'])).toEqual(['a', 'b']);
  });

  it.each([
    ['null', null],
    ['an object', { a: 0 }],
    ['no words', []],
    ['a number among the words', ['a', 1]],
    ['an empty word', ['a', '']],
    ['a word twice', ['a', 'b', 'a']],
  ])('refuses %s', (_, data) => {
    expect(() => parseVocabulary(data)).toThrow(
      expect.objectContaining({
        code: 'model-invalid',
        message: expect.stringMatching(/get the model folder again\.$/),
      }),
    );
  });
});

describe('promptOf', () => {
  it('puts the look before the prompt', () => {
    expect(promptOf(' at dawn ', 'a boat')).toBe('at dawn, a boat');
    expect(promptOf('', 'a boat')).toBe('a boat');
    expect(promptOf('at dawn', '  ')).toBe('at dawn');
    expect(promptOf('', '')).toBe('');
  });
});
