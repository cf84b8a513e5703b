import { describe, expect, it } from 'vitest';
import {
  countPairs,
  crossSegments,
  denseSegments,
  frameSegments,
  groupSegments,
  padTextSegments,
  seesOneRow,
  sharedTextSegments,
  windowSegments,
} from './segments.ts';
import { attendedRows, filmOf, randomFilms, seededIntegers } from './testing.ts';
import type { FilmGeometry } from './types.ts';
import { validateSegmentList } from './validate.ts';

interface Token {
  row: number;
  latentFrame: number;
  gridRow: number;
  gridColumn: number;
  shot: number;
  /** Latent frames before this one in its shot, and after it. */
  before: number;
  after: number;
}

function tokensOf(film: FilmGeometry): Token[] {
  return film.shots.flatMap((shot) =>
    Array.from({ length: shot.tokens.count }, (_, offset): Token => {
      const row = shot.tokens.start + offset;
      const latentFrame = Math.floor(row / film.tokensPerFrame);
      const position = row % film.tokensPerFrame;
      const before = latentFrame - shot.latent.start;
      return {
        row,
        latentFrame,
        gridRow: Math.floor(position / film.grid.columns),
        gridColumn: position % film.grid.columns,
        shot: shot.index,
        before,
        after: shot.latent.count - 1 - before,
      };
    }),
  );
}

/** For every token the tokens that satisfy the rule: attention written as a mask, without segments. */
function maskedRows(film: FilmGeometry, rule: (query: Token, key: Token) => boolean): number[][] {
  const tokens = tokensOf(film);
  return tokens.map((query) => tokens.filter((key) => rule(query, key)).map((key) => key.row));
}

describe('frameSegments', () => {
  it('lets a token see its latent frame', () => {
    for (const film of randomFilms(30)) {
      const list = frameSegments(film);
      validateSegmentList(list, film.tokens, film.tokens);
      expect(attendedRows(list, film.tokens)).toEqual(
        maskedRows(film, (query, key) => query.latentFrame === key.latentFrame),
      );
    }
  });
});

describe('denseSegments', () => {
  it('lets a token see the film', () => {
    const film = filmOf(3, 2, [2, 1]);
    const list = denseSegments(film);
    validateSegmentList(list, film.tokens, film.tokens);
    expect(attendedRows(list, film.tokens)).toEqual(maskedRows(film, () => true));
  });
});

describe('windowSegments', () => {
  it.each([
    { win: [1, 1], aug: 0 },
    { win: [2, 2], aug: 2 },
    { win: [3, 2], aug: 1 },
    { win: [4, 4], aug: 9 },
  ] as const)('lets a token see its window in its shot and nearby frames: $win, aug $aug', ({ win, aug }) => {
    for (const film of randomFilms(30)) {
      const { rows, columns } = film.grid;
      const windowOf = ({ gridRow, gridColumn }: Token) =>
        Math.floor((win[0] * gridRow) / rows) * 100 + Math.floor((win[1] * gridColumn) / columns);
      const list = windowSegments(film, win, aug);
      validateSegmentList(list, film.tokens, film.tokens);
      expect(attendedRows(list, film.tokens)).toEqual(
        maskedRows(
          film,
          (query, key) =>
            windowOf(query) === windowOf(key) &&
            (key.shot === query.shot ||
              (key.shot === query.shot - 1 && key.after < aug) ||
              (key.shot === query.shot + 1 && key.before < aug)),
        ),
      );
    }
  });

  it('makes one segment of one run for each window and shot', () => {
    const film = filmOf(5, 3, [4, 1, 6]);
    const { segments } = windowSegments(film, [2, 2], 2);
    expect(segments).toHaveLength(4 * 3);
    expect(segments.every(({ keys }) => keys.length === 1)).toBe(true);
  });

  it('gives the middle row of an odd grid to the upper window', () => {
    const { segments, queryRows } = windowSegments(filmOf(3, 1, [1]), [2, 1], 0);
    expect(segments.map(({ queries }) => queries.count)).toEqual([2, 1]);
    expect([...(queryRows ?? [])]).toEqual([0, 1, 2]);
  });

  it('does not look past an adjacent shot that is shorter than aug', () => {
    const [first] = windowSegments(filmOf(1, 1, [3, 1, 3]), [1, 1], 2).segments;
    expect(first).toEqual({ queries: { start: 0, count: 3 }, keys: [{ start: 0, count: 4 }] });
  });
});

describe('crossSegments', () => {
  it("lets a shot see its own prompt's rows", () => {
    const film = filmOf(1, 2, [1, 3, 1]);
    const list = crossSegments(film, [4, 1, 7]);
    validateSegmentList(list, film.tokens, 12);
    expect(list.segments).toEqual([
      { queries: { start: 0, count: 2 }, keys: [{ start: 0, count: 4 }] },
      { queries: { start: 2, count: 6 }, keys: [{ start: 4, count: 1 }] },
      { queries: { start: 8, count: 2 }, keys: [{ start: 5, count: 7 }] },
    ]);
  });

  it('stops when a shot has no prompt', () => {
    expect(() => crossSegments(filmOf(1, 1, [1, 1]), [3])).toThrow('Invariant: 2 shots have 1 prompts');
  });
});

describe('seesOneRow', () => {
  const film = filmOf(1, 2, [1, 3]);

  it('holds where all shots share a prompt of one row', () => {
    const list = sharedTextSegments(film, 1);
    validateSegmentList(list, film.tokens, 1);
    expect(seesOneRow(list, 1)).toBe(true);
    expect(seesOneRow(padTextSegments(crossSegments(film, [0, 0]), 0, 5), 1)).toBe(true);
  });

  it('does not hold where there are more rows or a shot sees none', () => {
    expect(seesOneRow(sharedTextSegments(film, 2), 2)).toBe(false);
    expect(seesOneRow(crossSegments(film, [1, 1]), 2)).toBe(false);
    expect(seesOneRow(padTextSegments(sharedTextSegments(film, 1), 1, 5), 2)).toBe(false);
    expect(seesOneRow(crossSegments(film, [1, 0]), 1)).toBe(false);
  });
});

describe('groupSegments', () => {
  it('sorts rows by group, in order inside a group, with empty groups', () => {
    const list = groupSegments([3, 0, 3, 2, 0], 5);
    expect([...(list.queryRows ?? [])]).toEqual([1, 4, 3, 0, 2]);
    expect(list.segments.map(({ queries }) => [queries.start, queries.count])).toEqual([
      [0, 2],
      [2, 0],
      [2, 1],
      [3, 2],
      [5, 0],
    ]);
  });

  it('lets tokens of one group see each other', () => {
    const next = seededIntegers(8);
    for (let round = 0; round < 50; round++) {
      const groupCount = next(1, 7);
      const groups = Uint32Array.from({ length: next(0, 60) }, () => next(0, groupCount - 1));
      const list = groupSegments(groups, groupCount);
      validateSegmentList(list, groups.length, groups.length);
      const rows = [...groups.keys()];
      expect(attendedRows(list, groups.length)).toEqual(
        rows.map((query) => rows.filter((key) => groups[key] === groups[query])),
      );
    }
  });

  it('stops on a group that does not exist', () => {
    expect(() => groupSegments([0, 4], 4)).toThrow('Invariant: token 1 is in group 4 of 4');
  });
});

describe('countPairs', () => {
  it('counts what the segments compute', () => {
    for (const film of randomFilms(20)) {
      const list = windowSegments(film, [2, 2], 2);
      const attended = attendedRows(list, film.tokens);
      expect(countPairs(list)).toBe(attended.reduce((pairs, keys) => pairs + keys.length, 0));
    }
  });
});

describe('validateSegmentList', () => {
  const whole = { start: 0, count: 3 };
  const list = (queries: { start: number; count: number }[], queryRows: Uint32Array | null = null) => ({
    queryRows,
    keyRows: null,
    segments: queries.map((run) => ({ queries: run, keys: [whole] })),
  });

  it('accepts a list that covers every query once', () => {
    expect(() =>
      validateSegmentList(
        list([
          { start: 0, count: 1 },
          { start: 1, count: 2 },
        ]),
        3,
        3,
      ),
    ).not.toThrow();
  });

  it.each([
    ['a query in no segment', list([{ start: 0, count: 2 }]), 'query row 2 is in no segment'],
    ['a query in two segments', list([whole, { start: 1, count: 1 }]), 'query row 1 occurs twice'],
    ['a run past the end', list([{ start: 1, count: 3 }]), 'ends past 3'],
    ['a negative count', list([{ start: 1, count: -1 }]), 'is not a run'],
    ['a row that occurs twice', list([whole], Uint32Array.of(0, 1, 1)), 'query row 1 occurs twice'],
    ['a row that does not exist', list([whole], Uint32Array.of(0, 1, 9)), 'query row 9 of 3'],
    ['too few rows', list([{ start: 0, count: 2 }], Uint32Array.of(0, 1)), '2 query rows for 3'],
    [
      'a key twice in a segment',
      { ...list([]), segments: [{ queries: whole, keys: [whole, { start: 2, count: 1 }] }] },
      'key row 2 twice',
    ],
    [
      'a key past the end',
      { ...list([]), segments: [{ queries: whole, keys: [{ start: 2, count: 2 }] }] },
      'ends past 3',
    ],
  ])('stops on %s', (_, broken, message) => {
    expect(() => validateSegmentList(broken, 3, 3)).toThrow(message);
  });
});

describe('padTextSegments', () => {
  it('fills every prompt up with the row that stands for padding', () => {
    const film = filmOf(1, 2, [1, 2]);
    const padded = padTextSegments(crossSegments(film, [3, 1]), 4, 5);
    expect(attendedRows(padded, film.tokens)).toEqual([
      ...Array(2).fill([0, 1, 2, 4, 4]),
      ...Array(4).fill([3, 4, 4, 4, 4]),
    ]);
  });

  it('leaves a prompt that fills its room alone', () => {
    const film = filmOf(1, 1, [1]);
    expect(attendedRows(padTextSegments(crossSegments(film, [3]), 3, 3), 1)).toEqual([[0, 1, 2]]);
  });
});
