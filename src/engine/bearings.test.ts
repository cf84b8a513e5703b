import { expect, it } from 'vitest';
import { filmOf } from '../plan/testing.ts';
import { bearingsOf } from './bearings.ts';
import type { Mark } from './mark.ts';
import { markTokens } from './marks.ts';

const grid = { rows: 6, columns: 10 };
const mark: Mark = { x: 0.3, y: 0.6, right: 0.04, down: -0.02, width: 0.18, height: 0.3, nearer: 0.05 };

/** Of the third of four frames, as PyTorch has them. */
const expected = [
  ...[-0.083333, -0.083333, -0.258819, 0.965926, -0.5, 0.866025, -0.866026, 0.5],
  ...[-0.258819, 0.965926, -0.5, 0.866025, -0.866025, 0.5, 0.125, 0.462098],
  ...[0.743145, 0.669131, 0.994522, -0.104529, -0.207912, -0.978148, 0.951501, 0.268629],
  ...[0.268629, 0.631832, -0.361522, 0.475751, 0.499553, 0.809816, 0.850332, 0.426955],
  ...[0.763117, -0.568338, -0.597611, 0.740416, -0.930069, 0.200816, -0.392585, -0.866736],
  ...[0.847794, 0.431973, -0.928586, 0.207564, 0.806122, 0.505491, 0.856516, -0.41441],
];

it('says where a token is in the picture, in the shot, and from the subject', () => {
  const bearings = bearingsOf({ since: 2, count: 4, row: 2, column: 4 }, grid, mark);
  expect(bearings).toHaveLength(expected.length);
  for (const [i, value] of bearings.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
});

it('says nothing of a subject where there is none, nor far from one', () => {
  const place = { since: 0, count: 1, row: 5, column: 0 };
  const alone = bearingsOf(place, grid, null);
  expect(alone.slice(0, 3)).toEqual([-0.75, expect.closeTo(5 / 12), expect.closeTo(-Math.SQRT1_2)]);
  expect(alone.slice(22).every((value) => value === 0)).toBe(true);
  const far = bearingsOf(place, grid, { ...mark, x: 40 });
  expect(far.slice(22).every((value) => value === 0)).toBe(true);
  expect(far.slice(0, 22)).toEqual(alone.slice(0, 22));
});

it('comes behind what tokens are told of their cells, token by token and shot by shot', () => {
  const film = filmOf(6, 10, [1, 4]);
  const told = { patch: [1, 2, 2] as [1, number, number], marks: 1 as const };
  const cells = markTokens([null, mark], film, told);
  const both = markTokens([null, mark], film, { ...told, bearings: true });
  const values = both.length / film.tokens;
  expect(values).toBe(4 + expected.length);
  for (let token = 0; token < film.tokens; token++) {
    const ours = both.subarray(token * values, (token + 1) * values);
    expect(ours.subarray(0, 4)).toEqual(cells.subarray(token * 4, token * 4 + 4));
    const at = token % 60;
    const frame = Math.floor(token / 60);
    const [since, count, of] = frame === 0 ? [0, 1, null] : [frame - 1, 4, mark];
    const place = { since, count, row: Math.floor(at / 10), column: at % 10 };
    expect(ours.subarray(4)).toEqual(Float32Array.from(bearingsOf(place, grid, of)));
  }
});
