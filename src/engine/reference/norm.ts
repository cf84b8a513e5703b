import type { LayerNormArguments, QkNormArguments, RmsNormArguments, TokenGrid } from '../kernels/norm.ts';
import { at, type OnHost, type Values } from './values.ts';

/** LayerNorm of each row with modulation or affine. */
export function layerNorm(args: OnHost<LayerNormArguments>): void {
  const { x, scale, shift, y, rows, width, modulated, eps } = args;
  for (let row = 0; row < rows; row++) {
    const values = Float64Array.from(x.subarray(row * width, (row + 1) * width));
    const mean = values.reduce((sum, value) => sum + value, 0) / width;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    for (const [i, value] of values.entries()) {
      const factor = (modulated ? 1 : 0) + at(scale, i);
      y[row * width + i] = ((value - mean) / Math.sqrt(variance + eps)) * factor + at(shift, i);
    }
  }
}

/** y = x / rms(x) * weight, row by row. */
export function rmsNorm({ x, weight, y, rows, width, eps }: OnHost<RmsNormArguments>): void {
  for (let row = 0; row < rows; row++) {
    const values = Float64Array.from(x.subarray(row * width, (row + 1) * width));
    const meanSquare = values.reduce((sum, value) => sum + value ** 2, 0) / width;
    for (const [i, value] of values.entries()) {
      y[row * width + i] = (value / Math.sqrt(meanSquare + eps)) * at(weight, i);
    }
  }
}

/** Arguments of the kernel; angles are computed here, so there is no table. */
export type HostQkNormArguments = Omit<OnHost<QkNormArguments>, 'rope'> & {
  rope?: { grid: TokenGrid; firstRow: number };
};

/** RMSNorm over the whole width of queries or keys, then 3D RoPE, in place. */
export function qkNorm({ x, weight, rows, heads, headSize, eps, rope }: HostQkNormArguments): void {
  const width = heads * headSize;
  rmsNorm({ x, weight, y: x, rows, width, eps });
  if (!rope) return;
  for (let row = 0; row < rows; row++) {
    const angles = rotaryAngles(rope.firstRow + row, rope.grid, headSize);
    for (let head = 0; head < heads; head++) {
      for (const [pair, angle] of angles.entries())
        rotate(x, row * width + head * headSize + 2 * pair, angle);
    }
  }
}

/**
 * Angles of a token's pairs. Wan gives 2 * floor(d / 6) of the d features of a head to the row, as many to the
 * column and the rest, which come first, to the frame; feature 2j of an axis with n features turns by
 * position / 10000^(2j / n).
 */
function rotaryAngles(token: number, grid: TokenGrid, headSize: number): number[] {
  const side = 2 * Math.floor(headSize / 6);
  const column = token % grid.columns;
  const row = Math.floor(token / grid.columns) % grid.rows;
  const frame = Math.floor(token / (grid.columns * grid.rows));
  const axes = [
    { position: frame, features: headSize - 2 * side },
    { position: row, features: side },
    { position: column, features: side },
  ];
  return axes.flatMap(({ position, features }) =>
    Array.from({ length: features / 2 }, (_, j) => position / 10000 ** ((2 * j) / features)),
  );
}

/** Turns the pair at `index` as a complex number. */
function rotate(x: Values, index: number, angle: number): void {
  const real = at(x, index);
  const imaginary = at(x, index + 1);
  x[index] = real * Math.cos(angle) - imaginary * Math.sin(angle);
  x[index + 1] = real * Math.sin(angle) + imaginary * Math.cos(angle);
}
