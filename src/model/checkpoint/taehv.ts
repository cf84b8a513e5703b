import { type Inventory, withBias } from './table.ts';

/** Sizes of a TAEHV decoder, from its tensors. */
export interface TaehvShape {
  /** Latent channels. */
  z: number;
  /** Channels of the three stages of memory blocks, and of the layer before the picture. */
  channels: readonly [number, number, number, number];
}

/** Every tensor of the decoder half of a TAEHV with its shape; the studio needs no encoder. */
export function taehvInventory({ z, channels: [first, second, third, last] }: TaehvShape): Inventory {
  return new Map([
    ...withBias('decoder.1', [first, z, 3, 3]),
    ...memoryBlocks(3, first),
    ['decoder.7.conv.weight', [first, first, 1, 1]],
    ['decoder.8.weight', [second, first, 3, 3]],
    ...memoryBlocks(9, second),
    ['decoder.13.conv.weight', [2 * second, second, 1, 1]],
    ['decoder.14.weight', [third, second, 3, 3]],
    ...memoryBlocks(15, third),
    ['decoder.19.conv.weight', [2 * third, third, 1, 1]],
    ['decoder.20.weight', [last, third, 3, 3]],
    ...withBias('decoder.22', [3, last, 3, 3]),
  ]);
}

/** Three blocks from an index on; the first convolution of each also sees the frame before. */
function memoryBlocks(from: number, channels: number): [string, readonly number[]][] {
  return [0, 1, 2].flatMap((i) => [
    ...withBias(`decoder.${from + i}.conv.0`, [channels, 2 * channels, 3, 3]),
    ...withBias(`decoder.${from + i}.conv.2`, [channels, channels, 3, 3]),
    ...withBias(`decoder.${from + i}.conv.4`, [channels, channels, 3, 3]),
  ]);
}
