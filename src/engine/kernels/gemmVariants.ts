import type { Family, Needs, Precision } from '../tuning/variants.ts';

/** Tile of a workgroup of gemm_block.wgsl or conv_block.wgsl. */
export interface BlockTile {
  rows: number;
  columns: number;
  /** Inner values staged at a time. */
  slab: number;
  /** Values of an invocation. */
  perRows: number;
  perColumns: number;
  buffers: 1 | 2;
  precision: Precision;
}

function tile(
  rows: number,
  columns: number,
  slab: number,
  [perRows, perColumns]: readonly [number, number],
  buffers: 1 | 2 = 1,
  precision: Precision = 'f32',
): BlockTile {
  return { rows, columns, slab, perRows, perColumns, buffers, precision };
}

/**
 * Tiles worth racing. No one of them is best everywhere: small tiles keep mobile and integrated GPUs busy and do not
 * spill, large ones reuse more of what they load. Two buffers pay on some GPUs only.
 */
export const blockTiles = {
  tiled: tile(32, 32, 16, [4, 4]),
  medium: tile(64, 64, 16, [4, 4]),
  large: tile(64, 64, 16, [8, 4]),
  huge: tile(128, 64, 16, [8, 8]),
  double: tile(64, 64, 8, [8, 4], 2),
  mediumHalf: tile(64, 64, 32, [4, 4], 1, 'f16'),
  largeHalf: tile(64, 64, 32, [8, 4], 1, 'f16'),
  hugeHalf: tile(128, 64, 32, [8, 8], 1, 'f16'),
} as const satisfies Record<string, BlockTile>;

export type BlockName = keyof typeof blockTiles;

export function isBlock(name: string): name is BlockName {
  return Object.hasOwn(blockTiles, name);
}

export function blockInvocations({ rows, columns, perRows, perColumns }: BlockTile): number {
  return (rows / perRows) * (columns / perColumns);
}

/** What a tile asks of a device; as in gemm_block.wgsl, a row of a slab has one vector to spare. */
export function blockNeeds(block: BlockTile): Needs {
  const vectors = block.buffers * block.slab * (block.rows / 4 + block.columns / 4 + 2);
  return {
    workgroupBytes: vectors * (block.precision === 'f16' ? 8 : 16),
    invocations: blockInvocations(block),
    ...(block.precision === 'f16' ? { f16: true as const } : {}),
  };
}

/** Defines of gemm_block.wgsl and conv_block.wgsl. */
export function blockDefines(block: BlockTile) {
  return {
    TILE_ROWS: block.rows,
    TILE_COLUMNS: block.columns,
    SLAB: block.slab,
    PER_ROWS: block.perRows,
    PER_COLUMNS: block.perColumns,
    BUFFERS: block.buffers,
    HALF: Number(block.precision === 'f16'),
  };
}

const block = (name: BlockName) => ({
  precision: blockTiles[name].precision,
  needs: blockNeeds(blockTiles[name]),
});

export type GemmVariant = 'quad' | BlockName | 'shuffle' | 'matrix';

/** Matrix products: for quads of lanes on the CPU, in tiles of several sizes, by shuffles, by subgroup matrices. */
export const gemmFamily: Family<GemmVariant> = {
  kernel: 'gemm',
  variants: {
    quad: { precision: 'f32', needs: { quads: true } },
    matrix: { precision: 'f16', needs: { f16: true, matrix: 'f16', workgroupBytes: 16384 } },
    hugeHalf: block('hugeHalf'),
    largeHalf: block('largeHalf'),
    mediumHalf: block('mediumHalf'),
    huge: block('huge'),
    large: block('large'),
    double: block('double'),
    medium: block('medium'),
    shuffle: { precision: 'f32', needs: { lanes: 4 } },
    tiled: block('tiled'),
  },
  fallback: ({ quads }) => (quads ? 'quad' : 'tiled'),
};

/** Classes of shapes that may have different winners: rows few or many, columns few or many. */
export function gemmShape(rows: number, columns: number): string {
  if (rows <= 32) return 'few rows';
  return columns <= 96 ? 'few columns' : 'many';
}
