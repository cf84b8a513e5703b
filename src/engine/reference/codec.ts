import type { ActivationArguments } from '../kernels/activation.ts';
import type { ChannelNormArguments } from '../kernels/channelNorm.ts';
import type { CopyBlockArguments } from '../kernels/copyBlock.ts';
import type { SoftmaxArguments } from '../kernels/softmax.ts';
import { gelu } from './gemm.ts';
import { at, type OnHost } from './values.ts';

/** Every pixel's channels scaled to length sqrt(width), times gamma, from the definition and in f64. */
export function channelNorm({ x, gamma, y, rows, width, silu }: OnHost<ChannelNormArguments>): void {
  for (let row = 0; row < rows; row++) {
    let squares = 0;
    for (let c = 0; c < width; c++) squares += at(x, row * width + c) ** 2;
    const size = Math.max(Math.sqrt(squares), 1e-12);
    for (let c = 0; c < width; c++) {
      const value = (at(x, row * width + c) / size) * Math.sqrt(width) * at(gamma, c);
      y[row * width + c] = silu ? value / (1 + Math.exp(-value)) : value;
    }
  }
}

/** softmax(scale * x) over the first columns of every row, zeros after them. */
export function softmaxRows({ x, rows, columns, stride, scale }: OnHost<SoftmaxArguments>): void {
  for (let row = 0; row < rows; row++) {
    const scores = Array.from({ length: columns }, (_, c) => scale * at(x, row * stride + c));
    const top = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - top));
    const sum = powers.reduce((total, power) => total + power, 0);
    for (let c = 0; c < stride; c++) x[row * stride + c] = c < columns ? at(powers, c) / sum : 0;
  }
}

/** ReLU, GELU or a soft limit, value by value. */
export function activation({ x, count, kind }: OnHost<ActivationArguments>): void {
  for (let i = 0; i < count; i++) {
    const value = at(x, i);
    if (kind === 'relu') x[i] = Math.max(0, value);
    else if (kind === 'gelu') x[i] = gelu(value);
    else x[i] = kind.softLimit * Math.tanh(value / kind.softLimit);
  }
}

/** A rectangle out of one grid into another. */
export function copyBlock(args: OnHost<CopyBlockArguments>): void {
  const { source, grid, rows, words, fromStart, fromStride, toStart, toStride } = args;
  for (let row = 0; row < rows; row++) {
    for (let word = 0; word < words; word++) {
      grid[toStart + row * toStride + word] = at(source, fromStart + row * fromStride + word);
    }
  }
}
