import { describe, expect, it } from 'vitest';
import { fileStem, stemOf } from './fileStem.ts';

describe('fileStem', () => {
  it.each([
    ['The red sailboat', 'the-red-sailboat'],
    ['  A/B: "C" <d>\\..', 'a-b-c-d'],
    ['Über den Wölken 2', 'über-den-wölken-2'],
    ['', 'film'],
    ['???', 'film'],
  ])('%j becomes %j', (title, stem) => {
    expect(fileStem(title)).toBe(stem);
  });

  it('stays short enough for a file system', () => {
    expect(fileStem('x'.repeat(500)).length).toBeLessThanOrEqual(80);
  });
});

describe('stemOf', () => {
  it('marks drafts, once, and nothing else', () => {
    expect(stemOf('a-boat', { draft: true })).toBe('a-boat-draft');
    expect(stemOf(stemOf('a-boat', { draft: true }), { draft: true })).toBe('a-boat-draft');
    expect(stemOf('second-draft-of-a-boat', { draft: true })).toBe('second-draft-of-a-boat');
    expect(stemOf('draftsman', { draft: true })).toBe('draftsman-draft');
    expect(stemOf('a-boat', {})).toBe('a-boat');
  });
});
