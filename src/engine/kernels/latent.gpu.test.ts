import { describe, it } from 'vitest';
import * as reference from '../reference/latent.ts';
import { Output, run, testGpu } from '../testing/device.ts';
import { expectClose, sumTolerance } from '../testing/expectClose.ts';
import { randomFloats } from '../testing/random.ts';
import { eulerStep } from './euler.ts';
import { holdFrames, type PatchShape, patchify } from './latent.ts';

const gpu = await testGpu();

const shapes: readonly PatchShape[] = [
  { grid: { frames: 1, rows: 1, columns: 1 }, channels: 4, patchSize: 1 },
  { grid: { frames: 1, rows: 1, columns: 1 }, channels: 16, patchSize: 2 },
  { grid: { frames: 3, rows: 5, columns: 7 }, channels: 16, patchSize: 2 },
  { grid: { frames: 2, rows: 7, columns: 3 }, channels: 12, patchSize: 3 },
  { grid: { frames: 0, rows: 2, columns: 2 }, channels: 4, patchSize: 2 },
];

const valuesOf = ({ grid, channels, patchSize }: PatchShape): number =>
  grid.frames * grid.rows * grid.columns * channels * patchSize ** 2;

describe('patchify', () => {
  it.each(shapes)('cuts $grid of $channels channels into patches of $patchSize', async (shape) => {
    const x = randomFloats(1, valuesOf(shape));
    const output = Output.unwritten(gpu, x.length);
    run(gpu, [await patchify(gpu, shape, { x: gpu.upload('x', x), y: output.buffer })]);
    const y = new Float64Array(x.length);
    reference.patchify(shape, { x, y });
    expectClose(await output.floats(), y, { relative: 0, absolute: 0 });
  });
});

describe('eulerStep', () => {
  it.each(shapes)('moves $grid of $channels channels in patches of $patchSize', async (shape) => {
    const count = valuesOf(shape);
    const x = randomFloats(1, count);
    const vCond = randomFloats(2, count);
    const vNull = randomFloats(3, count);
    const step = { guidance: 3.5, sigma: 0.75, nextSigma: 0.625 };
    const moved = new Output(gpu, x);
    const estimate = Output.unwritten(gpu, count);
    const dispatch = await eulerStep(gpu, shape, {
      x: moved.buffer,
      vCond: gpu.upload('vCond', vCond),
      vNull: gpu.upload('vNull', vNull),
      estimate: estimate.buffer,
      ...step,
    });
    run(gpu, [dispatch]);

    const expectedX = Float64Array.from(x);
    const expectedEstimate = new Float64Array(count);
    reference.eulerStep(shape, { x: expectedX, vCond, vNull, estimate: expectedEstimate, ...step });
    expectClose(await moved.floats(), expectedX, sumTolerance(3, 8));
    expectClose(await estimate.floats(), expectedEstimate, sumTolerance(3, 8));
  });

  it('ignores the guidance when both velocities are one buffer', async () => {
    const shape: PatchShape = { grid: { frames: 2, rows: 3, columns: 2 }, channels: 16, patchSize: 2 };
    const x = randomFloats(1, valuesOf(shape));
    const velocity = randomFloats(2, x.length);
    const v = gpu.upload('v', velocity);
    const moved = new Output(gpu, x);
    const estimate = Output.unwritten(gpu, x.length);
    const step = { guidance: 9, sigma: 1, nextSigma: 0 };
    const buffers = { x: moved.buffer, vCond: v, vNull: v, estimate: estimate.buffer };
    run(gpu, [await eulerStep(gpu, shape, { ...buffers, ...step })]);
    // The last step from sigma 1 to 0 lands on the estimate.
    expectClose(await moved.floats(), await estimate.floats(), sumTolerance(1));
    const expected = Float64Array.from(x);
    const host = { vCond: velocity, vNull: velocity, estimate: new Float64Array(x.length) };
    reference.eulerStep(shape, { x: expected, ...host, ...step });
    expectClose(await moved.floats(), expected, sumTolerance(1));
  });
});

describe('holdFrames', () => {
  const cases = [
    { held: [1], frameSize: 4, sigma: 1 },
    { held: [0, 1, 0, 1, 1], frameSize: 60, sigma: 0.75 },
    { held: [1, 1, 0], frameSize: 64 * 17, sigma: 0 },
    { held: [0, 0], frameSize: 8, sigma: 0.5 },
    { held: [], frameSize: 8, sigma: 0.5 },
  ];
  it.each(cases)('holds $held at $sigma', async ({ held, frameSize, sigma }) => {
    const frames = held.length;
    const x = randomFloats(1, frames * frameSize);
    const clean = randomFloats(2, frames * frameSize);
    const noise = randomFloats(3, frames * frameSize);
    const output = new Output(gpu, x);
    const dispatch = await holdFrames(gpu, {
      x: output.buffer,
      clean: gpu.upload('clean', clean),
      noise: gpu.upload('noise', noise),
      held: gpu.upload('held', Uint32Array.from(held)),
      frames,
      frameSize,
      sigma,
    });
    run(gpu, [dispatch]);
    const expected = Float64Array.from(x);
    reference.holdFrames({
      x: expected,
      clean,
      noise,
      held: Uint32Array.from(held),
      frames,
      frameSize,
      sigma,
    });
    expectClose(await output.floats(), expected, sumTolerance(2, 4));
  });
});
