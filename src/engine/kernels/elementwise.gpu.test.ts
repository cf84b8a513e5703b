import { describe, expect, it } from 'vitest';
import * as reference from '../reference/elementwise.ts';
import { Output, run, testGpu } from '../testing/device.ts';
import { builtinTolerance, expectClose, sumTolerance } from '../testing/expectClose.ts';
import { randomFloats, randomIntegers } from '../testing/random.ts';
import { addRows, denormalize, depthToSpace, framesRgba, multiply } from './elementwise.ts';

const gpu = await testGpu();
const exact = { relative: 0, absolute: 0 };

describe('addRows', () => {
  it.each([
    [1, 1],
    [3, 21],
    [64, 1],
    [13, 5],
    [0, 4],
  ])('adds a row to [%i rows, %i wide]', async (rows, width) => {
    const a = randomFloats(1, rows * width);
    const b = randomFloats(2, width);
    const output = Output.unwritten(gpu, rows * width);
    const operands = { a: gpu.upload('a', a), b: gpu.upload('b', b), y: output.buffer };
    run(gpu, [await addRows(gpu, { ...operands, rows, width })]);
    const y = new Float64Array(rows * width);
    reference.addRows({ a, b, y, rows, width });
    expectClose(await output.floats(), y, sumTolerance(1));

    const inPlace = new Output(gpu, a);
    run(gpu, [await addRows(gpu, { b: operands.b, y: inPlace.buffer, rows, width })]);
    expect(await inPlace.floats()).toEqual(await output.floats());
  });
});

describe('multiply', () => {
  // The last one needs more workgroups than one dimension of a dispatch holds.
  it.each([0, 1, 63, 64, 65, 64 * 65_535 + 1])('multiplies %i values', async (count) => {
    const a = randomFloats(1, count);
    const before = randomFloats(2, count);
    const output = new Output(gpu, before);
    run(gpu, [await multiply(gpu, { a: gpu.upload('a', a), y: output.buffer, count })]);
    const y = Float64Array.from(before);
    reference.multiply({ a, y, count });
    expectClose(await output.floats(), y, sumTolerance(1));
  });
});

describe('denormalize', () => {
  async function check(x: Float32Array<ArrayBuffer>, cells: number, channels: number): Promise<Float32Array> {
    const mean = randomFloats(2, channels);
    const deviation = randomFloats(3, channels).map((value) => value + 2);
    const output = Output.unwritten(gpu, x.length);
    const dispatch = await denormalize(gpu, {
      x: gpu.upload('x', x),
      mean: gpu.upload('mean', mean),
      deviation: gpu.upload('deviation', deviation),
      y: output.buffer,
      cells,
      channels,
    });
    run(gpu, [dispatch]);
    const y = new Float64Array(x.length);
    reference.denormalize({ x, mean, deviation, y, cells, channels });
    const actual = await output.floats();
    expectClose(actual, y, builtinTolerance);
    return actual;
  }

  it.each([
    [1, 4],
    [17, 16],
    [61, 12],
    [0, 16],
  ])('scales %i cells of %i channels', async (cells, channels) => {
    await check(randomFloats(1, cells * channels, 4), cells, channels);
  });

  it('ends at +-6 however far the latents are out', async () => {
    const x = new Float32Array([100, -100, 1e4, -1e4, 1e8, -1e8, 1e30, -1e30]);
    expect(await check(x, 2, 4)).toEqual(new Float32Array([6, -6, 6, -6, 6, -6, 6, -6]));
  });
});

describe('depthToSpace', () => {
  it.each([
    { frames: 1, height: 1, width: 1, channels: 4, time: 1, space: 1 },
    { frames: 3, height: 2, width: 5, channels: 8, time: 2, space: 2 },
    { frames: 2, height: 3, width: 1, channels: 12, time: 4, space: 1 },
    { frames: 1, height: 5, width: 3, channels: 4, time: 1, space: 4 },
    { frames: 0, height: 5, width: 3, channels: 4, time: 2, space: 2 },
  ])('spreads $frames x $height x $width over $time frames and $space^2 pixels', async (shape) => {
    const { frames, height, width, channels, time, space } = shape;
    const x = randomFloats(1, frames * height * width * channels * time * space ** 2);
    const output = Output.unwritten(gpu, x.length);
    run(gpu, [await depthToSpace(gpu, { x: gpu.upload('x', x), y: output.buffer, ...shape })]);
    const y = new Float64Array(x.length);
    reference.depthToSpace({ x, y, ...shape });
    expectClose(await output.floats(), y, exact);
  });
});

describe('framesRgba', () => {
  async function check(
    x: Float32Array<ArrayBuffer>,
    shape: { frames: number; height: number; width: number; space: number },
  ): Promise<Uint32Array> {
    const output = new Output(gpu, new Uint32Array(x.length / 3));
    run(gpu, [await framesRgba(gpu, { x: gpu.upload('x', x), rgba: output.buffer, ...shape })]);
    const rgba = new Uint32Array(x.length / 3);
    reference.framesRgba({ x, rgba, ...shape });
    const actual = await output.words();
    expect(actual).toEqual(rgba);
    return actual;
  }

  it.each([
    { frames: 1, height: 1, width: 1, space: 1 },
    { frames: 2, height: 3, width: 5, space: 4 },
    { frames: 3, height: 1, width: 7, space: 2 },
    { frames: 0, height: 2, width: 2, space: 4 },
  ])('shuffles $frames x $height x $width into $space^2 pixels', async (shape) => {
    const { frames, height, width, space } = shape;
    const count = frames * height * width * 3 * space ** 2;
    // Near each of the 256 levels, far enough from the next that every way of rounding agrees.
    const levels = randomIntegers(1, count, 256);
    const jitter = randomFloats(2, count, 0.4);
    const x = Float32Array.from(levels, (level, i) => (level + (jitter[i] ?? 0)) / 127.5 - 1);
    await check(x, shape);
  });

  it('limits to black and white', async () => {
    const x = new Float32Array([-1, -1.01, -1e9, 1, 1.01, 1e9]);
    const actual = await check(x, { frames: 1, height: 1, width: 2, space: 1 });
    expect([...actual]).toEqual([0xff000000, 0xffffffff]);
  });
});
