import { describe, expect, it } from 'vitest';
import { promptSegments } from './promptSegments.ts';

const prompt = 'a zorb and a blip';
const unknown = [
  { start: 2, end: 6 },
  { start: 13, end: 17 },
];

function marks(unreadStart: number | null): string {
  return promptSegments(prompt, unknown, unreadStart)
    .map(({ text, kind }) => ({ read: text, unknown: `[${text}]`, unread: `{${text}}` })[kind])
    .join('');
}

describe('promptSegments', () => {
  it.each([
    [null, 'a [zorb] and a [blip]'],
    [13, 'a [zorb] and a {blip}'],
    [7, 'a [zorb] {and a blip}'],
    [2, 'a {zorb and a blip}'],
    [0, '{a zorb and a blip}'],
  ])('marks what is unknown and, from %j on, what is not read', (start, marked) => {
    expect(marks(start)).toBe(marked);
  });

  it('has nothing to mark in an empty prompt', () => {
    expect(promptSegments('', [], null)).toEqual([]);
  });

  it('gives each piece its place', () => {
    for (const { text, start } of promptSegments(prompt, unknown, 11)) {
      expect(prompt.slice(start, start + text.length)).toBe(text);
    }
  });
});
