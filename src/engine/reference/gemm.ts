import type { GemmArguments } from '../kernels/gemm.ts';
import { at, type OnHost } from './values.ts';

/** y = epilogue(a * w^T + bias), serially and in f64. */
export function gemm(args: OnHost<GemmArguments>): void {
  const { a, w, bias, gate, y, rows, columns, inner, epilogue = 'none' } = args;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let value = at(bias, column);
      for (let k = 0; k < inner; k++) value += at(a, row * inner + k) * at(w, column * inner + k);
      const index = row * columns + column;
      switch (epilogue) {
        case 'none':
          y[index] = value;
          break;
        case 'gelu':
          y[index] = gelu(value);
          break;
        case 'silu':
          y[index] = value / (1 + Math.exp(-value));
          break;
        case 'add':
          y[index] = at(y, index) + value;
          break;
        case 'gatedAdd':
          y[index] = at(y, index) + at(gate ?? [], column) * value;
          break;
      }
    }
  }
}

/** GELU in its tanh form (Hendrycks and Gimpel 2016). */
/** In its tanh form. */
export function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}
