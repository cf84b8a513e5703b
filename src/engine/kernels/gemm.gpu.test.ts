import { describe, expect, it } from 'vitest';
import * as reference from '../reference/gemm.ts';
import { describeFamily, Output, run, testGpu } from '../testing/device.ts';
import { builtinTolerance, expectClose, halfTolerance, sumTolerance } from '../testing/expectClose.ts';
import { randomFloats } from '../testing/random.ts';
import { packMatrix, unpackMatrix } from '../weights/storedMatrix.ts';
import { type Epilogue, gemm } from './gemm.ts';
import { gemmFamily } from './gemmVariants.ts';

const gpu = await testGpu();

/** Sizes around the tiles: 8 to 128 rows, 16 to 128 columns, slabs of 8 to 32 inner values. */
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
  [129, 68, 72],
];

const fewSizes = [
  [1, 1, 4],
  [33, 33, 20],
  [129, 68, 72],
] as const;

describeFamily(gpu, gemmFamily, (variant, precision) => {
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
    const { relative, absolute } =
      precision === 'f16' ? halfTolerance(magnitude) : sumTolerance(inner, magnitude);
    const activates = epilogue === 'gelu' || epilogue === 'silu';
    expectClose(await output.floats(), y, {
      relative: relative + (activates ? builtinTolerance.relative : 0),
      absolute: absolute + (activates ? builtinTolerance.absolute : 0),
    });
  }

  // Every pipeline takes a CPU a second to compile: the two variants that run there see everything.
  const thorough = variant === 'quad' || variant === 'tiled';

  it.each(thorough ? sizes : fewSizes)(
    'multiplies [%i rows, %i columns, inner %i]',
    async (rows, columns, inner) => {
      await check(rows, columns, inner, 'none');
    },
  );

  const endings = ['gelu', 'silu', 'add', 'gatedAdd'] as const;
  it.each(thorough ? endings : (['gelu', 'gatedAdd'] as const))('ends with %s', async (epilogue) => {
    if (thorough) await check(5, 36, 8, epilogue);
    await check(37, 67, 20, epilogue);
  });

  it.each(thorough ? (['gelu', 'silu'] as const) : (['gelu'] as const))(
    'keeps %s finite far from zero',
    async (epilogue) => {
      await check(3, 5, 4, epilogue, 1e4);
    },
  );

  describe.each(['f16', 'int8', 'int4'] as const)('from %s weights', (format) => {
    const packedSizes = [
      [67, 35, 96],
      [37, 68, 64],
      [1, 33, 32],
    ] as const;
    it.each(packedSizes.slice(0, thorough ? 3 : 1))(
      'multiplies [%i rows, %i columns, inner %i]',
      async (rows, columns, inner) => {
        const a = randomFloats(1, rows * inner);
        const bias = randomFloats(3, columns);
        const packed = packMatrix(randomFloats(2, columns * inner), columns, inner, format);
        const w = unpackMatrix(packed, columns, inner, format);
        const shape = { rows, columns, inner, variant };
        const from = { a: gpu.upload('a', a), bias: gpu.upload('bias', bias) };
        const words = gpu.upload('words', packed.words);
        const scales = gpu.upload('scales', packed.scales);

        const output = Output.unwritten(gpu, rows * columns);
        const plain = Output.unwritten(gpu, rows * columns);
        run(gpu, [
          await gemm(gpu, { ...from, w: { format, words, scales }, y: output.buffer, ...shape }),
          await gemm(gpu, { ...from, w: gpu.upload('w', w), y: plain.buffer, ...shape }),
        ]);

        const y = new Float64Array(rows * columns);
        reference.gemm({ a, w, bias, y, rows, columns, inner });
        const tolerance = precision === 'f16' ? halfTolerance() : sumTolerance(inner);
        const actual = await output.floats();
        expectClose(actual, y, tolerance);
        // f16 weights stand for the very numbers that f32 would hold.
        if (format === 'f16' && precision === 'f32') expect(actual).toEqual(await plain.floats());
      },
    );
  });

  it('takes subnormal and large f16 weights for what they are', async () => {
    const inner = 8;
    const w = Float32Array.of(
      2 ** -24,
      -(2 ** -15),
      3 * 2 ** -20,
      0,
      1,
      -63.5,
      2 ** -14,
      0.1,
      2000,
      0,
      1,
      2,
      3,
      4,
      5,
      6,
    );
    const packed = packMatrix(w, 2, inner, 'f16');
    const values = unpackMatrix(packed, 2, inner, 'f16');
    expect([...values.subarray(0, 3)]).toEqual([...w.subarray(0, 3)]);
    const a = new Float32Array(inner).fill(0).map((_, i) => (i < 4 ? 2 ** 14 : 2 ** -3));
    const bias = new Float32Array(2);
    const output = Output.unwritten(gpu, 2);
    const packedWeights = {
      format: 'f16' as const,
      words: gpu.upload('words', packed.words),
      scales: gpu.upload('scales', packed.scales),
    };
    const shape = { rows: 1, columns: 2, inner };
    const operands = { a: gpu.upload('a', a), bias: gpu.upload('bias', bias), w: packedWeights };
    const exact = precision === 'f32';
    run(gpu, [await gemm(gpu, { ...operands, y: output.buffer, ...shape, variant })]);
    const y = new Float64Array(2);
    reference.gemm({ a, w: values, bias, y, ...shape });
    // In f16 itself, 2000 * 2^14 is infinite: what the self-check looks for.
    if (exact) expectClose(await output.floats(), y, sumTolerance(inner, 64));
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
