import { expect, it } from 'vitest';
import { filmOf } from '../plan/testing.ts';
import { bearingsOf, placedBy } from './bearings.ts';
import type { Mark } from './mark.ts';
import { markTokens } from './marks.ts';

const grid = { rows: 6, columns: 10 };
const mark: Mark = { x: 0.3, y: 0.6, right: 0.04, down: -0.02, width: 0.18, height: 0.3, nearer: 0.05 };

const motion = { right: 0.012, down: -0.02, nearer: 0.01 };
const course = { mark, motion, scenery: 2 };
const nowhere = { mark: null, motion: null, scenery: null };
/** Values of the picture, the shot and the camera come before those of the subject. */
const beforeSubject = 42;

/** Of the third of four frames, as PyTorch has them. */
const expected = [
  ...[-0.08333, -0.08333, 0.51083, -0.25882, 0.96593, -0.5, 0.86603, -0.86603],
  ...[0.5, -0.25882, 0.96593, -0.5, 0.86603, -0.86603, 0.5, 0.125],
  ...[0.4621, 0.74314, 0.66913, 0.99452, -0.10453, -0.20791, -0.97815, 0.0],
  ...[0.0, 1.0, 0.0, 0.06, -0.1, 0.05, -0.30403, 0.95266],
  ...[-0.57928, 0.81513, -0.94438, 0.32887, -0.38945, 0.92105, -0.7174, 0.69666],
  ...[-0.99957, -0.02932, 0.9515, 0.26863, 0.26863, 0.63183, -0.36152, 0.47575],
  ...[0.49955, 0.80982, 0.85033, 0.42695, 0.76312, -0.56834, -0.91163, -0.27256],
  ...[0.52227, -0.79535, -0.59761, 0.74042, -0.93007, 0.20082, -0.39258, -0.86674],
  ...[0.71522, 0.62754, 0.94342, -0.12373, 0.84779, 0.43197, 0.76978, -0.55928],
  ...[-0.90493, -0.29403, -0.92859, 0.20756, -0.40513, -0.86094, 0.73314, 0.60651],
  ...[0.80612, 0.50549, 0.85652, -0.41441],
  ...[0.35188, -0.43231, 0.12567, 0.12567, 0.16667, 1.66667, 1.0, -0.12],
  ...[0.06, 0.28232, 0.28232, 0.75753],
];
/** What is told of a subject plainly, of a frame without one. */
const plainlyNothing = [6, 6, 0, 0, expect.closeTo(1 / 6), expect.closeTo(10 / 6), 0, 0, 0, 0, 0, 0];

it('says where a token is in the picture, in the shot, under the camera and from the subject', () => {
  const bearings = bearingsOf({ since: 2, count: 4, row: 2, column: 4 }, grid, course);
  expect(bearings).toHaveLength(expected.length);
  for (const [i, value] of bearings.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 4);
});

it('says nothing of a subject where there is none, nor far from one', () => {
  const place = { since: 0, count: 1, row: 5, column: 0 };
  const alone = bearingsOf(place, grid, nowhere);
  expect(alone.slice(0, 2)).toEqual([-0.75, expect.closeTo(5 / 12)]);
  expect(alone.slice(beforeSubject, -12).every((value) => value === 0)).toBe(true);
  expect(alone.slice(-12)).toEqual(plainlyNothing);
  const far = bearingsOf(place, grid, { ...nowhere, mark: { ...mark, x: 40 } });
  expect(far.slice(beforeSubject, -12).every((value) => value === 0)).toBe(true);
  expect(far.slice(-12, -10)).toEqual([-6, expect.closeTo((11 / 12 - 0.6) / 0.3)]);
  expect(far.slice(0, beforeSubject)).toEqual(alone.slice(0, beforeSubject));
});

it('comes behind what tokens are told of their cells, token by token and shot by shot', () => {
  const film = filmOf(6, 10, [1, 4]);
  const told = { patch: [1, 2, 2] as [1, number, number], marks: 1 as const };
  const cells = markTokens([nowhere, course], film, told);
  const both = markTokens([nowhere, course], film, { ...told, bearings: true });
  const values = both.length / film.tokens;
  expect(values).toBe(4 + expected.length);
  for (let token = 0; token < film.tokens; token++) {
    const ours = both.subarray(token * values, (token + 1) * values);
    expect(ours.subarray(0, 4)).toEqual(cells.subarray(token * 4, token * 4 + 4));
    const at = token % 60;
    const frame = Math.floor(token / 60);
    const first = frame === 0;
    const place = { since: first ? 0 : frame - 1, count: first ? 1 : 4 };
    const within = { ...place, row: Math.floor(at / 10), column: at % 10 };
    expect(ours.subarray(4)).toEqual(Float32Array.from(bearingsOf(within, grid, first ? nowhere : course)));
  }
});

it('is read again out of what tokens are told', () => {
  const film = filmOf(6, 10, [1, 4]);
  const told = markTokens([nowhere, course], film, { patch: [1, 2, 2], marks: 1, bearings: true });
  const values = told.length / film.tokens;
  // The token of the third row and the fifth column, in the third frame of the second shot.
  const token = 3 * 60 + 2 * 10 + 4;
  const place = placedBy(told.subarray(token * values, (token + 1) * values));
  const close = (numbers: readonly number[]) => numbers.map((value) => expect.closeTo(value, 4));
  expect(place.cells[1]).toEqual(close([-0.08333 + 1 / 24, -0.08333 - 1 / 24]));
  expect(place.fromSubject).toEqual(close([0.35188, -0.43231]));
  expect(place.half).toEqual(close([2 * 0.12567, 2 * 0.12567]));
  expect(place.moved).toEqual(close([0.06, -0.1, 0.05]));
  expect(place.scenery).toEqual([0, 0, 1, 0]);
  expect(place.ofFrame).toEqual(close([1 / 6, 10 / 6, 1, -0.12, 0.06, 0.28232, 0.28232, 0.75753]));
});
