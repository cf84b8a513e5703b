import { describe, expect, it } from 'vitest';
import { insertPhrase, removePhrase } from './insertPhrase.ts';

describe('insertPhrase', () => {
  it.each([
    ['', 0, 'red', 'red'],
    ['a car', 5, 'at night', 'a car at night'],
    ['a car', 2, 'red', 'a red car'],
    ['a car', 1, 'red', 'a red car'],
    ['a car', 2, 'orange', 'an orange car'],
    ['an orange', 3, 'red', 'a red orange'],
    ['a car, at dawn', 5, 'moving left', 'a car moving left, at dawn'],
    ['a car ', 6, 'at night', 'a car at night'],
  ])('%j at %i takes %j', (text, at, phrase, expected) => {
    const result = insertPhrase(text, phrase, at);
    expect(result.text).toBe(expected);
    expect(result.text.slice(0, result.caret).endsWith(phrase)).toBe(true);
  });

  it.each([
    ['a car', 5, 'a car, static camera'],
    ['a car ', 6, 'a car, static camera'],
    ['a car.', 6, 'a car. static camera'],
    ['', 0, 'static camera'],
  ])('%j at %i takes a phrase apart', (text, at, expected) => {
    expect(insertPhrase(text, 'static camera', at, true).text).toBe(expected);
  });
});

describe('removePhrase', () => {
  it.each([
    ['a [red] car', 'a car'],
    ['an [orange] car', 'a car'],
    ['a [red] owl', 'an owl'],
    ['[wide shot] of a car', 'of a car'],
    ['a car at dawn, [static camera]', 'a car at dawn'],
    ['a car, [static camera], at dawn', 'a car, at dawn'],
    ['[static camera], a car', 'a car'],
    ['[red]', ''],
  ])('%j', (marked, expected) => {
    const [start, end] = [marked.indexOf('['), marked.indexOf(']') - 1];
    const { text, caret } = removePhrase(marked.replace(/[[\]]/g, ''), start, end);
    expect(text).toBe(expected);
    expect(caret).toBeLessThanOrEqual(expected.length);
  });
});
