import { describe, expect, it } from 'vitest';
import * as reference from '../reference/fromGuess.ts';
import { Output, run, testGpu } from '../testing/device.ts';
import { expectClose } from '../testing/expectClose.ts';
import { randomFloats } from '../testing/random.ts';
import { fromGuess } from './fromGuess.ts';

const gpu = await testGpu();

async function velocities(noise: number, shape: { tokens: number; cells: number; channels: number }) {
  const count = shape.tokens * shape.cells * shape.channels;
  const level = Float32Array.of(noise);
  const patches = randomFloats(1, count);
  const guess = randomFloats(2, count);
  const doubt = randomFloats(3, count).map((value) => 4 * value - 3);
  const before = randomFloats(4, count);
  const output = new Output(gpu, before);
  const dispatch = await fromGuess(gpu, {
    level: gpu.upload('level', level),
    patches: gpu.upload('patches', patches),
    guess: gpu.upload('guess', guess),
    doubt: gpu.upload('doubt', doubt),
    velocity: output.buffer,
    ...shape,
  });
  run(gpu, [dispatch]);
  const expected = Float64Array.from(before);
  reference.fromGuess({ level, patches, guess, doubt, velocity: expected, ...shape });
  return { ours: await output.floats(), expected, patches, guess };
}

describe('fromGuess', () => {
  it.each([
    [1, 4, 16],
    [7, 4, 16],
    [3, 1, 5],
    [0, 4, 16],
  ])('of %i tokens of %i cells with %i channels', async (tokens, cells, channels) => {
    for (const noise of [1, 0.62, 0.05]) {
      const { ours, expected } = await velocities(noise, { tokens, cells, channels });
      expectClose(ours, expected, { relative: 1e-5, absolute: 1e-4 });
    }
  });

  it('leads from noise alone away from the guess, in deviations of it', async () => {
    const { expected, patches, guess } = await velocities(1, { tokens: 1, cells: 1, channels: 2 });
    const without = [0, 1].map((i) => (patches[i] ?? 0) - (guess[i] ?? 0));
    // The variance of what is clean is that of the doubt, of which the network's part is counted in deviations.
    const doubts = randomFloats(3, 2).map((value) => Math.exp(Math.max(-6, Math.min(1, 4 * value - 3)) / 2));
    const added = randomFloats(4, 2);
    for (const i of [0, 1]) {
      expect(expected[i]).toBeCloseTo((without[i] ?? 0) + (doubts[i] ?? 0) * (added[i] ?? 0), 5);
    }
  });
});
