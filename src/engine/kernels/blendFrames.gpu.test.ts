import { describe, it } from 'vitest';
import * as reference from '../reference/blendFrames.ts';
import { Output, run, testGpu } from '../testing/device.ts';
import { expectClose, sumTolerance } from '../testing/expectClose.ts';
import { randomFloats, randomIntegers } from '../testing/random.ts';
import { blendFrames } from './blendFrames.ts';

const gpu = await testGpu();

describe('blendFrames', () => {
  it.each([
    { frames: 1, around: 0, first: 0, cells: 1, channels: 4, distances: 2 },
    { frames: 3, around: 0, first: 0, cells: 35, channels: 12, distances: 6 },
    { frames: 2, around: 4, first: 3, cells: 15, channels: 64, distances: 6 },
    { frames: 5, around: 1, first: 1, cells: 33, channels: 8, distances: 0 },
    { frames: 0, around: 1, first: 0, cells: 15, channels: 4, distances: 2 },
  ])('blends $frames frames of $cells x $channels over $distances more', async (size) => {
    const { frames, around, first, cells, channels, distances } = size;
    const given = frames + around;
    const x = randomFloats(1, given * cells * channels);
    const beside = randomIntegers(2, frames * distances, Math.max(1, given));
    const weight = randomFloats(3, distances * channels, 0.3);
    const output = Output.unwritten(gpu, frames * cells * channels);
    const dispatch = await blendFrames(gpu, {
      x: gpu.upload('x', x),
      beside: gpu.upload('beside', beside),
      weight: gpu.upload('weight', weight),
      y: output.buffer,
      ...{ frames, cells, channels, distances, first },
    });
    run(gpu, [dispatch]);
    const y = new Float64Array(frames * cells * channels);
    reference.blendFrames({ x, beside, weight, y, frames, cells, channels, distances, first });
    expectClose(await output.floats(), y, sumTolerance(2 * distances + 1, 2));
  });
});
