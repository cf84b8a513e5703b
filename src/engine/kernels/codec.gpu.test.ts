import { describe, expect, it } from 'vitest';
import * as reference from '../reference/codec.ts';
import { Output, run, testGpu } from '../testing/device.ts';
import { builtinTolerance, expectClose } from '../testing/expectClose.ts';
import { randomFloats, randomIntegers } from '../testing/random.ts';
import { activation } from './activation.ts';
import { channelNorm } from './channelNorm.ts';
import { copyBlock } from './copyBlock.ts';
import { softmaxRows } from './softmax.ts';

const gpu = await testGpu();

describe('channelNorm', () => {
  async function check(x: Float32Array<ArrayBuffer>, width: number, silu: boolean): Promise<Float32Array> {
    const rows = x.length / width;
    const gamma = randomFloats(2, width);
    const output = Output.unwritten(gpu, x.length);
    const operands = { x: gpu.upload('x', x), gamma: gpu.upload('gamma', gamma), y: output.buffer };
    run(gpu, [await channelNorm(gpu, { ...operands, rows, width, silu })]);
    const y = new Float64Array(x.length);
    reference.channelNorm({ x, gamma, y, rows, width, silu });
    const actual = await output.floats();
    expectClose(actual, y, builtinTolerance);
    return actual;
  }

  it.each([
    [0, 8],
    [1, 4],
    [15, 12],
    [17, 96],
    [33, 384],
  ])('norms %i pixels of %i channels, with and without SiLU', async (rows, width) => {
    await check(randomFloats(1, rows * width, 3), width, false);
    await check(randomFloats(1, rows * width, 3), width, true);
  });

  it('leaves a black pixel black', async () => {
    const black = await check(new Float32Array(16), 8, true);
    expect(black.every((value) => value === 0)).toBe(true);
  });

  it('has no eps that would dim a dark pixel', async () => {
    await check(randomFloats(3, 32, 1e-6), 8, false);
  });

  it('refuses channels that are no multiple of 4', () => {
    const { buffer } = Output.unwritten(gpu, 8);
    const operands = { x: buffer, gamma: buffer, y: buffer };
    expect(() => channelNorm(gpu, { ...operands, rows: 1, width: 6, silu: false })).toThrow(/multiple of 4/);
  });
});

describe.each([1, 64] as const)('softmaxRows with %i lanes', (lanes) => {
  it.each([
    [0, 8, 8],
    [1, 1, 4],
    [3, 6, 8],
    [2, 63, 64],
    [5, 65, 68],
    [70, 130, 132],
  ])('weighs %i rows of %i values in rows of %i', async (rows, columns, stride) => {
    const x = randomFloats(1, rows * stride, 20);
    const output = new Output(gpu, x);
    run(gpu, [await softmaxRows(gpu, { x: output.buffer, rows, columns, stride, scale: 0.7, lanes })]);
    const expected = Float64Array.from(x);
    reference.softmaxRows({ x: expected, rows, columns, stride, scale: 0.7 });
    expectClose(await output.floats(), expected, builtinTolerance);
  });

  it('stands scores that would overflow', async () => {
    const x = new Float32Array([1e4, 1e4 - 1, -1e4, 7]);
    const output = new Output(gpu, x);
    run(gpu, [await softmaxRows(gpu, { x: output.buffer, rows: 1, columns: 3, stride: 4, scale: 1, lanes })]);
    const p = Math.exp(-1) / (1 + Math.exp(-1));
    expectClose(await output.floats(), [1 - p, p, 0, 0], builtinTolerance);
  });
});

describe('activation', () => {
  it.each([0, 4, 252, 260])('cuts or limits %i values', async (count) => {
    for (const kind of ['relu', 'gelu', { softLimit: 3 }] as const) {
      const x = randomFloats(1, count, 12);
      const output = new Output(gpu, x);
      run(gpu, [await activation(gpu, { x: output.buffer, count, kind })]);
      const expected = Float64Array.from(x);
      reference.activation({ x: expected, count, kind });
      expectClose(await output.floats(), expected, builtinTolerance);
    }
  });

  it('limits what is far out', async () => {
    const output = new Output(gpu, new Float32Array([1e6, -1e6, 0, 1e-3]));
    run(gpu, [await activation(gpu, { x: output.buffer, count: 4, kind: { softLimit: 3 } })]);
    expectClose(await output.floats(), [3, -3, 0, 1e-3], builtinTolerance);
  });

  it('leaves what is far above zero as it is, and nothing of what is far below', async () => {
    const output = new Output(gpu, new Float32Array([1e4, -1e4, 50, -50]));
    run(gpu, [await activation(gpu, { x: output.buffer, count: 4, kind: 'gelu' })]);
    expectClose(await output.floats(), [1e4, 0, 50, 0], builtinTolerance);
  });
});

describe('copyBlock', () => {
  it.each([
    { rows: 3, words: 5, fromStart: 7, fromStride: 11, toStart: 2, toStride: 6 },
    { rows: 1, words: 1, fromStart: 0, fromStride: 1, toStart: 0, toStride: 1 },
    { rows: 0, words: 4, fromStart: 0, fromStride: 4, toStart: 0, toStride: 4 },
    { rows: 9, words: 130, fromStart: 1, fromStride: 131, toStart: 0, toStride: 140 },
  ])('copies $rows rows of $words words and nothing else', async (sizes) => {
    const source = randomIntegers(1, sizes.fromStart + sizes.rows * sizes.fromStride, 2 ** 32);
    const before = randomIntegers(2, sizes.toStart + sizes.rows * sizes.toStride, 2 ** 32);
    const output = new Output(gpu, before);
    const operands = { source: gpu.upload('source', source), grid: output.buffer };
    run(gpu, [await copyBlock(gpu, { ...operands, ...sizes })]);
    const grid = before.slice();
    reference.copyBlock({ source, grid, ...sizes });
    expect(await output.words()).toEqual(grid);
  });
});
