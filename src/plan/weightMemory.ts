import type { ModelConfig } from '../model/config.ts';

/** How matrices are kept on the GPU. */
export type WeightFormat = 'f32' | 'f16' | 'int8' | 'int4';

/** Bits of a value of a matrix, with the scales of its block where it has any. */
export const weightBits: Readonly<Record<WeightFormat, number>> = { f32: 32, f16: 16, int8: 8, int4: 6 };

/** Blocks that are on the GPU at once where they are streamed. */
export const streamedBlocks = 2;

type Transformer = Pick<
  ModelConfig['dit'],
  'dim' | 'ffn' | 'layers' | 'z' | 'patch' | 'freq_dim' | 'text_dim' | 'groups'
>;

/** Bytes of a transformer's weights on the GPU: of one block, and of everything outside of blocks. */
export function ditWeightBytes(dit: Transformer, format: WeightFormat): { block: number; rest: number } {
  const { dim, ffn, layers, z, patch, freq_dim, text_dim, groups = 0 } = dit;
  const linear = (columns: number, inner: number): number => {
    // Packed matrices have a scale for every row; biases stay f32.
    const scales = format === 'f16' || format === 'int8' ? columns * 4 : 0;
    return (columns * inner * weightBits[format]) / 8 + scales + columns * 4;
  };
  const patchValues = z * patch[0] * patch[1] * patch[2];
  const attention = 4 * linear(dim, dim) + 2 * dim * 4;
  const block = 2 * attention + groups * dim * 4 + 2 * dim * 4 + linear(ffn, dim) + linear(dim, ffn);
  const rest =
    linear(dim, patchValues) +
    linear(dim, text_dim) +
    linear(dim, dim) +
    linear(dim, freq_dim) +
    linear(dim, dim) +
    linear(6 * dim, dim) +
    linear(patchValues, dim) +
    (6 * layers + 2) * dim * 4;
  return { block, rest };
}

/** Where a transformer's weights are while it works. */
export interface WeightPlan {
  format: WeightFormat;
  /** resident: all of them on the GPU; streamed: two blocks at a time, read again in every forward pass. */
  storage: 'resident' | 'streamed';
  /** On the GPU. */
  bytes: number;
}

/** What weights may take where nothing is known of an adapter's memory, which WebGPU does not tell. */
const usualRoom = 6 * 2 ** 30;

/** Whether a transformer's blocks are kept on the GPU in a format, or streamed because they take more than `room` bytes. */
export function blockStorage(
  dit: Transformer,
  format: WeightFormat,
  room = usualRoom,
): WeightPlan['storage'] {
  return storedWeightBytes(dit, { format, storage: 'resident' }) <= room ? 'resident' : 'streamed';
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
export function storedWeightBytes(dit: Transformer, { format, storage }: Omit<WeightPlan, 'bytes'>): number {
  const { block, rest } = ditWeightBytes(dit, format);
  const blocks = storage === 'resident' ? dit.layers : Math.min(dit.layers, streamedBlocks);
  return rest + blocks * block;
}

/** The best way to keep a transformer's weights in `room` bytes; null where not even two small blocks fit. */
export function planWeights(dit: Transformer, room: number): WeightPlan | null {
  for (const preference of preferences) {
    const bytes = storedWeightBytes(dit, preference);
    if (bytes <= room) return { ...preference, bytes };
  }
  return null;
}
