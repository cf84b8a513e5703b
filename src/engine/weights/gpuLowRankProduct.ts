import type { Gpu } from '../gpu/gpu.ts';
import { gemm } from '../kernels/gemm.ts';
import type { LowRankProduct } from './mergedTensors.ts';

/** What the matrix product wants its inner size to be a multiple of. */
const innerStep = 8;

/** up @ down on the GPU, in f32: a LoRA of a large model is some 10^12 multiplications, an hour's work for one core. */
export function gpuLowRankProduct(gpu: Gpu): LowRankProduct {
  return async (up, down, { rows, rank, columns }) => {
    const inner = Math.ceil(rank / innerStep) * innerStep;
    const scope = gpu.scope();
    try {
      const y = scope.buffer('lora product', rows * columns * 4);
      const product = await gemm(scope, {
        a: scope.upload('lora up', padded(up, rows, rank, inner)),
        w: scope.upload('lora down', transposed(down, rank, columns, inner)),
        bias: scope.upload('lora bias', new Float32Array(columns)),
        y,
        rows,
        columns,
        inner,
        exact: true,
        label: 'lora',
      });
      const encoder = scope.device.createCommandEncoder();
      scope.record(encoder, [product]);
      scope.device.queue.submit([encoder.finish()]);
      // Buffers are longer than small matrices.
      return new Float32Array(await scope.read(y), 0, rows * columns);
    } finally {
      scope.freeAll();
    }
  };
}

/** [rows, rank] with zeros behind every row up to `inner`. */
function padded(values: Float32Array, rows: number, rank: number, inner: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(rows * inner);
  for (let row = 0; row < rows; row++) {
    out.set(values.subarray(row * rank, (row + 1) * rank), row * inner);
  }
  return out;
}

/** [rank, columns] turned to [columns, inner], with zeros behind the rank. */
function transposed(
  values: Float32Array,
  rank: number,
  columns: number,
  inner: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(columns * inner);
  for (let k = 0; k < rank; k++) {
    for (let column = 0; column < columns; column++) {
      out[column * inner + k] = values[k * columns + column] ?? 0;
    }
  }
  return out;
}
