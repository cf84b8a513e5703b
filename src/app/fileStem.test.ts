import { describe, expect, it } from 'vitest';
import { fileStem } from './fileStem.ts';

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
