import { describe, expect, it } from 'vitest';
import { choosePhrase, phrasesIn } from './choosePhrase.ts';
import type { WordGroup } from './papercutWords.ts';

const colour: WordGroup = { name: 'Colour', phrases: ['red', 'orange', 'blue'] };
const camera: WordGroup = {
  name: 'Camera',
  phrases: ['static camera', 'camera pans left', 'camera pans right'],
  apart: true,
};

describe('phrasesIn', () => {
  it('finds whole words alone, however they are written, in the order of the prompt', () => {
    const found = phrasesIn('A Blue whale with a reddish, red tail', colour);
    expect(found.map(({ phrase }) => phrase)).toEqual(['blue', 'red']);
  });

  it('finds nothing in an empty prompt', () => {
    expect(phrasesIn('', colour)).toEqual([]);
  });
});

describe('choosePhrase', () => {
  it('puts in what is not said yet, at the caret', () => {
    expect(choosePhrase('a car at night', 'red', colour, 2)).toEqual({
      text: 'a red car at night',
      caret: 5,
    });
  });

  it('puts a move of the camera behind a comma', () => {
    const text = 'a car at night';
    expect(choosePhrase(text, 'camera pans left', camera, text.length).text).toBe(
      'a car at night, camera pans left',
    );
  });

  it('takes the place of another of the group, wherever the caret is', () => {
    expect(choosePhrase('a car, static camera, at night', 'camera pans left', camera, 0).text).toBe(
      'a car, camera pans left, at night',
    );
    expect(choosePhrase('a red car', 'orange', colour, 9)).toEqual({ text: 'an orange car', caret: 9 });
  });

  it('takes out what is said', () => {
    expect(choosePhrase('a car, camera pans left', 'camera pans left', camera, 0).text).toBe('a car');
  });
});
