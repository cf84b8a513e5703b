import type { Gpu } from '../../gpu/gpu.ts';
import { gemm } from '../../kernels/gemm.ts';
import { type GemmVariant, gemmFamily, gemmShape } from '../../kernels/gemmVariants.ts';
import * as gemmTwin from '../../reference/gemm.ts';
import { packMatrix, unpackMatrix } from '../../weights/storedMatrix.ts';
import { numbers, room } from './operands.ts';
import type { Instance, Problem } from './problem.ts';

export function gemmProblem(rows: number, columns: number, inner: number): Problem<GemmVariant> {
  const check = async (
    gpu: Gpu,
    variant: GemmVariant,
    magnitudes: readonly [number, number],
  ): Promise<Instance> => {
    const [m, n, k] = [rows <= 32 ? 5 : 37, 68, 96];
    const a = numbers(1, m * k, magnitudes[0]);
    const packed = packMatrix(numbers(2, n * k, magnitudes[1]), n, k, 'f16');
    const bias = numbers(3, n);
    if (magnitudes[0] > 1) a.fill(magnitudes[0]);
    const w = unpackMatrix(packed, n, k, 'f16');
    const output = room(gpu, m * n);
    const expected = new Float64Array(m * n);
    gemmTwin.gemm({ a, w, bias, y: expected, rows: m, columns: n, inner: k });
    const dispatch = await gemm(gpu, {
      a: gpu.upload('a', a),
      w: {
        format: 'f16',
        words: gpu.upload('words', packed.words),
        scales: gpu.upload('scales', packed.scales),
      },
      bias: gpu.upload('bias', bias),
      y: output,
      ...{ rows: m, columns: n, inner: k, variant },
    });
    return { dispatches: [dispatch], output, expected };
  };
  return {
    family: gemmFamily,
    shape: gemmShape(rows, columns),
    race: async (gpu, variant) => [
      await gemm(gpu, {
        a: room(gpu, rows * inner),
        w: { format: 'f16', words: room(gpu, (columns * inner) / 2), scales: room(gpu, columns) },
        bias: room(gpu, columns),
        y: room(gpu, rows * columns),
        ...{ rows, columns, inner, variant },
      }),
    ],
    // 96 products of 512 * 4 are three times what f16 holds.
    checks: async (gpu, variant) => [await check(gpu, variant, [1, 1]), await check(gpu, variant, [512, 4])],
  };
}
