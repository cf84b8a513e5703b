import { describe, expect, it } from 'vitest';
import { lasting, readPrompt } from './reading.ts';

const log = Math.log;

it('reads attribute by attribute, one word being enough to say a value', () => {
  // Two attributes of two and three values, over features of width two and a vocabulary of three words.
  const reading = {
    weight: Float32Array.of(0.25, 0, 0, 0.25, 0, 0, 0, 0, 0, 0),
    bias: Float32Array.of(0, 0, log(2) / 4, log(3) / 4, log(5) / 4),
    words: Float32Array.of(...Array(5).fill(9), ...Array(5).fill(0), 0, log(3) / 4, 0, 0, log(2) / 4),
    values: [2, 3],
  };
  const features = Float32Array.of(log(9), log(2), log(1), log(5));
  const said = readPrompt(features, Uint32Array.of(1, 2), reading);
  // The first: 9 and 1 together against 2 and 5 times 3; the second: 2 and 2, 3 and 3, 5 and twice 5.
  expect([...said]).toEqual(
    [10 / 27, 17 / 27, 4 / 25, 6 / 25, 15 / 25].map((value) => expect.closeTo(value, 6)),
  );
});

it('stays a distribution where a prompt leaves no doubt', () => {
  const reading = {
    weight: Float32Array.of(1e4, -1e4),
    bias: new Float32Array(2),
    words: new Float32Array(2),
    values: [2],
  };
  expect([...readPrompt(Float32Array.of(1), Uint32Array.of(0), reading)]).toEqual([1, 0]);
});

describe('what lasts', () => {
  // Two kinds, two colours, one value of place, time, weather and shot size each; the last of each is nothing.
  const values = [3, 3, 2, 2, 2, 2];
  const shot = (kind: number[], colour: number[], place: number[], size = [0, 1]) =>
    Float32Array.from([...kind, ...colour, ...place, 1, 0, 0, 1, ...size]);
  const close = (numbers: number[]) => numbers.map((value) => expect.closeTo(value, 6));

  it('is known in later shots that say nothing of it', () => {
    const first = shot([1, 0, 0], [0, 1, 0], [1, 0], [1, 0]);
    const silent = shot([0, 0, 1], [0.1, 0, 0.9], [0, 1]);
    const [, second, third] = lasting([first, silent, silent], values);
    expect([...(second ?? [])].slice(0, 8)).toEqual(close([1, 0, 0, 0.1, 0.9, 0, 1, 0]));
    expect([...(third ?? [])].slice(3, 6)).toEqual(close([0.19, 0.81, 0]));
    // Sizes are of one shot.
    expect([...(second ?? [])].slice(-2)).toEqual([0, 1]);
  });

  it('is not the colour of another kind', () => {
    const first = shot([1, 0, 0], [0, 1, 0], [1, 0]);
    const other = shot([0.25, 0.75, 0], [0, 0, 1], [0, 1]);
    const [, second] = lasting([first, other], values);
    expect([...(second ?? [])].slice(0, 6)).toEqual(close([0.25, 0.75, 0, 0, 0.25, 0.75]));
  });
});
