import type { ModelConfig } from '../model/config.ts';
import { detailWeights, guessValues, markValues, type Sized, sketchInner } from './detail.ts';

/** How matrices are kept on the GPU. */
export type WeightFormat = 'f32' | 'f16' | 'int8' | 'int4';

/** The formats that a person can choose: packed ones, decoded while a product loads them. */
export type PackedFormat = Exclude<WeightFormat, 'f32'>;

/** Bits of a value of a matrix. Those of int4 hold its share of a block's step and offset too; scales of rows come extra. */
export const weightBits: Readonly<Record<WeightFormat, number>> = { f32: 32, f16: 16, int8: 8, int4: 6 };

/** Blocks that are on the GPU at once where they are streamed. */
export const streamedBlocks = 2;

/** Values that share a step and an offset in int4. */
const int4Block = 32;

type Transformer = Sized &
  Pick<
    ModelConfig['dit'],
    'ffn' | 'layers' | 'freq_dim' | 'text_dim' | 'groups' | 'sketch_layers' | 'sketch_values'
  >;

/** Bytes of a Linear's matrix [columns, inner] on the GPU, with its scales and its bias. */
export function linearBytes(columns: number, inner: number, format: WeightFormat): number {
  const fits = format === 'int4' && inner % int4Block !== 0 ? 'int8' : format;
  const rowScales = fits === 'f16' || fits === 'int8' ? columns * 4 : 0;
  return (columns * inner * weightBits[fits]) / 8 + rowScales + columns * 4;
}

/**
 * Format of the matrices outside of blocks (patch, text and time embeddings, modulation, head): few, used for every token,
 * and worth their bits.
 */
function restFormat(format: WeightFormat): WeightFormat {
  return format === 'f32' ? 'f32' : 'f16';
}

/** Bytes of a transformer's weights on the GPU: of one block, and of everything outside of blocks. */
export function ditWeightBytes(dit: Transformer, format: WeightFormat): { block: number; rest: number } {
  const { dim, ffn, layers, z, patch, freq_dim, text_dim, groups = 0 } = dit;
  const patchValues = z * patch[0] * patch[1] * patch[2];
  const attention = 4 * linearBytes(dim, dim, format) + 2 * dim * 4;
  const block =
    2 * attention +
    groups * dim * 4 +
    2 * dim * 4 +
    linearBytes(ffn, dim, format) +
    linearBytes(dim, ffn, format);
  const outside = (columns: number, inner: number): number => linearBytes(columns, inner, restFormat(format));
  const detail = detailWeights(dit);
  const rest =
    outside(dim, patchValues) +
    (dit.marks ? outside(dim, markValues(dit)) : 0) +
    sketchBytes(dit, outside) +
    outside(dim, text_dim) +
    outside(dim, dim) +
    outside(dim, freq_dim) +
    outside(dim, dim) +
    outside(6 * dim, dim) +
    outside(patchValues, dim) +
    detail.bytes +
    detail.matrices.reduce((sum, [columns, inner]) => sum + outside(columns, inner), 0) +
    (6 * layers + 2) * dim * 4;
  return { block, rest };
}

/** Bytes of the sketch's weights, and of what its guesses add to tokens. */
function sketchBytes(dit: Transformer, outside: (columns: number, inner: number) => number): number {
  const { sketch: width, sketch_layers: layers = 1, dim } = dit;
  if (width === undefined) return 0;
  const guess = guessValues(dit);
  return (
    outside(width, sketchInner(dit)) +
    (layers - 1) * outside(width, width) +
    2 * outside(guess, width) +
    outside(dim, guess)
  );
}

/** Bits of a value without the scales, which lie in a buffer of their own. */
const wordBits: Readonly<Record<WeightFormat, number>> = { ...weightBits, int4: 4 };

/** Bytes of the largest single buffer that a transformer's weights need in a format. */
function largestMatrix({ dim, ffn }: Transformer, format: WeightFormat): number {
  return Math.max(dim * ffn * wordBits[format], 6 * dim * dim * wordBits[restFormat(format)]) / 8;
}

/** Where a transformer's weights are while it works. */
export interface WeightPlan {
  format: PackedFormat;
  /** resident: all of them on the GPU; streamed: two blocks at a time, read again in every forward pass. */
  storage: 'resident' | 'streamed';
  /** On the GPU. */
  bytes: number;
}

/** What is tried one after the other: fewer bits before streaming, for a read from disk in every pass costs more. */
const preferences: readonly Omit<WeightPlan, 'bytes'>[] = [
  { format: 'f16', storage: 'resident' },
  { format: 'int8', storage: 'resident' },
  { format: 'int4', storage: 'resident' },
  { format: 'f16', storage: 'streamed' },
  { format: 'int8', storage: 'streamed' },
  { format: 'int4', storage: 'streamed' },
];

/** Bytes that weights take in a format, resident or streamed. */
export function storedWeightBytes(
  dit: Transformer,
  { format, storage }: { format: WeightFormat; storage: WeightPlan['storage'] },
): number {
  const { block, rest } = ditWeightBytes(dit, format);
  const blocks = storage === 'resident' ? dit.layers : Math.min(dit.layers, streamedBlocks);
  return rest + blocks * block;
}

/** What bounds a choice beside the room: a format that the person wants, and bytes that one binding may have. */
export interface WeightLimits {
  format?: PackedFormat | 'auto';
  bindingBytes?: number;
}

/** The best way to keep a transformer's weights in `room` bytes; null where not even two small blocks fit. */
export function planWeights(
  dit: Transformer,
  room: number,
  { format = 'auto', bindingBytes = Number.POSITIVE_INFINITY }: WeightLimits = {},
): WeightPlan | null {
  for (const preference of preferences) {
    if (format !== 'auto' && format !== preference.format) continue;
    if (largestMatrix(dit, preference.format) > bindingBytes) continue;
    const bytes = storedWeightBytes(dit, preference);
    if (bytes <= room) return { ...preference, bytes };
  }
  return null;
}

/** Bytes that one forward pass reads from disk: the weights of every block, of which two are kept at a time. */
export function streamedBytes(dit: Transformer, { format, storage }: WeightPlan): number {
  return storage === 'resident' ? 0 : dit.layers * ditWeightBytes(dit, format).block;
}
