import { describe, expect, it } from 'vitest';
import * as reference from '../reference/norm.ts';
import { describeFamily, Output, run, testGpu } from '../testing/device.ts';
import { builtinTolerance, expectClose } from '../testing/expectClose.ts';
import { randomFloats } from '../testing/random.ts';
import {
  layerNorm,
  layerNormFamily,
  qkNorm,
  qkNormFamily,
  rmsNorm,
  rotaryTable,
  type TokenGrid,
} from './norm.ts';

const gpu = await testGpu();

/** A workgroup has 16 rows. */
const sizes: readonly (readonly [rows: number, width: number])[] = [
  [1, 4],
  [15, 8],
  [16, 12],
  [17, 256],
  [61, 20],
  [0, 8],
];

describeFamily(gpu, layerNormFamily, (variant) => {
  async function check(x: Float32Array<ArrayBuffer>, rows: number, width: number, modulated: boolean) {
    const scale = randomFloats(2, width);
    const shift = randomFloats(3, width);
    const settings = { rows, width, modulated, eps: 1e-6 };
    const output = Output.unwritten(gpu, rows * width);
    const dispatch = await layerNorm(gpu, {
      x: gpu.upload('x', x),
      scale: gpu.upload('scale', scale),
      shift: gpu.upload('shift', shift),
      y: output.buffer,
      ...settings,
      variant,
    });
    run(gpu, [dispatch]);
    const y = new Float64Array(rows * width);
    reference.layerNorm({ x, scale, shift, y, ...settings });
    expectClose(await output.floats(), y, builtinTolerance);
  }

  it.each(sizes)('modulates [%i rows, %i wide]', async (rows, width) => {
    await check(randomFloats(1, rows * width), rows, width, true);
  });

  it.each(sizes)('is affine over [%i rows, %i wide]', async (rows, width) => {
    await check(randomFloats(1, rows * width), rows, width, false);
  });

  // A multiple of 1/64 in the hundreds: exact in f32, and lost by a variance from E[x^2] - E[x]^2.
  it('keeps a small spread around a large mean', async () => {
    const x = randomFloats(1, 5 * 64, 32).map((value) => 1024 + Math.round(value) / 64);
    await check(x, 5, 64, true);
  });

  it('gives the shift for a constant row', async () => {
    await check(new Float32Array(3 * 16).fill(0.5), 3, 16, true);
  });
});

describe('rmsNorm', () => {
  async function check(x: Float32Array<ArrayBuffer>, rows: number, width: number) {
    const weight = randomFloats(2, width);
    const settings = { rows, width, eps: 1e-6 };
    const output = Output.unwritten(gpu, rows * width);
    const operands = { x: gpu.upload('x', x), weight: gpu.upload('weight', weight), y: output.buffer };
    run(gpu, [await rmsNorm(gpu, { ...operands, ...settings })]);
    const y = new Float64Array(rows * width);
    reference.rmsNorm({ x, weight, y, ...settings });
    expectClose(await output.floats(), y, builtinTolerance);
  }

  it.each(sizes)('scales [%i rows, %i wide]', async (rows, width) => {
    await check(randomFloats(1, rows * width, 7), rows, width);
  });

  it('gives zeros for a row of zeros', async () => {
    await check(new Float32Array(2 * 8), 2, 8);
  });
});

describeFamily(gpu, qkNormFamily, (variant) => {
  async function check(
    rows: number,
    heads: number,
    headSize: number,
    rope?: { grid: TokenGrid; firstRow: number },
  ) {
    const x = randomFloats(1, rows * heads * headSize, 5);
    const weight = randomFloats(2, heads * headSize);
    const settings = { rows, heads, headSize, eps: 1e-6 };
    const output = new Output(gpu, x);
    const dispatch = await qkNorm(gpu, {
      x: output.buffer,
      weight: gpu.upload('weight', weight),
      ...settings,
      variant,
      ...(rope && { rope: { ...rope, table: gpu.upload('table', rotaryTable(rope.grid, headSize)) } }),
    });
    run(gpu, [dispatch]);
    const y = Float64Array.from(x);
    reference.qkNorm({ x: y, weight, ...settings, ...(rope && { rope }) });
    expectClose(await output.floats(), y, builtinTolerance);
  }

  it.each([
    [1, 1, 4],
    [17, 3, 12],
    [33, 4, 64],
    [0, 2, 8],
  ])('normalises %i rows of %i heads of %i', async (rows, heads, headSize) => {
    await check(rows, heads, headSize);
  });

  it.each([4, 8, 12, 64, 128])('turns heads of %i on every axis of the grid', async (headSize) => {
    await check(3 * 5 * 7, 2, headSize, { grid: { frames: 3, rows: 5, columns: 7 }, firstRow: 0 });
  });

  it('starts in the middle of a frame', async () => {
    await check(41, 2, 64, { grid: { frames: 9, rows: 3, columns: 5 }, firstRow: 23 });
  });

  it('turns far positions by the right angle', async () => {
    await check(2, 1, 64, { grid: { frames: 500, rows: 1, columns: 1 }, firstRow: 498 });
  });

  it('leaves the first token unturned', async () => {
    const x = new Float32Array(12).fill(2);
    const output = new Output(gpu, x);
    const grid = { frames: 1, rows: 1, columns: 1 };
    const dispatch = await qkNorm(gpu, {
      x: output.buffer,
      weight: gpu.upload('weight', new Float32Array(12).fill(3)),
      rows: 1,
      heads: 1,
      headSize: 12,
      eps: 0,
      rope: { table: gpu.upload('table', rotaryTable(grid, 12)), grid, firstRow: 0 },
      variant,
    });
    run(gpu, [dispatch]);
    const actual = await output.floats();
    expect(actual).toHaveLength(12);
    expectClose(actual, new Float64Array(12).fill(3), builtinTolerance);
  });
});
