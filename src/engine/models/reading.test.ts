import { expect, it } from 'vitest';
import { readPrompt } from './reading.ts';

const log = Math.log;

it('reads attribute by attribute from the mean of what tokens say', () => {
  // Two attributes of two and three values, over features of width two.
  const reading = {
    weight: Float32Array.of(0.25, 0, 0, 0.25, 0, 0, 0, 0, 0, 0),
    bias: Float32Array.of(0, 0, log(2) / 4, log(3) / 4, log(5) / 4),
    values: [2, 3],
  };
  const features = Float32Array.of(log(9), 1, log(1), 1);
  const said = readPrompt(features, 2, reading);
  // The mean is (log 3, 1): 3 to e, and 2 to 3 to 5.
  expect(said[0]).toBeCloseTo(3 / (3 + Math.E), 6);
  expect(said[1]).toBeCloseTo(Math.E / (3 + Math.E), 6);
  expect([...said.subarray(2)]).toEqual([0.2, 0.3, 0.5].map((value) => expect.closeTo(value, 6)));
});

it('stays a distribution where a prompt leaves no doubt', () => {
  const reading = { weight: Float32Array.of(1e4, -1e4), bias: new Float32Array(2), values: [2] };
  expect([...readPrompt(Float32Array.of(1), 1, reading)]).toEqual([1, 0]);
});
