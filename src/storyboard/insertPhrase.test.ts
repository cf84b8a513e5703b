import { describe, expect, it } from 'vitest';
import { insertPhrase } from './insertPhrase.ts';

describe('insertPhrase', () => {
  it.each([
    ['', 0, 'red', 'red'],
    ['a car', 5, 'at night', 'a car at night'],
    ['a car', 2, 'red', 'a red car'],
    ['a car', 1, 'red', 'a red car'],
    ['a car, at dawn', 5, 'moving left', 'a car moving left, at dawn'],
    ['a car ', 6, 'at night', 'a car at night'],
  ])('%j at %i takes %j', (text, at, phrase, expected) => {
    const result = insertPhrase(text, phrase, at);
    expect(result.text).toBe(expected);
    expect(result.text.slice(0, result.caret).endsWith(phrase)).toBe(true);
  });
});
