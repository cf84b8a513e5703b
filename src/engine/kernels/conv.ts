import tgpu, { d } from 'typegpu';
import blockSource from '../../../shaders/conv_block.wgsl?raw';
import quadSource from '../../../shaders/conv_quad.wgsl?raw';
import { invariant } from '../../lib/errors.ts';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';
import type { Family } from '../tuning/variants.ts';
import { type BlockTile, blockDefines, blockNeeds, blockTiles } from './gemmVariants.ts';

const Params = d.struct({
  frames: d.u32,
  height: d.u32,
  width: d.u32,
  inputs: d.u32,
  outputs: d.u32,
  sources: d.u32,
  epilogue: d.u32,
});

/** With `vectors`, what belongs to output channels is bound four at a time. */
function layoutOf(vectors: boolean) {
  const channels = d.arrayOf(vectors ? d.vec4f : d.f32);
  return tgpu.bindGroupLayout({
    params: { uniform: Params },
    x: { storage: d.arrayOf(d.vec4f) },
    w: { storage: d.arrayOf(d.vec4f) },
    bias: { storage: channels },
    y: { storage: channels, access: 'mutable' },
  });
}

const layout = layoutOf(false);
const quad: KernelSource = { name: 'conv_quad', wgsl: quadSource, layout, subgroups: true };
const block: KernelSource = { name: 'conv_block', wgsl: blockSource, layout };
const blockVectors: KernelSource = { name: 'conv_block_vectors', wgsl: blockSource, layout: layoutOf(true) };

/** Tiles worth racing: decoders have many pixels and 16 to 256 channels. */
const convTiles = {
  tiled: blockTiles.tiled,
  large: blockTiles.large,
  huge: blockTiles.huge,
  largeHalf: blockTiles.largeHalf,
} satisfies Record<string, BlockTile>;

export type ConvVariant = 'quad' | keyof typeof convTiles;

/** Convolutions: for quads of lanes on the CPU, and as implicit matrix products in tiles of several sizes. */
export const convFamily: Family<ConvVariant> = {
  kernel: 'conv',
  variants: {
    quad: { precision: 'f32', needs: { quads: true } },
    largeHalf: { precision: 'f16', needs: blockNeeds(convTiles.largeHalf) },
    huge: { precision: 'f32', needs: blockNeeds(convTiles.huge) },
    large: { precision: 'f32', needs: blockNeeds(convTiles.large) },
    tiled: { precision: 'f32', needs: blockNeeds(convTiles.tiled) },
  },
  fallback: ({ quads }) => (quads ? 'quad' : 'tiled'),
};

export type ConvEpilogue = 'none' | 'relu' | 'add';
const epilogues: readonly ConvEpilogue[] = ['none', 'relu', 'add'];

export interface ConvArguments {
  /** [sources - 1 + frames, height, width, inputs] */
  x: View | GPUBuffer;
  /** [outputs, sources, 3, 3, inputs]; source 0 is the frame itself, source 1 the one before. */
  w: View | GPUBuffer;
  /** [outputs] */
  bias: View | GPUBuffer;
  /** [frames, height, width, outputs] */
  y: View | GPUBuffer;
  frames: number;
  height: number;
  width: number;
  /** A multiple of 4. */
  inputs: number;
  outputs: number;
  sources?: 1 | 2;
  epilogue?: ConvEpilogue;
  label?: string;
  variant?: ConvVariant;
}

/** 3x3 convolution with zero padding, channels last, f32; causal over two frames with `sources: 2`. */
export async function conv(gpu: Gpu, args: ConvArguments): Promise<Dispatch> {
  const { frames, height, width, inputs, outputs, sources = 1, epilogue = 'none', label = 'conv' } = args;
  invariant(inputs % 4 === 0, `conv needs input channels that are a multiple of 4, not ${inputs}`);
  const params = gpu.uniform('conv params', Params, {
    ...{ frames, height, width, inputs, outputs, sources },
    epilogue: epilogues.indexOf(epilogue),
  });
  const views = { params, x: args.x, w: args.w, bias: args.bias, y: args.y };
  const rows = frames * height * width;
  const flops = 2 * rows * outputs * inputs * 9 * sources;
  const variant = args.variant ?? gpu.choices.of(convFamily);
  if (variant === 'quad') {
    // 32 rows, as in gemm, would be 5% faster and takes SwiftShader 17 s to compile, 24 rows take 1 s.
    const tile = { ROWS: 24, COLUMNS: 8, QUADS: 4, UNROLL: inputs % 8 === 0 ? 2 : 1 };
    const tiles = Math.ceil(rows / tile.ROWS) * Math.ceil(outputs / (4 * tile.COLUMNS));
    return gpu.dispatch(quad, tile, views, Math.ceil(tiles / tile.QUADS), flops, label);
  }
  const tile = convTiles[variant];
  const vectors = outputs % 4 === 0;
  return gpu.dispatch(
    { ...(vectors ? blockVectors : block), ...halfOf(tile, vectors) },
    { ...blockDefines(tile), VECTORS: Number(vectors) },
    views,
    Math.ceil(rows / tile.rows) * Math.ceil(outputs / tile.columns),
    flops,
    label,
  );
}

function halfOf({ precision }: BlockTile, vectors: boolean): Partial<KernelSource> {
  return precision === 'f16' ? { name: `conv_half${vectors ? '_vectors' : ''}`, f16: true } : {};
}
