import { describe, expect, it } from 'vitest';
import { filmOf } from '../plan/testing.ts';
import { unpatchify } from './golden/layout.ts';
import { gainsAcross, markTokens } from './marks.ts';

const dit: Parameters<typeof markTokens>[2] = { patch: [1, 2, 2], marks: 1 };
const unmarked = { mark: null, motion: null, scenery: null };
const still = { right: 0, down: 0, width: 0.2, height: 0.25, nearer: 0 };

it('tells every cell how near it is to the middle of a mark, through all frames of the shot', () => {
  const film = filmOf(2, 3, [2, 1]);
  const mark = { x: 0.25, y: 0.5, right: 0.1, down: -0.125, width: 0.25, height: 0.25, nearer: 0.2 };
  const tokens = markTokens([unmarked, { ...unmarked, mark }], filmOf(2, 3, [1, 3]), dit);
  const cells = unpatchify(tokens, { frames: 4, ...film.grid, patch: 2, channels: 1 });
  for (let i = 0; i < 4 * 4 * 6; i++) {
    const frame = Math.floor(i / 24);
    const y = (Math.floor(i / 6) % 4) + 0.5;
    const x = (i % 6) + 0.5;
    const since = frame - 1;
    const grown = 0.25 * Math.exp(0.2 * since);
    const off = ((x / 6 - 0.25 - 0.1 * since) / grown) ** 2 + ((y / 4 - 0.5 + 0.125 * since) / grown) ** 2;
    expect(cells[i]).toBeCloseTo(frame === 0 ? 0 : Math.exp(-off), 6);
  }
});

it('is 1 in the middle and exp(-1) at the edge', () => {
  const [token] = [
    markTokens([{ ...unmarked, mark: { ...still, x: 0.25, y: 0.25, width: 0.5 } }], filmOf(1, 1, [1]), dit),
  ];
  expect(token?.[0]).toBe(1);
  expect(token?.[1]).toBeCloseTo(Math.exp(-1), 6);
});

it('says nothing where there is no mark, and what little it says of one far outside is a number', () => {
  expect(markTokens([unmarked], filmOf(1, 2, [3]), dit).every((value) => value === 0)).toBe(true);
  const outside = markTokens([{ ...unmarked, mark: { ...still, x: 1e6, y: -1e6 } }], filmOf(1, 2, [3]), dit);
  expect(outside.every((value) => value === 0)).toBe(true);
});

describe('gainsAcross', () => {
  const log = (value: number) => Math.fround(Math.log(value));
  const film = filmOf(1, 2, [1, 1]);
  const told = Float32Array.from([
    ...[1, 0.9, 0.8, 0.7],
    ...[1, 0.2, 0.2, 0.09],
    ...[0.38, 0.38, 0.38, 0.37],
    ...[0, 0, 0, 0],
  ]);

  it('lets other shots count more for tokens whose cells are inside a mark, on average', () => {
    const [times, gain] = [{ across_weight: 4 }, log(4)];
    expect([...gainsAcross(told, film, times)]).toEqual([gain, gain, gain, 0]);
    expect([
      ...gainsAcross(
        told.map((value) => 0.9 * value),
        film,
        times,
      ),
    ]).toEqual([gain, 0, 0, 0]);
    expect([...gainsAcross(told, film, {})]).toEqual([0, 0, 0, 0]);
    expect([...gainsAcross(null, film, times)]).toEqual([0, 0, 0, 0]);
  });

  it('lets each of many other shots count less', () => {
    const gains = (shots: number, settings: { across_shots: number; across_weight?: number }) => [
      ...gainsAcross(null, filmOf(1, 1, new Array<number>(shots).fill(1)), settings),
    ];
    expect(gains(1, { across_shots: 2 })).toEqual([0]);
    expect(gains(3, { across_shots: 2 })).toEqual([0, 0, 0]);
    expect(gains(4, { across_shots: 1 })).toEqual(new Array<number>(4).fill(log(1 / 3)));
    const marked = new Float32Array(4).fill(1);
    const [both] = gainsAcross(marked, filmOf(1, 1, [1, 1, 1]), { across_shots: 1, across_weight: 6 });
    expect(both).toBeCloseTo(Math.log(3), 6);
  });
});
