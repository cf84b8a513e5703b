import { describe, expect, it } from 'vitest';
import { tileWords } from './attention.ts';

describe('tileWords', () => {
  it('cuts queries into tiles that share the runs of their segment', () => {
    const words = tileWords(
      [
        {
          queries: { start: 5, count: 7 },
          keys: [
            { start: 0, count: 2 },
            { start: 9, count: 1 },
          ],
        },
        { queries: { start: 12, count: 0 }, keys: [{ start: 3, count: 3 }] },
        { queries: { start: 12, count: 3 }, keys: [{ start: 4, count: 6 }] },
      ],
      3,
    );
    const tiles = [5, 3, 0, 2, 8, 3, 0, 2, 11, 1, 0, 2, 12, 3, 3, 1];
    const runs = [0, 2, 9, 1, 3, 3, 4, 6];
    expect([...words]).toEqual([4, 4 + tiles.length, 0, 0, ...tiles, ...runs]);
  });

  it('has a header alone without segments', () => {
    expect([...tileWords([], 16)]).toEqual([0, 4, 0, 0]);
  });
});
