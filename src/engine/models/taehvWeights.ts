import type { TaehvConfig } from '../../model/config.ts';
import { blocksPerStage, taehvGrowth } from '../../plan/taehv.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { type Conv, GpuWeights, type Linear } from '../weights/gpuWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import { loadDoubling } from './convWeights.ts';
import type { MemBlockWeights } from './decoderWeights.ts';

/** Three blocks with memory, then what raises the rate and doubles the sides. */
export interface TaehvStageWeights {
  blocks: MemBlockWeights[];
  /** 1x1 convolution whose outputs are ordered (frame, channel). */
  grow: Linear;
  up: Conv;
}

/** A TAEHV's decoder on the GPU. */
export interface TaehvWeights {
  kind: 'taehv';
  convIn: Conv;
  stages: TaehvStageWeights[];
  /** With colours from -1 to 1, as the other decoders have them. */
  convOut: Conv;
}

/** Index of every stage's first block among the layers; growing and upsampling come four and five layers on. */
const firstLayers = [3, 9, 15] as const;

/** Loads and checks the decoder half of a TAEHV. Throws `weights-invalid`. */
export async function loadTaehvWeights(
  gpu: Gpu,
  { z, channels }: TaehvConfig,
  file: TensorSource,
): Promise<TaehvWeights> {
  const weights = new GpuWeights(gpu, file);
  const stages: TaehvStageWeights[] = [];
  for (const [stage, first] of firstLayers.entries()) {
    const width = channels[stage] ?? 0;
    const blocks: MemBlockWeights[] = [];
    for (let i = 0; i < blocksPerStage; i++) {
      const name = `decoder.${first + i}.conv`;
      blocks.push({
        conv1: await weights.conv(`${name}.0`, width, width, 2),
        conv2: await weights.conv(`${name}.2`, width, width),
        conv3: await weights.conv(`${name}.4`, width, width),
      });
    }
    stages.push({
      blocks,
      grow: await loadGrow(weights, file, `decoder.${first + 4}.conv`, width, taehvGrowth[stage] ?? 1),
      up: await loadDoubling(weights, file, `decoder.${first + 5}`, {
        outputs: channels[stage + 1] ?? 0,
        inputs: width,
        bias: false,
      }),
    });
  }
  return {
    kind: 'taehv',
    convIn: await weights.conv('decoder.1', channels[0], z),
    stages,
    convOut: await loadLast(gpu, file, channels[3]),
  };
}

/**
 * `<name>.weight` [grows * width, width, 1, 1], without a bias. Of a checkpoint that makes more frames than are
 * wanted here the last ones count.
 */
async function loadGrow(
  weights: GpuWeights,
  file: TensorSource,
  name: string,
  width: number,
  grows: number,
): Promise<Linear> {
  const stored = file.shape(`${name}.weight`)[0] ?? 0;
  const columns = grows * width;
  const values = await file.floats(`${name}.weight`, [Math.max(stored, columns), width, 1, 1]);
  return {
    w: weights.keep(`${name}.weight`, values.slice(values.length - columns * width)),
    bias: weights.keep(`${name} no bias`, new Float32Array(columns)),
    columns,
    inner: width,
  };
}

/** The last convolution, from colours of 0 to 1 to colours of -1 to 1. */
async function loadLast(gpu: Gpu, file: TensorSource, width: number): Promise<Conv> {
  const name = 'decoder.22';
  const doubled: TensorSource['floats'] = async (tensor, shape) => {
    const values = await file.floats(tensor, shape);
    return values.map((value) => (tensor.endsWith('.bias') ? 2 * value - 1 : 2 * value));
  };
  const scaled: TensorSource = {
    name: file.name,
    has: (tensor) => file.has(tensor),
    shape: (tensor) => file.shape(tensor),
    floats: doubled,
    rows: (tensor, first, count) => file.rows(tensor, first, count),
    storedType: () => null,
    stored: (tensor, shape, rows) => file.stored(tensor, shape, rows),
  };
  return new GpuWeights(gpu, scaled).conv(name, 3, width);
}
