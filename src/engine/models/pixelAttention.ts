import { paddedCells, scoreRows } from '../../plan/wanVae.ts';
import type { Gpu, View } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import { channelNorm } from '../kernels/channelNorm.ts';
import { gemm } from '../kernels/gemm.ts';
import { softmaxRows } from '../kernels/softmax.ts';
import type { PixelAttention } from './wanVaeWeights.ts';

const f32 = 4;

export interface PixelAttentionArguments {
  weights: PixelAttention;
  /** [cells, width], to which the result is added. */
  x: GPUBuffer;
  cells: number;
  width: number;
  /** Scratch [cells rounded up to 4, width] each; the rows past the end stay finite. */
  h: GPUBuffer;
  y: GPUBuffer;
  query: GPUBuffer;
  key: GPUBuffer;
  value: GPUBuffer;
  /** [scoreRows(cells), cells rounded up to 4] */
  scores: GPUBuffer;
  /** A bias of nothing, [cells rounded up to 4]. */
  zeros: GPUBuffer;
}

/**
 * x += proj(softmax(q k^T / sqrt(width)) v) over the pixels of one frame, a band of queries at a time: two matrix
 * products with the softmax between them. The values are made transposed, as the second product wants them.
 */
export async function pixelAttention(gpu: Gpu, args: PixelAttentionArguments): Promise<Command[]> {
  const { weights, x, cells, width, h, y, query, key, value, scores, zeros } = args;
  const padded = paddedCells(cells);
  const label = 'decode';
  const commands: Command[] = await Promise.all([
    channelNorm(gpu, { x, gamma: weights.norm, y: h, rows: cells, width, silu: false }),
    gemm(gpu, { a: h, y: query, rows: cells, ...weights.query, label }),
    gemm(gpu, { a: h, y: key, rows: padded, ...weights.key, label }),
    gemm(gpu, {
      a: weights.value,
      w: h,
      bias: zeros,
      y: value,
      rows: width,
      columns: padded,
      inner: width,
      label,
    }),
  ]);
  const band = scoreRows(cells);
  for (let first = 0; first < cells; first += band) {
    const rows = Math.min(band, cells - first);
    const part = (buffer: GPUBuffer): View => ({
      buffer,
      offset: first * width * f32,
      size: rows * width * f32,
    });
    commands.push(
      ...(await Promise.all([
        gemm(gpu, {
          a: part(query),
          w: key,
          bias: zeros,
          y: scores,
          rows,
          columns: padded,
          inner: width,
          label,
        }),
        softmaxRows(gpu, { x: scores, rows, columns: cells, stride: padded, scale: 1 / Math.sqrt(width) }),
        gemm(gpu, {
          a: scores,
          w: value,
          bias: weights.valueBias,
          y: part(y),
          rows,
          columns: width,
          inner: padded,
          label,
        }),
      ])),
    );
  }
  commands.push(await gemm(gpu, { a: y, y: x, rows: cells, ...weights.proj, epilogue: 'add', label }));
  return commands;
}
