import { expect, it } from 'vitest';
import * as reference from '../reference/gemm.ts';
import { describeVariants, Output, run, testGpu } from '../testing/device.ts';
import { builtinTolerance, expectClose, sumTolerance } from '../testing/expectClose.ts';
import { randomFloats } from '../testing/random.ts';
import { type Epilogue, gemm } from './gemm.ts';

const gpu = await testGpu();

/** Sizes around the tiles: 8 and 32 rows, 32 columns, slabs of 16 inner values. */
const sizes: readonly (readonly [rows: number, columns: number, inner: number])[] = [
  [1, 1, 4],
  [1, 33, 8],
  [7, 31, 4],
  [8, 32, 16],
  [9, 65, 20],
  [23, 13, 12],
  [24, 32, 64],
  [31, 97, 36],
  [32, 1, 16],
  [33, 33, 20],
  [61, 127, 52],
  [131, 47, 4],
];

describeVariants(gpu, 'gemm', (variant) => {
  async function check(
    rows: number,
    columns: number,
    inner: number,
    epilogue: Epilogue,
    magnitude = 1,
  ): Promise<void> {
    const a = randomFloats(1, rows * inner, magnitude);
    const w = randomFloats(2, columns * inner);
    const bias = randomFloats(3, columns);
    const gate = randomFloats(4, columns);
    const adds = epilogue === 'add' || epilogue === 'gatedAdd';
    const before = adds ? randomFloats(5, rows * columns) : new Float32Array(rows * columns).fill(Number.NaN);
    const sizesAndEpilogue = { rows, columns, inner, epilogue };

    const output = new Output(gpu, before);
    const dispatch = await gemm(gpu, {
      a: gpu.upload('a', a),
      w: gpu.upload('w', w),
      bias: gpu.upload('bias', bias),
      gate: gpu.upload('gate', gate),
      y: output.buffer,
      ...sizesAndEpilogue,
      variant,
    });
    run(gpu, [dispatch]);

    const y = Float64Array.from(before);
    reference.gemm({ a, w, bias, gate, y, ...sizesAndEpilogue });
    const { relative, absolute } = sumTolerance(inner, magnitude);
    const activates = epilogue === 'gelu' || epilogue === 'silu';
    expectClose(await output.floats(), y, {
      relative: relative + (activates ? builtinTolerance.relative : 0),
      absolute: absolute + (activates ? builtinTolerance.absolute : 0),
    });
  }

  it.each(sizes)('multiplies [%i rows, %i columns, inner %i]', async (rows, columns, inner) => {
    await check(rows, columns, inner, 'none');
  });

  it.each(['gelu', 'silu', 'add', 'gatedAdd'] as const)('ends with %s', async (epilogue) => {
    await check(5, 35, 8, epilogue);
    await check(37, 67, 20, epilogue);
  });

  it.each(['gelu', 'silu'] as const)('keeps %s finite far from zero', async (epilogue) => {
    await check(3, 5, 4, epilogue, 1e4);
  });

  it('leaves the output alone without rows', async () => {
    const before = randomFloats(1, 64);
    const output = new Output(gpu, before);
    const operand = gpu.upload('operand', randomFloats(2, 64));
    const shape = { rows: 0, columns: 8, inner: 8 };
    const dispatch = await gemm(gpu, {
      a: operand,
      w: operand,
      bias: operand,
      y: output.buffer,
      ...shape,
      variant,
    });
    run(gpu, [dispatch]);
    expect(await output.floats()).toEqual(before);
  });

  it('refuses an inner size that is no multiple of 4', async () => {
    const { buffer } = Output.unwritten(gpu, 4);
    const shape = { rows: 1, columns: 1, inner: 6 };
    await expect(
      gemm(gpu, { a: buffer, w: buffer, bias: buffer, y: buffer, ...shape, variant }),
    ).rejects.toThrow(/multiple of 4/);
  });
});
