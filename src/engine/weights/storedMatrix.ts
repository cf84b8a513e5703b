import type { WeightFormat } from '../../plan/weightMemory.ts';
import type { View } from '../gpu/gpu.ts';

/** A matrix in fewer bits than f32, decoded while a product loads it (shaders/stored_weights.wgsl). */
export interface PackedMatrix {
  format: Exclude<WeightFormat, 'f32'>;
  /** Values of a row one after the other, the first in the lowest bits. */
  words: View | GPUBuffer;
  /** f32; what it holds depends on the format. */
  scales: View | GPUBuffer;
}

/** A matrix [columns, inner] on the GPU: plain f32, or packed. */
export type Matrix = View | GPUBuffer | PackedMatrix;

export function isPacked(matrix: Matrix): matrix is PackedMatrix {
  return 'format' in matrix;
}

/** Values that share a step and an offset in int4. */
const blockSize = 32;
/** The row of an f16 matrix is stored times this, so that no value is subnormal ... */
const halfScale = 1024;
/** ... unless a value of the row is past this. Then its subnormals may be lost: 2^-14 beside 2^6. */
const halfScaleMost = 65504 / halfScale;

/** The format nearest to the one wished for that a matrix with rows of this length can have. */
export function fittingFormat(wished: WeightFormat, inner: number): WeightFormat {
  if (inner % 4 !== 0) return 'f32';
  return wished === 'int4' && inner % blockSize !== 0 ? 'int8' : wished;
}

export interface PackedWords {
  words: Uint32Array<ArrayBuffer>;
  scales: Float32Array<ArrayBuffer>;
}

/** Bytes of a packed matrix [columns, inner]. */
export function packedBytes(
  columns: number,
  inner: number,
  format: PackedMatrix['format'],
): { words: number; scales: number } {
  const values = columns * inner;
  if (format === 'int4') return { words: values / 2, scales: (values / blockSize) * 8 };
  return { words: values * (format === 'f16' ? 2 : 1), scales: columns * 4 };
}

/**
 * Packs a matrix [columns, inner]. Errors of a value, at most:
 * f16: none where the value is an f16 number, else 2^-11 of it;
 * int8: half a step, which is the row's largest magnitude / 127;
 * int4: half a step, which is the range of its 32 neighbours / 15 (plus rounding in f32).
 */
export function packMatrix(
  values: Float32Array,
  columns: number,
  inner: number,
  format: PackedMatrix['format'],
): PackedWords {
  if (format === 'f16') return packHalves(values, columns, inner);
  return format === 'int8' ? packBytes(values, columns, inner) : packNibbles(values, columns, inner);
}

/** What every code of a type of up to 16 bits becomes in f16; codes without their sign grow with their values. */
export interface CodeTable {
  values: Float32Array;
  /** The code without its sign. */
  magnitude: number;
  /** Bits in f16, of the value and of the value times `halfScale`. */
  plain: Uint16Array;
  scaled: Uint16Array;
}

/** The table of a type whose codes stand for `values`, in order. */
export function codeTable(values: Float32Array): CodeTable {
  return {
    values,
    magnitude: values.length / 2 - 1,
    plain: Uint16Array.from(values, halfBits),
    scaled: Uint16Array.from(values, (value) => halfBits(value * halfScale)),
  };
}

/** Packs a matrix in f16 that its file stores in codes of up to 16 bits, without a detour over f32. codes: [columns, inner]. */
export function packCodes(
  codes: Uint8Array | Uint16Array,
  columns: number,
  inner: number,
  { values, magnitude, plain, scaled }: CodeTable,
): PackedWords {
  const halves = new Uint16Array(columns * inner);
  const scales = new Float32Array(columns);
  for (let column = 0; column < columns; column++) {
    const end = (column + 1) * inner;
    let top = 0;
    for (let at = column * inner; at < end; at++) top = Math.max(top, (codes[at] ?? 0) & magnitude);
    const scale = (values[top] ?? 0) <= halfScaleMost ? halfScale : 1;
    scales[column] = 1 / scale;
    const table = scale === 1 ? plain : scaled;
    for (let at = column * inner; at < end; at++) halves[at] = table[codes[at] ?? 0] ?? 0;
  }
  return { words: new Uint32Array(halves.buffer), scales };
}

function packHalves(values: Float32Array, columns: number, inner: number): PackedWords {
  const halves = new Uint16Array(columns * inner);
  const scales = new Float32Array(columns);
  for (let column = 0; column < columns; column++) {
    const row = values.subarray(column * inner, (column + 1) * inner);
    const scale = largest(row) <= halfScaleMost ? halfScale : 1;
    scales[column] = 1 / scale;
    for (let k = 0; k < inner; k++) halves[column * inner + k] = halfBits((row[k] ?? 0) * scale);
  }
  return { words: new Uint32Array(halves.buffer), scales };
}

function packBytes(values: Float32Array, columns: number, inner: number): PackedWords {
  const bytes = new Int8Array(columns * inner);
  const scales = new Float32Array(columns);
  for (let column = 0; column < columns; column++) {
    const row = values.subarray(column * inner, (column + 1) * inner);
    const step = Math.fround(largest(row) / 127);
    scales[column] = step;
    if (step === 0) continue;
    for (let k = 0; k < inner; k++) {
      const level = (row[k] ?? 0) / step;
      // Cut towards zero, which is faster than Math.round.
      bytes[column * inner + k] = level < 0 ? level - 0.5 : level + 0.5;
    }
  }
  return { words: new Uint32Array(bytes.buffer), scales };
}

function packNibbles(values: Float32Array, columns: number, inner: number): PackedWords {
  const blocks = (columns * inner) / blockSize;
  const words = new Uint32Array((columns * inner) / 8);
  const scales = new Float32Array(2 * blocks);
  for (let block = 0; block < blocks; block++) {
    const from = block * blockSize;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < blockSize; i++) {
      const value = values[from + i] ?? 0;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    const step = Math.fround((high - low) / 15);
    scales[2 * block] = step;
    scales[2 * block + 1] = low;
    for (let i = 0; i < blockSize; i++) {
      const level = step > 0 ? Math.round(((values[from + i] ?? 0) - low) / step) : 0;
      const at = (from + i) >> 3;
      words[at] = ((words[at] ?? 0) | (Math.max(0, Math.min(15, level)) << (4 * (i % 8)))) >>> 0;
    }
  }
  return { words, scales };
}

/** The values that a packed matrix stands for: what the shader decodes, on the host. */
export function unpackMatrix(
  { words, scales }: PackedWords,
  columns: number,
  inner: number,
  format: PackedMatrix['format'],
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(columns * inner);
  const halves = new Uint16Array(words.buffer);
  const bytes = new Int8Array(words.buffer);
  for (let i = 0; i < out.length; i++) {
    const scale = scales[Math.floor(i / inner)] ?? 0;
    if (format === 'f16') out[i] = halfValue(halves[i] ?? 0) * scale;
    else if (format === 'int8') out[i] = (bytes[i] ?? 0) * scale;
    else {
      const block = Math.floor(i / blockSize);
      const level = ((words[i >> 3] ?? 0) >>> (4 * (i % 8))) & 15;
      out[i] = Math.fround(level * (scales[2 * block] ?? 0)) + (scales[2 * block + 1] ?? 0);
    }
  }
  return out;
}

function largest(row: Float32Array): number {
  let most = 0;
  for (let i = 0; i < row.length; i++) most = Math.max(most, Math.abs(row[i] ?? 0));
  return most;
}

const pattern = new Uint32Array(1);
const float = new Float32Array(pattern.buffer);

/** Bits of the f16 number nearest to a value, ties to even; past 65504, the largest. */
export function halfBits(value: number): number {
  float[0] = value;
  const bits = pattern[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x477ff000) return sign | 0x7bff;
  if (magnitude < 0x38800000) {
    // Subnormal: in units of 2^-24.
    float[0] = value;
    const units = Math.abs(float[0] ?? 0) * 2 ** 24;
    const floor = Math.floor(units);
    const rest = units - floor;
    return sign | (floor + Number(rest > 0.5 || (rest === 0.5 && floor % 2 === 1)));
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded >>> 13) - (112 << 10));
}

/** Value of an f16 number by its bits. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
