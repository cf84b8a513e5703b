import type { Gpu } from '../../src/engine/gpu/gpu.ts';
import { gemm } from '../../src/engine/kernels/gemm.ts';
import { gemm as referenceGemm } from '../../src/engine/reference/gemm.ts';
import { randomFloats } from '../../src/engine/testing/random.ts';
import { affordableRows, type KernelTask, modelNames } from './task.ts';

interface GemmShape {
  model: string;
  part: string;
  rows: number;
  columns: number;
  inner: number;
}

/** Papercut: a film of four seconds at 320x192. Wan: five seconds at 832x480. */
export const gemmShapes: readonly GemmShape[] = [
  { model: modelNames.papercut, part: 'q, k, v, o', rows: 1440, columns: 256, inner: 256 },
  { model: modelNames.papercut, part: 'ffn.0', rows: 1440, columns: 1024, inner: 256 },
  { model: modelNames.papercut, part: 'ffn.2', rows: 1440, columns: 256, inner: 1024 },
  { model: modelNames.papercut, part: 'head', rows: 1440, columns: 64, inner: 256 },
  { model: modelNames.wan, part: 'q, k, v, o', rows: 32_760, columns: 1536, inner: 1536 },
  { model: modelNames.wan, part: 'ffn.0', rows: 32_760, columns: 8960, inner: 1536 },
  { model: modelNames.wan, part: 'ffn.2', rows: 32_760, columns: 1536, inner: 8960 },
];

const referenceRows = 4;

/** The product of a matrix with the transpose of a weight, with no bias that would count. */
export async function gemmTask(gpu: Gpu, shape: GemmShape, maxFlops: number): Promise<KernelTask> {
  const { columns, inner } = shape;
  const rows = affordableRows(shape.rows, 2 * columns * inner, maxFlops);
  const a = randomFloats(1, rows * inner);
  const w = randomFloats(2, columns * inner, 1 / Math.sqrt(inner));
  const bias = new Float32Array(columns);
  const buffers = {
    a: gpu.upload('gemm a', a),
    w: gpu.upload('gemm w', w),
    bias: gpu.upload('gemm bias', bias),
    y: gpu.buffer('gemm y', rows * columns * 4),
  };
  const input = { name: 'a', shape: [rows, inner] };
  const output = { name: 'y', shape: [rows, columns] };
  return {
    kernel: 'gemm',
    model: shape.model,
    part: shape.part,
    shape: describe(rows, columns, inner),
    cutFrom: rows === shape.rows ? null : describe(shape.rows, columns, inner),
    flops: 2 * rows * columns * inner,
    dispatches: [await gemm(gpu, { ...buffers, rows, columns, inner })],
    output: buffers.y,
    outputCount: rows * columns,
    expected: () => {
      const y = new Float32Array(Math.min(rows, referenceRows) * columns);
      referenceGemm({ a, w, bias, y, rows: y.length / columns, columns, inner });
      return y;
    },
    peer: {
      inputs: { a },
      forms: [
        {
          name: 'MatMul',
          graph: {
            nodes: [{ operator: 'MatMul', inputs: ['a', 'b'], outputs: ['y'] }],
            constants: [{ name: 'b', shape: [inner, columns], values: transpose(w, columns, inner) }],
            inputs: [input],
            output,
          },
        },
        {
          name: 'Gemm',
          graph: {
            nodes: [
              { operator: 'Gemm', inputs: ['a', 'w'], outputs: ['y'], attributes: { transB: { int: 1 } } },
            ],
            constants: [{ name: 'w', shape: [columns, inner], values: w }],
            inputs: [input],
            output,
          },
        },
      ],
    },
  };
}

function describe(rows: number, columns: number, inner: number): string {
  return `${rows}x${columns}x${inner}`;
}

function transpose(values: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const transposed = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      transposed[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return transposed;
}
